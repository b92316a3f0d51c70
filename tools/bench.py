"""Measure the classical models against scikit-learn's on raw pixels, in 5 minutes.

Everything is measured in one run, so the ratios hold on other machines; seconds do not. Each
model is fitted on `train` and reads `validation`, the features included. The figures go to
data/benchmark.json, where notebook 4 finds them, and as a table to the README.
"""

import json
import os
import re
import sys
import time
from pathlib import Path

import numpy as np
import sklearn
import skops.io
from skimage.feature import hog
from sklearn.base import clone
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import helpers  # noqa: E402
from helpers.models import SHIPPED_FOLDER, TRUSTED  # noqa: E402
from tools.bench_notebooks import record  # noqa: E402

RESULTS = ROOT / "data" / "benchmark.json"
HEADER = "| model | accuracy on validation | fit on 50,000 | read 10,000 | together |"


def pixels(images):
    return images.reshape(-1, 784) / np.float32(255)


def measure(model):
    """Fit a model on train, let it read validation, and return the seconds and the accuracy."""
    images, labels = helpers.load_mnist("train")
    new_images, new_labels = helpers.load_mnist("validation")
    start = time.perf_counter()
    model.fit(images, labels)
    fitted = time.perf_counter()
    answers = model.predict(new_images)
    end = time.perf_counter()
    return {
        "accuracy": float(np.mean(answers == new_labels)),
        "fit": round(fitted - start, 2),
        "read": round(end - fitted, 2),
    }


def shipped(name):
    """The settings of a shipped model, not fitted."""
    return clone(skops.io.load(SHIPPED_FOLDER / f"{name}.skops", trusted=TRUSTED))


def features_per_second(describe, images):
    start = time.perf_counter()
    describe(images)
    return len(images) / (time.perf_counter() - start)


def scikit_image(images):
    for image in images:
        hog(image, orientations=9, pixels_per_cell=(4, 4), cells_per_block=(2, 2))


def ours(images):
    helpers.gradient_features(helpers.normalize_size(helpers.deskew(images)))


def table(models):
    """The Markdown table of the README."""
    lines = [HEADER, "| --- | --- | --- | --- | --- |"]
    for name, result in models.items():
        fit, read = result["fit"], result["read"]
        lines.append(
            f"| {name} | {100 * result['accuracy']:.2f} % | {fit:.1f} s | {read:.1f} s "
            f"| {fit + read:.1f} s |"
        )
    return "\n".join(lines)


def main():
    images, _ = helpers.load_mnist("development")
    images = np.concatenate([images, images[:10_000]])
    speeds = [features_per_second(ours, images) for _ in range(3)]
    speed, other_speed = float(np.median(speeds)), features_per_second(scikit_image, images[:3000])
    print(
        f"features: {speed:,.0f} digits a second, {speed / other_speed:.1f} times as fast as "
        f"skimage.feature.hog (70,000 digits in {70_000 / speed:.1f} s)",
        flush=True,
    )
    from_pixels = FunctionTransformer(pixels)
    models, ratios = {}, {}
    for short, name, plain in [
        ("knn", "K-nearest neighbours", KNeighborsClassifier()),
        ("svm", "Support vector machine", SVC(C=10, cache_size=500)),
    ]:
        seconds = {}
        for kind, model in [
            ("ours", shipped(short)),
            ("raw pixels", make_pipeline(from_pixels, plain)),
        ]:
            result = models[f"{name}, {kind}"] = measure(model)
            seconds[kind] = result["fit"] + result["read"]
        ratios[short] = seconds["raw pixels"] / seconds["ours"]
        print(f"{name}: ours is {ratios[short]:.1f} times as fast as raw pixels", flush=True)
    results = {
        "cores": os.cpu_count(),
        "scikit-learn": sklearn.__version__,
        "features per second": round(speed),
        "features, ratio to skimage.feature.hog": round(speed / other_speed, 2),
        "raw pixels, seconds over ours": {key: round(value, 2) for key, value in ratios.items()},
        "models": models,
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    record("models", results)
    readme = ROOT / "README.md"
    text, found = re.subn(
        re.escape(HEADER) + r"\n(\|.*\n)+", table(models) + "\n", readme.read_text(encoding="utf-8")
    )
    if not found:
        sys.exit("README.md has no table of the benchmark to replace")
    readme.write_text(text, encoding="utf-8")
    print(f"\n{table(models)}\n\nwritten to data/benchmark.json and README.md")


if __name__ == "__main__":
    main()
