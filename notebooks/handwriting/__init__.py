"""From a picture of handwriting to digits as MNIST would have them, and a pad to draw on."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "adapting": ["adapt"],
        "pad": ["DrawPad"],
        "reading": ["Digit", "load_folder", "read_digits"],
        "seeing": ["xray"],
    },
)
