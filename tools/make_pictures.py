"""Write the pictures in data/pictures, the same each time; labels.json says what they show."""

import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = ROOT / "data" / "pictures"

from common.photographs import plain_photograph  # noqa: E402
from helpers import load_mnist  # noqa: E402

generator = np.random.default_rng(2)
images, labels = (part[50_000:] for part in load_mnist("development"))
white, cream, board = (250, 250, 250), (236, 228, 214), (46, 62, 52)
black, blue, chalk = (20, 20, 20), (40, 52, 120), (225, 228, 220)
written = {}
for name, count, *look in [
    ("row.png", 10, 1, 56, white, black, 0, 0),
    ("page.jpg", 21, 3, 90, cream, blue, 0.55, 2),
    ("chalk.jpg", 7, 1, 90, board, chalk, 0.3, 2),
]:
    chosen = generator.choice(len(images), count, replace=False)
    if name == "row.png":  # one of each
        chosen = [generator.choice(np.flatnonzero(labels == digit)) for digit in range(10)]
    plain_photograph(images[chosen], generator, *look).save(FOLDER / name, quality=85)
    written[name] = "".join(map(str, labels[chosen]))

drawing = Image.new("L", (280, 280), "white")  # a 3 as somebody might draw it on the pad
pen = ImageDraw.Draw(drawing)
points = [(90, 70), (140, 50), (185, 75), (175, 120), (130, 135), (180, 160), (185, 205)]
pen.line([*points, (140, 230), (90, 210)], fill="black", width=20, joint="curve")
for x, y in ((90, 70), (90, 210)):
    pen.ellipse((x - 10, y - 10, x + 10, y + 10), fill="black")
drawing.save(FOLDER / "drawing.png")
text = json.dumps(written | {"drawing.png": "3"}, indent=2) + "\n"
(FOLDER / "labels.json").write_text(text, encoding="utf-8")
