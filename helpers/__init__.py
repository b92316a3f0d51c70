"""What the notebooks share: data, features, models, figures; each loaded when it is first used."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "data": ["load_mnist"],
        "features": ["WithinClassWhitening", "deskew", "gradient_features", "normalize_size"],
        "models": ["load_model", "models_folder", "quietly", "save_model", "shipped_model"],
        "plots": ["digit_grid", "show"],
    },
)
