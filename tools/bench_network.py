"""Measure the network of notebook 05 and train the one that the course ships: part of `make bench`.

    python tools/bench_network.py race      against the example network of keras.io, 6 minutes
    python tools/bench_network.py seeds     five networks on `development`, 25 minutes; the first
                                            is shipped, all five read the test set
    python tools/bench_network.py ablation  one ingredient left out at a time, on 20,000
                                            digits, 20 minutes
    python tools/bench_network.py           all three

The network and its training are those of the notebook: this file runs its cells that are tagged
`recipe`. The figures go to data/benchmark-network.json, where notebooks 05 and 06 find them.
"""

import json
import os
import re
import sys
import time
import zipfile
from pathlib import Path

import nbformat
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import helpers  # noqa: E402
from helpers.models import SHIPPED_FOLDER, NetworkClassifier  # noqa: E402
from tools.bench_notebooks import record  # noqa: E402

with helpers.quietly():
    import keras
    from keras import layers

RESULTS = ROOT / "data" / "benchmark-network.json"
NOTEBOOK = ROOT / "notebooks" / "05-convolutional-network.ipynb"
GOAL = 0.992  # what keras.io's page states
RACE_EPOCHS, FINAL_EPOCHS, SEEDS = 15, 18, 5
ABLATION_SEEDS, ABLATION_DIGITS = 5, 20_000
TRAINING_ONLY = re.compile(r".*_(initializer|regularizer|constraint)|renorm.*|quantization_config")


def recipe(**changes):
    """The names that the notebook's cells tagged `recipe` define; some may be replaced."""
    names = {"np": np, "keras": keras, "layers": layers}
    for cell in nbformat.read(NOTEBOOK, as_version=4).cells:
        if "recipe" in cell.metadata.get("tags", []):
            exec(compile(cell.source, NOTEBOOK.name, "exec"), names)
    names.update(changes)  # in place: the functions look names up here when they are called
    return names


def plain_block(filters, size, pool=False):
    """The block of the notebook without batch normalisation."""
    pooling = [layers.MaxPooling2D()] if pool else []
    return [layers.Conv2D(filters, size, activation="relu"), *pooling]


ABLATION = {
    "all ingredients": {},
    "not shaken": {"ShakenDigits": recipe()["Digits"]},
    "no batch normalisation": {"block": plain_block},
    "constant learning rate": {"one_cycle": lambda steps: 0.001},
    "no label smoothing": {"SMOOTHING": 0.0},
    "no dropout": {"DROPOUT": 0.0},
}


class Clock(keras.callbacks.Callback):
    """After each epoch: the seconds of training so far, and the accuracy on validation."""

    def __init__(self):
        super().__init__()
        self.images, self.labels = helpers.load_mnist("validation")
        self.points, self.seconds = [], 0.0

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds += time.perf_counter() - self.start
        answers = NetworkClassifier(self.model).predict(self.images)
        self.points.append([round(self.seconds, 1), float(np.mean(answers == self.labels))])


def train(names, images, labels, epochs, seed, callbacks=()):
    """Train the network of a recipe; return it and the seconds that took."""
    keras.utils.set_random_seed(seed)
    network = names["build_network"]()
    batches = names["ShakenDigits"](images, labels, seed=seed)
    names["compile_network"](network, epochs * len(batches))
    start = time.perf_counter()
    network.fit(batches, epochs=epochs, callbacks=list(callbacks), verbose=0)
    return network, time.perf_counter() - start


def keras_io_network():
    """The network of https://keras.io/examples/vision/mnist_convnet/ (F. Chollet, 2015)."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def race():
    """The example of keras.io against ours on `train`: where each stands after each epoch."""
    images, labels = helpers.load_mnist("train")
    keras.utils.set_random_seed(0)
    example, clock = keras_io_network(), Clock()
    example.compile("adam", "sparse_categorical_crossentropy")
    example.fit(
        images[..., None],
        labels,
        batch_size=128,
        epochs=RACE_EPOCHS,
        callbacks=[clock],
        verbose=0,
    )
    names, our_clock = recipe(), Clock()
    train(names, images, labels, names["EPOCHS"], 0, [our_clock])
    results = {}
    for name, points in [("keras.io", clock.points), ("ours", our_clock.points)]:
        there = [seconds for seconds, accuracy in points if accuracy >= GOAL]
        results[name] = {"epochs": points, "seconds to 99.2 %": there[0] if there else None}
        print(f"{name}: 99.2 % after {there[0] if there else None} s; at the end {points[-1]}")
    return results


def only_for_reading(config):
    """A Keras configuration without the settings that only training uses, at any depth."""
    if isinstance(config, list):
        return [only_for_reading(item) for item in config]
    if isinstance(config, dict):
        kept = [key for key in config if not TRAINING_ONLY.fullmatch(key)]
        return {key: only_for_reading(config[key]) for key in kept}
    return config


def ship_network(network, target):
    """Save a network without its optimizer and what else only training needs.

    It becomes smaller, and older releases of Keras can read it.
    """
    bare = keras.models.clone_model(network)
    bare.set_weights(network.get_weights())
    bare.save(target)
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["config.json"] = json.dumps(only_for_reading(json.loads(parts["config.json"])))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def seeds():
    """Five networks on `development`; the first is shipped. The test set chooses nothing here."""
    names, results = recipe(), []
    images, labels = helpers.load_mnist("development")
    test_images, test_labels = helpers.load_mnist("test")
    for seed in range(SEEDS):
        network, seconds = train(names, images, labels, FINAL_EPOCHS, seed)
        network = names["cool"](network)
        start = time.perf_counter()
        wrong = int(np.sum(NetworkClassifier(network).predict(test_images) != test_labels))
        read = time.perf_counter() - start
        results.append({"train": round(seconds, 1), "read": round(read, 2), "mistakes": wrong})
        print(f"seed {seed}: {seconds:.0f} s, {wrong} mistakes", flush=True)
        if seed == 0:
            ship_network(network, SHIPPED_FOLDER / "cnn.keras")
    accuracies = [100 - result["mistakes"] / 100 for result in results]
    print(f"mean {np.mean(accuracies):.3f} %, standard deviation {np.std(accuracies, ddof=1):.3f}")
    return {"epochs": FINAL_EPOCHS, "networks": results}


def ablation():
    """Mistakes on validation with one ingredient left out at a time, over several seeds."""
    images, labels = (part[:ABLATION_DIGITS] for part in helpers.load_mnist("train"))
    new_images, new_labels = helpers.load_mnist("validation")
    results = {}
    for name, changes in ABLATION.items():
        names, results[name] = recipe(**changes), []
        for seed in range(ABLATION_SEEDS):
            network, _ = train(names, images, labels, names["EPOCHS"], seed)
            answers = NetworkClassifier(network).predict(new_images)
            results[name].append(int(np.sum(answers != new_labels)))
        print(f"{name}: {results[name]} mistakes on validation", flush=True)
    return results


def main():
    parts = {part.__name__: part for part in (race, seeds, ablation)}
    chosen = sys.argv[1:] or list(parts)
    if not set(chosen) <= set(parts):
        sys.exit(__doc__)
    for name in chosen:
        result = parts[name]()
        results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        results |= {"cores": os.cpu_count(), "keras": keras.__version__, name: result}
        RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        record("network", results)
        print(f"{name}: written to {RESULTS.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    main()
