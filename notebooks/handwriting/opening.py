"""Step 1: any picture becomes grey values, upright and of a handy size."""

import io
import os
import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

LONGEST_SIDE, SHORTEST_SIDE = 1600, 100  # in pixels; other pictures are reduced or enlarged
TINY = 32  # a picture of at most so many pixels each way is one digit, and keeps its size
HEIC = b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"  # its brands
CONVERT = (
    "it is a HEIC file, as iPhones make them. Convert it to JPEG, or choose Settings, Camera, "
    'Formats, "Most Compatible" on the telephone and take the picture again'
)


def open_grey(picture):
    """Grey values from 0 (black) to 1 (white), and how many original pixels one of them is."""
    if isinstance(picture, np.ndarray):
        picture = Image.fromarray(as_bytes(picture))
    image, longest = decode(picture)
    pixels = np.asarray(image)
    if image.mode not in ("L", "LA"):  # more than 8 bits; the values say how many
        white = next((white for white in (1, 255) if pixels.max() <= white), 65535)
        pixels = as_bytes(pixels / white)
    if max(image.size) > TINY:
        factor = min(max(SHORTEST_SIDE / min(image.size), 1), LONGEST_SIDE / max(image.size))
        pixels = resized(pixels, max(image.size) * factor)
    grey = pixels / np.float32(255)
    if image.mode == "LA":  # what is transparent becomes paper, dark behind light ink
        grey, opacity = np.moveaxis(grey, 2, 0)
        light_ink = np.mean(opacity) < 0.5 < np.mean(np.r_[0, grey[opacity > 0.5]])
        grey = opacity * grey + (1 - opacity) * (0 if light_ink else 1)
    return grey, longest / max(grey.shape)


def as_bytes(array):
    """An array of uint8, whatever it holds."""
    white = {"uint8": 255, "uint16": 65535}.get(array.dtype.name, 1)
    known = white > 1 or array.dtype.kind in "bf"
    shaped = array.ndim in (2, 3) and array.shape[2:] in ((), (1,), (3,), (4,)) and array.size
    if not (known and shaped and 0 <= array.min() <= array.max() <= white):  # nor is NaN
        raise ValueError(
            "an array must be (height, width) or (height, width, 1, 3 or 4), of bool, uint8, "
            f"uint16, or float from 0 to 1; this one is {array.shape}, of {array.dtype}"
        )
    if white != 255:
        array = np.round(array * np.float32(255 / white))
    return np.ascontiguousarray(array[..., 0] if array.shape[2:] == (1,) else array, np.uint8)


def decode(picture):
    """A picture in Pillow's mode L, LA, I or F, and its longer side before it was reduced."""
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            if isinstance(picture, str | os.PathLike):
                picture = Path(picture).read_bytes()
            if isinstance(picture, bytes | bytearray | memoryview):
                picture = io.BytesIO(picture)
            image = picture if isinstance(picture, Image.Image) else Image.open(picture)
            longest, frames = max(image.size), getattr(image, "n_frames", 1)
            # A telephone's MPO file has a second picture for the depth; it is no film.
            if 0 in image.size or (frames > 1 and image.format != "MPO"):
                raise ValueError(f"it holds {frames} pictures of the size {image.size}")
            if image is not picture:  # decode no more of a file than is needed
                image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
                image = ImageOps.exif_transpose(image)
            if image.has_transparency_data:
                return image.convert("RGBA").convert("LA"), longest
            return image if image.mode[0] in "IF" else image.convert("L"), longest
    except Exception as error:  # a damaged file can break its decoder in any way
        reason = error
        if isinstance(error, UnidentifiedImageError):
            picture.seek(0)
            head = picture.read(12)
            reason = CONVERT if head[4:8] == b"ftyp" and head[8:] in HEIC else "no known format"
        raise ValueError(
            f"cannot read the picture: {reason}. Expected one still picture of at most 89 million "
            "pixels: an array, a PIL image, or a whole JPEG or PNG file as path, bytes or open file"
        ) from error


def resized(array, longest):
    """An array of uint8 or float32, resized until its longer side has that many pixels."""
    image = Image.fromarray(array)
    factor = longest / max(image.size)
    method = Image.Resampling.BICUBIC if factor > 1 else Image.Resampling.HAMMING
    return np.asarray(image.resize([max(1, round(side * factor)) for side in image.size], method))
