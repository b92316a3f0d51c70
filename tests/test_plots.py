"""Figures carry their alternative text, and the channel for errors comes back."""

import os

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import seaborn as sns
from matplotlib import colormaps
from skimage.color import rgb2lab

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


# How a deuteranope sees linear RGB: Machado, Oliveira and Fernandes, "A physiologically-based model
# for simulation of color vision deficiency", IEEE TVCG 15(6), 2009, severity 1.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)


def seen_without_green(colours):
    """Colours (n, 3), RGB from 0 to 1, as CIELAB values that a deuteranope sees."""
    colours = np.asarray(colours, float)
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ DEUTERANOPIA.T, 0, 1)
    return rgb2lab(np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055))


def difference(first, second):
    return float(np.linalg.norm(first - second))


def test_the_colours_of_the_charts_differ_without_green():
    seen = seen_without_green(sns.color_palette("colorblind")[:3])  # three models at most
    pairs = [difference(seen[i], seen[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    assert min(pairs) > 20
    below, above = seen_without_green([colormaps["PuOr"](x)[:3] for x in (0.1, 0.9)])
    assert difference(below, above) > 40
    red, green = seen_without_green([(0.8, 0.2, 0.2), (0.4, 0.48, 0.2)])
    assert difference(red, green) < 20  # a palette that would fail


@pytest.mark.parametrize("name", ["viridis", "cividis", "gray", "Greys"])
def test_the_colour_maps_run_from_dark_to_light_without_green(name):
    lightness = seen_without_green(colormaps[name](np.linspace(0, 1, 50))[:, :3])[:, 0]
    assert (np.diff(lightness) > 0).all() or (np.diff(lightness) < 0).all()
