"""Figures carry their alternative text, and are closed when they have been shown."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import helpers
from helpers import plots


def test_show_keeps_the_alternative_text_and_closes_the_figure(monkeypatch):
    shown = []
    monkeypatch.setattr(plots, "display", lambda *data, **more: shown.append((*data, more)))
    figure = helpers.digit_grid(np.eye(28)[None], ["one"])
    helpers.show(figure, "a diagonal line")
    ((data, more),) = shown
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == more["metadata"]["image/png"]["alt"] == "a diagonal line"
    assert not plt.fignum_exists(figure.number)


def test_show_wants_an_alternative_text():
    with pytest.raises(ValueError, match="alternative text"):
        helpers.show(plt.figure(), " ")


def test_digit_grid_fills_rows():
    figure = helpers.digit_grid(np.zeros((7, 28, 28)), columns=3)
    assert [len(axis.images) for axis in figure.axes] == [1] * 7 + [0] * 2
    assert not any(axis.get_title() for axis in figure.axes)
    plt.close(figure)
    figure = helpers.digit_grid(np.zeros((2, 28, 28)), [7, "a 1"], columns=3)
    assert [axis.get_title() for axis in figure.axes] == ["7", "a 1", ""]
    plt.close(figure)
    nothing_wrong = helpers.digit_grid(np.zeros((0, 28, 28)), [])
    assert not any(axis.images for axis in nothing_wrong.axes)
    plt.close(nothing_wrong)
