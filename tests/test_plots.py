"""Figures carry their alternative text, and the channel for errors comes back."""

import os

import matplotlib

matplotlib.use("Agg")

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
    assert len(figure.axes) == 9
    assert [len(axis.images) for axis in figure.axes] == [1] * 7 + [0] * 2
    plt.close(figure)


def test_quietly_drops_notes_and_lets_errors_through(capfd):
    with pytest.raises(KeyError), helpers.quietly():
        os.write(2, b"a greeting\n")
        raise KeyError
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"


def test_tensorflow_is_told_to_use_onednn_on_every_processor(monkeypatch):
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    with helpers.quietly():
        assert os.environ["TF_ENABLE_ONEDNN_OPTS"] == "1"
