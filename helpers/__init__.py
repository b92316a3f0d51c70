"""What the notebooks of the course share: the data, the features, the models, the pictures."""

from .data import load_mnist
from .drawpad import DrawPad
from .exercises import check
from .features import WithinClassWhitening, deskew, gradient_features, normalize_size
from .models import (
    TemperatureScaling,
    load_model,
    models_folder,
    quietly,
    save_model,
    training_folder,
)
from .pictures import Digit, read_digits
from .plots import digit_grid, show

__all__ = [
    "Digit",
    "DrawPad",
    "TemperatureScaling",
    "WithinClassWhitening",
    "check",
    "deskew",
    "digit_grid",
    "gradient_features",
    "load_mnist",
    "load_model",
    "models_folder",
    "normalize_size",
    "quietly",
    "read_digits",
    "save_model",
    "show",
    "training_folder",
]
