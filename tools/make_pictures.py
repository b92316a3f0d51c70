"""Write the pictures in data/pictures: validation digits as ink on simulated paper, and a drawing.

    python tools/make_pictures.py

Seeded, so the same pictures each time. `labels.json` beside them says what they show.
"""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import load_mnist  # noqa: E402

FOLDER = ROOT / "data" / "pictures"


def sheet(generator, images, lines, size):
    """Ink from 0 to 1 on a sheet: the digits in `lines` rows, each a little turned and moved."""
    columns = len(images) // lines
    pitch = int(1.5 * size)
    ink = np.zeros((lines * pitch + size, columns * pitch + size))
    for number, image in enumerate(images):
        digit = ndimage.zoom(image / 255, size / 28, order=3)
        digit = ndimage.rotate(digit, generator.uniform(-8, 8), reshape=False, order=1)
        digit = ndimage.gaussian_filter(np.clip(digit, 0, 1), size / 80) > 0.4
        row, column = divmod(number, columns)
        top, left = generator.integers(-size // 10, size // 10, 2) + size // 2 + size // 8
        there = np.s_[top + row * pitch :, left + column * pitch :]
        target = ink[there][: digit.shape[0], : digit.shape[1]]
        np.maximum(target, digit, out=target)
    return ndimage.gaussian_filter(ink, 1)


def photograph(generator, ink, paper, pen, shade, noise):
    """Blend the ink with lit, grainy paper; colours are RGB from 0 to 255."""
    height, width = ink.shape
    rows, columns = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    light = 1 - shade * (0.7 * columns + 0.3 * rows)
    picture = np.array(paper) * (1 - ink[..., None]) + np.array(pen) * ink[..., None]
    picture = picture * light[..., None] + generator.normal(0, noise, (height, width, 1))
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def drawing():
    """A 3 as somebody might draw it on the pad of notebook 07."""
    picture = Image.new("L", (280, 280), "white")
    pen = ImageDraw.Draw(picture)
    points = [(90, 70), (140, 50), (185, 75), (175, 120), (130, 135), (180, 160), (185, 205)]
    points += [(140, 230), (90, 210)]
    pen.line(points, fill="black", width=20, joint="curve")
    for x, y in (points[0], points[-1]):
        pen.ellipse((x - 10, y - 10, x + 10, y + 10), fill="black")
    return picture


def main():
    generator = np.random.default_rng(2)
    images, labels = load_mnist("validation")
    FOLDER.mkdir(exist_ok=True)
    answers = {}
    for name, lines, count, size, look in [
        ("row.png", 1, 10, 56, {"paper": (250, 250, 250), "pen": (20, 20, 20), "shade": 0}),
        ("page.jpg", 3, 21, 90, {"paper": (236, 228, 214), "pen": (40, 52, 120), "shade": 0.55}),
        ("chalk.jpg", 1, 7, 90, {"paper": (46, 62, 52), "pen": (225, 228, 220), "shade": 0.3}),
    ]:
        chosen = generator.choice(len(images), count, replace=False)
        if name == "row.png":  # one of each
            chosen = [generator.choice(np.flatnonzero(labels == digit)) for digit in range(10)]
        ink = sheet(generator, images[chosen], lines, size)
        picture = photograph(generator, ink, noise=0 if name == "row.png" else 2, **look)
        picture.save(FOLDER / name, quality=85)
        answers[name] = "".join(str(label) for label in labels[chosen])
    drawing().save(FOLDER / "drawing.png")
    answers["drawing.png"] = "3"
    text = json.dumps(answers, indent=2) + "\n"
    (FOLDER / "labels.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
