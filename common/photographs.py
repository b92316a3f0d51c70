"""Simulated photographs of handwriting: real digits as ink on paper, with light, lines and blur.

`photograph` draws everything at random; `plain_photograph` makes the pictures of the course.
"""

import io

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import morphology

PAPERS = {
    "white": (245, 245, 242),
    "cream": (236, 226, 205),
    "grey": (180, 180, 178),
    "pink": (240, 200, 205),
}
PENS = {
    "black": (25, 25, 30),
    "blue": (35, 50, 130),
    "pencil": (105, 105, 110),
    "red": (170, 30, 40),
}


def bitmap(counts):
    """The 32 × 32 black and white pixels behind an 8 × 8 digit of scikit-learn, as far as known.

    Each of its numbers counts the ink among 4 × 4 pixels. They go where a smooth picture of the
    digit is darkest.
    """
    smooth = ndimage.zoom(counts, 4, order=3, grid_mode=True, mode="grid-constant")
    for _ in range(3):
        blocks = smooth.reshape(8, 4, 8, 4).transpose(0, 2, 1, 3).reshape(64, 16)
        rank = np.argsort(np.argsort(-blocks, axis=1), axis=1)
        ink = (rank < counts.reshape(64, 1)).reshape(8, 8, 4, 4)
        ink = ink.transpose(0, 2, 1, 3).reshape(32, 32).astype(float)
        smooth = ndimage.gaussian_filter(ink, 1)
    return ink


def enlarged(image, height, generator, thickness):
    """One digit as ink from 0 to 1, `height` pixels high, a little turned, by some other pen."""
    rows, columns = np.nonzero(image > image.max() / 4)
    digit = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] / image.max()
    factor = height / max(digit.shape)
    digit = ndimage.zoom(np.pad(digit, 3), factor, order=3)
    digit = ndimage.rotate(digit, generator.uniform(-5, 5), order=1)
    digit = ndimage.gaussian_filter(digit, 0.6 * factor) > 0.45
    reach = thickness * height
    if reach > 0:
        return (ndimage.distance_transform_edt(~digit) <= reach).astype(float)
    whole = morphology.dilation(morphology.skeletonize(digit))  # a thin pen breaks no stroke
    return ((ndimage.distance_transform_edt(digit) > -reach) | whole).astype(float)


def ruling(shape, kind, pitch, generator):
    """Ruled or squared paper: lines from 0 to 1."""
    lines = np.zeros(shape)
    width = generator.integers(1, 4)
    if kind != "plain":
        for row in range(int(generator.integers(pitch)), shape[0], pitch):
            lines[row : row + width] = 1
    if kind == "squared":
        for column in range(int(generator.integers(pitch)), shape[1], pitch):
            lines[:, column : column + width] = 1
    return lines


def put(ink, digit, top, left):
    """Write a digit on a sheet of ink, from 0 to 1."""
    target = ink[top : top + digit.shape[0], left : left + digit.shape[1]]
    np.maximum(target, digit[: target.shape[0], : target.shape[1]], out=target)


def blended(picture, colour, ink):
    """A picture, or one colour of paper, under ink of a colour; RGB from 0 to 255."""
    return picture + (np.array(colour) - picture) * ink[..., None]


def as_image(picture):
    """RGB from 0 to 255 as a PIL image."""
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def photograph(images, generator, rows=1):
    """A photograph of the digits in some rows: a PIL image, as a JPEG file gives it back.

    Drawn at random: size, pen, thickness, paper, ruling, slope up to 10°, light, a shadow, specks,
    blur, grain and the quality of the JPEG.
    """
    height = int(generator.integers(45, 130))
    pen = PENS[generator.choice(list(PENS))]
    thickness = generator.uniform(-0.02, 0.03)
    per_row = -(-len(images) // rows)
    pitch = int(1.8 * height)
    ink = np.zeros((pitch * rows + height, int(1.35 * height * per_row) + height))
    for number, image in enumerate(images):
        own = int(height * generator.uniform(0.75, 1.1))
        digit = enlarged(image, own, generator, thickness)
        row, column = divmod(number, per_row)
        top = height // 2 + row * pitch + int(generator.integers(0, height // 4))
        left = height // 2 + int(1.35 * height * column) + int(generator.integers(0, height // 8))
        put(ink, digit, top, left)
    kind = generator.choice(["plain", "ruled", "squared"], p=[0.5, 0.25, 0.25])
    lines = ruling(ink.shape, kind, int(height * generator.uniform(0.4, 1)), generator)
    for _ in range(generator.integers(0, 4)):  # specks
        row, column = generator.integers(0, ink.shape)
        ink[row : row + 3, column : column + 3] = 1

    angle = generator.uniform(-10, 10)
    ink = ndimage.gaussian_filter(ndimage.rotate(ink, angle, order=1), 0.7)
    lines = ndimage.rotate(lines, angle, order=1, mode="wrap")
    paper = np.array(PAPERS[generator.choice(list(PAPERS))], float)
    tint = paper * np.array([0.72, 0.8, 0.9]) if generator.random() < 0.5 else paper * 0.75
    picture = blended(paper, tint, lines * generator.uniform(0.5, 1))
    picture = blended(picture, pen, ink * generator.uniform(0.85, 1))

    down, right = np.mgrid[-1 : 1 : ink.shape[0] * 1j, -1 : 1 : ink.shape[1] * 1j]
    turn = generator.uniform(0, 2 * np.pi)
    across = np.cos(turn) * right + np.sin(turn) * down
    light = 0.8 + generator.uniform(0, 0.2) * across
    if generator.random() < 0.5:  # a shadow with a soft edge
        edge = across - generator.uniform(-0.6, 0.6)
        depth, softness = generator.uniform(0.2, 0.5), generator.uniform(0.02, 0.2)
        light *= 1 - depth / (1 + np.exp(-edge / softness))
    picture *= light[..., None]
    picture = ndimage.gaussian_filter(picture, (*[generator.uniform(0, 1.2)] * 2, 0))
    picture += generator.normal(0, generator.uniform(0.5, 5), picture.shape)
    file = io.BytesIO()
    as_image(picture).save(file, "jpeg", quality=int(generator.integers(50, 95)))
    return Image.open(file)


def plain_photograph(images, generator, rows, size, paper, pen, shade=0, grain=0):
    """Digits in rows as a PIL image, darker by `shade`, from 0 to 1, in the lower right corner."""
    columns, pitch = len(images) // rows, int(1.5 * size)
    ink = np.zeros((rows * pitch + size, columns * pitch + size))
    for number, image in enumerate(images):
        digit = ndimage.zoom(image / 255, size / 28, order=3)
        digit = ndimage.rotate(digit, generator.uniform(-8, 8), reshape=False, order=1)
        digit = ndimage.gaussian_filter(np.clip(digit, 0, 1), size / 80) > 0.4
        row, column = divmod(number, columns)
        top, left = generator.integers(-size // 10, size // 10, 2) + size // 2 + size // 8
        put(ink, digit, top + row * pitch, left + column * pitch)
    picture = blended(np.array(paper), pen, ndimage.gaussian_filter(ink, 1))
    down, right = np.mgrid[0 : 1 : ink.shape[0] * 1j, 0 : 1 : ink.shape[1] * 1j]
    picture = picture * (1 - shade * (0.7 * right + 0.3 * down))[..., None]
    return as_image(picture + generator.normal(0, grain, (*ink.shape, 1)))
