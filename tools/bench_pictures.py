"""Measure how well and how fast pictures are read: part of `make bench`, 10 minutes.

    python tools/bench_pictures.py

The time and the memory for a photograph of 12 megapixels and for a drawing of 280 × 280. Then
simulated photographs of ten digits each (tests/photographs.py): digits of MNIST's validation set,
and digits of scikit-learn's, which other people wrote. The shipped models have learned from
the validation digits, so three like them are fitted on `train` first.
"""

import io
import resource
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import helpers  # noqa: E402
from helpers.models import NetworkClassifier  # noqa: E402
from tests.photographs import bitmap, photograph  # noqa: E402
from tools import bench_network  # noqa: E402
from tools.bench_notebooks import record  # noqa: E402

PICTURES = 200


def fitted_on_train():
    """The three models with the settings of the shipped ones, which never saw `validation`."""
    images, labels = helpers.load_mnist("train")
    models = {n: clone(helpers.load_model(n)).fit(images, labels) for n in ("knn", "svm")}
    names = bench_network.recipe()
    network, _ = bench_network.train(names, images, labels, bench_network.FINAL_EPOCHS, seed=0)
    return models | {"cnn": NetworkClassifier(names["cool"](network))}


def accuracy(name, images, labels, models):
    """How many digits were found and read, and how many lines of ten wholly, in per cent."""
    found, right, lines = 0, dict.fromkeys(models, 0), dict.fromkeys(models, 0)
    for number in range(PICTURES):
        generator = np.random.default_rng([2027, number])
        chosen = generator.choice(len(images), 10, replace=False)
        digits = helpers.read_digits(photograph(images[chosen], generator))
        if len(digits) != 10:
            continue  # counts as ten misread digits
        found += 1
        framed = np.stack([digit.image for digit in digits])
        for model in models:
            correct = int(np.sum(models[model].predict(framed) == labels[chosen]))
            right[model] += correct
            lines[model] += correct == 10
    figures = {"pictures": PICTURES, "ten digits found": found}
    for model in models:
        figures[model] = {
            "digits": 10 * right[model] / PICTURES,
            "lines": 100 * lines[model] / PICTURES,
        }
    print(f"{name}: {figures}", flush=True)
    return figures


def speed():
    """The milliseconds for large and small pictures, and the MB that they take."""
    images = helpers.load_mnist("validation")[0]
    photo = photograph(images[:10], np.random.default_rng(0), rows=3).convert("RGB")
    photo = photo.resize((4000, 3000))
    file = io.BytesIO()
    photo.save(file, "jpeg", quality=90)
    drawing = (ROOT / "data" / "pictures" / "drawing.png").read_bytes()
    figures, before = {}, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, picture in [
        ("a photograph of 12 megapixels", file.getvalue()),
        ("a drawing", drawing),
    ]:
        seconds = []
        for _ in range(10):
            start = time.perf_counter()
            helpers.read_digits(picture)
            seconds.append(time.perf_counter() - start)
        figures[name] = [round(1000 * value) for value in (np.median(seconds), max(seconds))]
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    figures["memory"] = round(more / 1024)
    print(f"milliseconds, median and most; MB: {figures}", flush=True)
    return figures


def main():
    results = {"speed": speed()}
    models = fitted_on_train()
    images, labels = helpers.load_mnist("validation")
    results["MNIST's validation digits"] = accuracy("MNIST", images, labels, models)
    other = load_digits()
    images = np.array([bitmap(image) for image in other.images])
    results["scikit-learn's digits"] = accuracy("scikit-learn", images, other.target, models)
    record("pictures", results)


if __name__ == "__main__":
    main()
