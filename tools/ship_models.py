"""Take the KNN and the SVM that notebooks 03 and 04 saved in build/ to data/models.

    python tools/ship_models.py

A KNN is its training data, so only its settings are shipped. The network is shipped by
tools/bench_network.py.
"""

import sys
import zipfile
from pathlib import Path

import skops.io
from sklearn.base import clone

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers.models import SHIPPED_FOLDER, TRUSTED  # noqa: E402


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
