"""Take the KNN and the SVM that notebooks 03 and 04 saved in build/ to data/models.

    python tools/ship_models.py

A KNN is its training data, so only its settings are shipped. The network is shipped by
tools/bench_network.py; it leaves behind what only training needs, so that it becomes smaller and
older releases of Keras can read it.
"""

import json
import re
import sys
import zipfile
from pathlib import Path

import skops.io
from sklearn.base import clone

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers.models import SHIPPED_FOLDER, TRUSTED, quietly  # noqa: E402

with quietly():
    import keras

TRAINING_ONLY = re.compile(r".*_(initializer|regularizer|constraint)|renorm.*|quantization_config")


def only_for_reading(config):
    """A Keras configuration without the settings that only training uses, at any depth."""
    if isinstance(config, list):
        return [only_for_reading(item) for item in config]
    if isinstance(config, dict):
        kept = [key for key in config if not TRAINING_ONLY.fullmatch(key)]
        return {key: only_for_reading(config[key]) for key in kept}
    return config


def ship_network(network, target):
    """Save a network without its optimizer and what else only training needs."""
    bare = keras.models.clone_model(network)
    bare.set_weights(network.get_weights())
    bare.save(target)
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["config.json"] = json.dumps(only_for_reading(json.loads(parts["config.json"])))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def main():
    SHIPPED_FOLDER.mkdir(exist_ok=True)
    for source in sorted((ROOT / "build").glob("*/models/*.skops")):
        target = SHIPPED_FOLDER / source.name
        model = skops.io.load(source, trusted=TRUSTED)
        model = clone(model) if source.stem == "knn" else model
        skops.io.dump(model, target, compression=zipfile.ZIP_DEFLATED)
        print(f"{target.name:10} {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
