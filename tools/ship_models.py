"""Copy the models that notebooks 03 to 05 saved in build/ (`tools/run.py --save`) to data/models.

    python tools/ship_models.py

A KNN is its training data, so only its settings are shipped.
"""

import shutil
import sys
from pathlib import Path

import skops.io
from sklearn.base import clone

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers.models import SHIPPED_FOLDER, TRUSTED  # noqa: E402

for path in sorted((ROOT / "build" / "models").glob("*/*")):
    target = SHIPPED_FOLDER / path.name
    if path.name == "knn.skops":
        skops.io.dump(clone(skops.io.load(path, trusted=TRUSTED)), target)
    else:
        shutil.copyfile(path, target)
    print(f"{path.name:10} {target.stat().st_size / 1e6:.2f} MB")
