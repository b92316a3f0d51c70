"""Measure the course on an idle machine, part by part.

    python tools/bench.py             everything that is measured, in three hours
    python tools/bench.py PART ...    some parts; `help` names them all

What notebooks read goes to data/benchmark*.json, the rest goes to build/bench.json.
"""

import io
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
import zipfile
from importlib.metadata import version
from pathlib import Path
from unittest.mock import patch

import numpy as np
import skops.io
from skimage.feature import hog
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "notebooks")]

import handwriting
import helpers
from common.notebooks import LESSONS, lesson, markdown, run_cells, tags
from common.photographs import bitmap, photograph
from helpers.models import FILES, SHIPPED_FOLDER, TRUSTED, NetworkClassifier

DATA, NOTEBOOKS, RESULTS = ROOT / "data", ROOT / "notebooks", ROOT / "build" / "bench.json"
NETWORK = lesson(5)
*COURSE, OPTIONAL = LESSONS  # the optional one is about Dask
# Seconds, and megabytes of memory; the cell tagged `training` is none of the others.
BUDGETS = {"cell": 45, "training": 120, "notebook": 150, "memory": 2000, "course": 420}
HEADER = "| model | accuracy on validation | fit on train | predict validation | together |\n"
MEMBERS = 3  # trainings of notebook 05 that the shipped network averages
EPOCHS = 6  # of each; the lesson has time for fewer
TRAINING_ONLY = re.compile(r".*_(initializer|regularizer|constraint)|renorm.*|quantization_config")
PICTURES = 200
# Where the digits of the next writer begin in scikit-learn's `load_digits`.
FIRST_ROWS = [0, 130, 256, 386, 516, 646, 776, 915, 1029, 1157, 1287, 1415, 1545, 1667]
# How many digits a model is taught: of one person, the fewest, and of a mixture of people.
OF_ONE, FEW, OF_ALL, DRAWS = (5, 10, 20, 40, 80), 20, (20, 50, 100, 200), 5
CLUSTER = {"threads_per_worker": 1, "memory_limit": "2GB", "dashboard_address": "127.0.0.1:0"}


def record(path, **results):
    """Put results into a JSON file, beside those of other parts, and what they were made with."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    versions = {library: version(library) for library in ("keras", "scikit-learn")}
    known |= {"cores": os.cpu_count()} | versions | results
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(known, indent=2) + "\n"
    text = re.sub(r"\[[\d\s.,]+\]", lambda row: " ".join(row[0].split()), text)
    path.write_text(text, encoding="utf-8", newline="\n")


def replace_once(path, pattern, by):
    """Replace the one place of a file that matches a pattern."""
    text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"))
    if count != 1:
        sys.exit(f"{count} places of {path.name} match {pattern}, not one")
    path.write_text(text, encoding="utf-8", newline="\n")


def timed(function, *arguments, **options):
    """What a call returns, and the seconds it took."""
    start = time.perf_counter()
    return function(*arguments, **options), time.perf_counter() - start


def recipe(path, **changes):
    """What the imports of a notebook and its cells tagged `recipe` define, but for the changes."""
    names = {"__name__": "__main__"}
    run_cells(path, lambda cell: "recipe" in tags(cell) or "\nimport helpers" in cell.source, names)
    names.update(changes)  # in place: the functions look names up here when they are called
    return names


def notebooks():
    """Run each notebook as on a fresh clone, and say what exceeds the budgets (8 minutes)."""
    from tools.run import execute

    measured, exceeded = {}, []
    for path in LESSONS:
        with tempfile.TemporaryDirectory() as models:
            os.environ["DIGITS_MODELS"] = models
            _, cost, error = execute(path)
        if error:
            sys.exit(f"{error}\n{path.name} failed")
        print(f"{path.stem:30} {cost}", flush=True)
        measured[path.stem] = cost
        over = [what for what, value in cost.items() if value > BUDGETS[what]]
        exceeded += [f"{path.stem}: {what} {cost[what]:g}, not {BUDGETS[what]}" for what in over]
    seconds = sum(measured[path.stem]["notebook"] for path in COURSE)
    if seconds > BUDGETS["course"]:
        exceeded.append(f"the course: {seconds:.0f}, not {BUDGETS['course']}")
    record(RESULTS, notebooks=measured, exceeded=exceeded)
    print("\n".join(exceeded) or "all budgets are kept")


def in_words(seconds):
    """A time rounded up, for people: to 5 seconds up to a minute, above it to half minutes."""
    if seconds <= 60:
        return f"{5 * math.ceil(seconds / 5)} seconds"
    return f"{math.ceil(seconds / 30) / 2:g} minutes"


def costs():
    """Write what the notebooks took to their heads, and to their rows in README and guide."""
    readme, guide = ROOT / "README.md", NOTEBOOKS / "TEACHING.md"
    for name, cost in json.loads(RESULTS.read_text(encoding="utf-8"))["notebooks"].items():
        path, took = NOTEBOOKS / f"{name}.ipynb", in_words(cost["notebook"])
        memory = f"{math.ceil(cost['memory'] / 100) / 10} GB"
        title = re.escape(re.search(r"# (.+)", markdown(path))[1])
        short = took.replace("minutes", "min").replace("seconds", "s")
        cost = rf"\g<1>About {took} on two cores, with {memory}\2"
        replace_once(path, r"(\*\*Cost\.\*\* ).+?( of memory)", cost)
        replace_once(readme, rf"(\| \[{title}\].* \| )[^|]+( \| \d+ min \|)", rf"\g<1>{short}\2")
        row = rf"(\| {title} \| )[^|]+\| [\d.]+ GB( \|)"
        replace_once(guide, row, rf"\g<1>{short} | {memory}\2")


def shipped(name):
    """The settings of a shipped model, not fitted."""
    return clone(skops.io.load(SHIPPED_FOLDER / f"{name}.skops", trusted=TRUSTED))


def ship():
    """Take the KNN and the SVM that `run.py --save` has left in build/ to data/models."""
    for source in sorted((ROOT / "build").glob("*/models/*.skops")):
        model, target = skops.io.load(source, trusted=TRUSTED), SHIPPED_FOLDER / source.name
        model = clone(model) if source.stem == "knn" else model  # a KNN is its training data
        skops.io.dump(model, target, compression=zipfile.ZIP_DEFLATED)
        print(f"{target.name:10} {target.stat().st_size / 1e6:.2f} MB")


def fit_and_predict(model):
    """Fit a model on train, predict validation: the accuracy, and the seconds of both."""
    images, labels = helpers.load_mnist("train")
    order = labels.argsort(kind="stable")  # an SVC reads digits faster class by class, all of them
    _, fit = timed(model.fit, images[order], labels[order])
    images, labels = helpers.load_mnist("validation")
    predictions, predict = timed(model.predict, images)
    accuracy = float(np.mean(predictions == labels))
    return {"accuracy": accuracy, "fit": round(fit, 2), "predict": round(predict, 2)}


def models():
    """Our features and classical models against scikit-image's and raw pixels (3 minutes)."""

    def usual_features(images):
        return [hog(image, pixels_per_cell=(4, 4), cells_per_block=(2, 2)) for image in images]

    steps = helpers.deskew, helpers.normalize_size, helpers.gradient_features
    features = make_pipeline(*map(FunctionTransformer, steps))
    images = np.concatenate([helpers.load_mnist("development")[0]] * 2)[:70_000]
    speed = len(images) / np.median([timed(features.fit_transform, images)[1] for _ in range(3)])
    ratio = speed * timed(usual_features, images[:3000])[1] / 3000
    print(f"{speed:,.0f} digits a second, {ratio:.1f} times as fast as scikit-image", flush=True)
    pixels = FunctionTransformer(lambda images: images.reshape(-1, 784) / np.float32(255))
    results, ratios = {}, {}
    for short, name, plain in [
        ("knn", "K-nearest neighbours", KNeighborsClassifier()),
        ("svm", "Support vector machine", SVC(C=10, cache_size=500)),
    ]:
        ours, usual = map(fit_and_predict, (shipped(short), make_pipeline(pixels, plain)))
        results |= {f"{name}, ours": ours, f"{name}, raw pixels": usual}
        times = [result["fit"] + result["predict"] for result in (usual, ours)]
        ratios[short] = round(times[0] / times[1], 2)
    measured = {"features per second": round(speed), "models": results}
    measured |= {"features, ratio to skimage.feature.hog": round(ratio, 2)}
    record(DATA / "benchmark.json", **measured, **{"raw pixels, seconds over ours": ratios})
    table = HEADER + "| --- | --- | --- | --- | --- |\n"
    for name, result in results.items():
        accuracy, fit, predict = result.values()
        times = " | ".join(f"{seconds:.1f} s" for seconds in (fit, predict, fit + predict))
        table += f"| {name} | {100 * accuracy:.2f} % | {times} |\n"
    replace_once(ROOT / "README.md", re.escape(HEADER) + r"(\|.*\n)+", table)
    print(table)


def writers():
    """What shuffled digits promise and whole writers keep, on all of development (10 minutes)."""
    images, labels, wrote = helpers.load_mnist("development", writers=True)
    knn, svm, flat = shipped("knn"), shipped("svm"), images.reshape(-1, 784).astype(np.float32)
    features, five = knn[:3].transform(images), {"n_splits": 5, "shuffle": True, "random_state": 0}
    folds = {
        "shuffled digits": [*StratifiedKFold(**five).split(flat, labels)],
        "whole writers": [*StratifiedGroupKFold(**five).split(flat, labels, wrote)],
    }
    pixels = make_pipeline(clone(knn[3]).set_params(n_components=50), clone(knn[-1]))
    results = {}
    for name, model, numbers in [
        ("K-nearest neighbours, raw pixels", pixels, flat),
        ("K-nearest neighbours", knn[3:], features),
        ("Support vector machine", svm[3:], features),
    ]:
        results[name] = {}
        for cut, parts in folds.items():
            right = 100 * (cross_val_predict(model, numbers, labels, cv=parts) == labels)
            results[name][cut] = {
                "accuracy": round(right.mean(), 2),
                "scores": [round(right[held_out].mean(), 2) for _, held_out in parts],
                "employees": round(right[wrote < 2100].mean(), 2),
                "students": round(right[wrote >= 2100].mean(), 2),
            }
            print(f"{name}, {cut}: {results[name][cut]}", flush=True)
    record(DATA / "benchmark-writers.json", **{"cross-validation": results})


class FromATenth(helpers.WithinClassWhitening):
    """Whitening by a covariance that is known from a tenth of the digits."""

    def fit(self, X, y):
        return super().fit(X[::10], y[::10])


class OfTheWidest(helpers.WithinClassWhitening):
    """Whitening that stretches no direction further than the 50th widest."""

    def fit(self, X, y):
        means = np.array([X[y == digit].mean(axis=0) for digit in range(10)])
        variances, directions = np.linalg.eigh(np.cov((X - means[y]).T))
        spread = np.sqrt(np.maximum(variances, variances[-50]))
        self.matrix_ = (directions / spread).astype(np.float32)
        return self


def whitening():
    """How much whitening is best, and why, on all of development over whole writers (2 minutes)."""
    images, labels, wrote = helpers.load_mnist("development", writers=True)
    knn = shipped("knn")
    features, (_, number) = knn[:3].transform(images), np.unique(wrote, return_inverse=True)
    whole = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    folds, right, results = [*whole.split(features, labels, wrote)], {}, {}
    for name, metric in {
        "shrinkage 0.5": helpers.WithinClassWhitening(0.5),
        "shrinkage 1": helpers.WithinClassWhitening(1),
        "shrinkage 0": helpers.WithinClassWhitening(0),
        "0, covariance of a tenth of the digits": FromATenth(0),
        "0, but 100 narrowest not stretched further": OfTheWidest(0),
    }.items():
        model = make_pipeline(knn[3], metric, knn[5])
        right[name] = cross_val_predict(model, features, labels, cv=folds) == labels
        more = np.bincount(number, right["shrinkage 0.5"].astype(int) - right[name])  # of a writer
        drawn = np.random.default_rng(0).choice(more, (2000, len(more))).sum(axis=1)
        results[name] = {
            "mistakes": int(np.sum(~right[name])),
            "more than at 0.5": [round(edge) for edge in np.quantile(drawn, [0.025, 0.975])],
        }
        print(f"{name}: {results[name]}", flush=True)
    record(DATA / "benchmark-writers.json", whitening=results)


def train(names, images, labels, seed):
    """Train the network of a recipe; return it and the seconds that took."""
    names["keras"].utils.set_random_seed(seed)
    network = names["build_network"]()
    batches = names["Batches"](images, labels, names["augment"], seed=seed)
    names["compile_network"](network, EPOCHS * len(batches))
    return network, timed(network.fit, batches, epochs=EPOCHS, verbose=0)[1]


def train_all(names, images, labels, seed):
    """Train the members of a shipped network; return their average and the seconds of all."""
    from training import average  # and with it Keras

    seeds = range(MEMBERS * seed, MEMBERS * (seed + 1))
    networks, seconds = zip(*(train(names, images, labels, each) for each in seeds))
    return average(networks), sum(seconds)


def other_people():
    """scikit-learn's digits as a reader frames them, their labels, and who wrote them."""
    digits = load_digits()
    framed = np.stack([handwriting.read_digits(image / 16)[0].image for image in digits.images])
    return framed, digits.target, np.searchsorted(FIRST_ROWS, np.arange(len(framed)), "right") - 1


def ship_network(keras, network, target):
    """Save a network for reading alone: it is smaller, and older releases of Keras can read it."""

    def for_reading(part):
        return {key: value for key, value in part.items() if not TRAINING_ONLY.fullmatch(key)}

    bare = keras.models.clone_model(network)  # without the optimizer
    bare.set_weights(network.get_weights())
    bare.save(target)
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["config.json"] = json.dumps(json.loads(parts["config.json"], object_hook=for_reading))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def network_seeds():
    """Train five networks for the test set, which chooses nothing; ship the first (25 minutes)."""
    names, results, digits = recipe(NETWORK), [], helpers.load_mnist("development")
    test_images, test_labels = helpers.load_mnist("test")
    tried = {"test": (test_images, test_labels), "load_digits": other_people()[:2]}
    for kind, corrupt in recipe(lesson(7))["corruptions"].items():
        images = np.uint8(255 * np.clip(corrupt(test_images[::10] / 255, 2), 0, 1))
        tried[f"{kind}, strength 2"] = images, test_labels[::10]
    fit = {name: round(timed(shipped(name).fit, *digits)[1], 1) for name in ("knn", "svm")}
    for seed in range(5):
        network, seconds = train_all(names, *digits, seed)
        if seed == 0:
            ship_network(names["keras"], network, SHIPPED_FOLDER / "cnn.keras")
        predict = NetworkClassifier(network).predict
        right = {name: predict(images) == labels for name, (images, labels) in tried.items()}
        result = {"mistakes": int(np.sum(~right["test"]))}
        result |= {name: round(100 * float(each.mean()), 2) for name, each in right.items()}
        results.append({"train": round(seconds, 1)} | result)
        print(f"seed {seed}: {results[-1]}", flush=True)
    fit["cnn"] = float(np.median([result["train"] for result in results]))
    seeds = {"members": MEMBERS, "epochs of each": EPOCHS, "networks": results}
    record(
        DATA / "benchmark-network.json", seeds=seeds, **{"training, seconds on development": fit}
    )


def ablations():
    """What each training of the ablation changes in the recipe of notebook 05."""
    names = recipe(NETWORK)
    keras, layers = names["keras"], names["layers"]

    def rebuilt(replace):
        """A function that builds the network with each of its layers replaced by some."""

        def build():
            built = names["build_network"]().layers
            copies = [type(old).from_config(old.get_config()) for old in built]
            parts = [part for layer in copies for part in replace(layer)]
            return keras.Sequential([keras.Input((28, 28, 1)), *parts])

        return build

    def without_normalisation(layer):
        if isinstance(layer, layers.Conv2D):
            layer.use_bias = True  # it was that of the normalisation
        return [] if isinstance(layer, layers.BatchNormalization) else [layer]

    def with_dropout(layer):
        return [layers.Dropout(0.3), layer] if isinstance(layer, layers.Dense) else [layer]

    def with_random_layers(layer):
        if not isinstance(layer, layers.Rescaling):
            return [layer]
        small, paper = (-0.2, 0.2), {"fill_mode": "constant"}
        turned = layers.RandomRotation(0.03, **paper), layers.RandomShear(0.2, 0.2, **paper)
        moved = layers.RandomTranslation(0.07, 0.07, **paper)
        return [*turned, layers.RandomZoom(small, small, **paper), moved, layer]

    def at_constant_rate(network, steps):
        network.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")

    def same(images, generator):
        return images

    return {
        "all": {},
        "no augmentation": {"augment": None},
        "Keras's layers instead": {"augment": None, "build_network": rebuilt(with_random_layers)},
        "no other pens": {"change_pen": same},
        "not moved": {"move": same},
        "not damaged": {"damage": same},
        "constant rate 0.001": {"compile_network": at_constant_rate},
        "no batch normalisation": {"build_network": rebuilt(without_normalisation)},
        "dropout as well": {"build_network": rebuilt(with_dropout)},
    }


def network_ablation():
    """Mistakes with one ingredient of the network changed at a time (25 minutes)."""
    images, labels = (part[:10_000] for part in helpers.load_mnist("train"))
    tried = {"MNIST": helpers.load_mnist("validation", writers=True), "others": other_people()}
    results, took = {}, {}
    for name, changes in ablations().items():
        changed, results[name] = recipe(NETWORK, **changes), {digits: [] for digits in tried}
        took[name] = []
        for seed in range(5):
            network, seconds = train(changed, images, labels, seed)
            took[name].append(round(seconds, 1))
            for digits, (new_images, new_labels, wrote) in tried.items():
                wrong = NetworkClassifier(network).predict(new_images) != new_labels
                of_writers = np.bincount(np.unique(wrote, return_inverse=True)[1], wrong)
                results[name][digits].append(of_writers.astype(int).tolist())
        sums = {digits: np.sum(wrong, axis=1).tolist() for digits, wrong in results[name].items()}
        print(f"{name}: {sums}, {took[name]} s", flush=True)
    record(DATA / "benchmark-network.json", ablation=results, **{"ablation, seconds": took})


def network_groups():
    """Trained on employees, students or both, tried on either, with more augmentation."""
    images, labels, wrote = helpers.load_mnist("train", writers=True)
    new_images, new_labels, new_wrote = helpers.load_mnist("validation", writers=True)
    generator, results = np.random.default_rng(0), {}
    both = wrote < 2100, wrote >= 2100
    groups = [generator.permutation(np.flatnonzero(group))[:24_000] for group in both]
    trainings = {"employees": groups[0], "students": groups[1]}
    trainings["half of each"] = np.concatenate([group[:12_000] for group in groups])
    for name in ("no augmentation", "all"):
        names, results[name] = recipe(NETWORK, **ablations()[name]), {}
        for trained_on, chosen in trainings.items():
            if trained_on != "employees" and name != "all":
                continue  # nothing is asked of these
            scores = {"employees": [], "students": []}
            for seed in range(2):
                digits = images[chosen], labels[chosen]
                network, _ = train(names, *digits, seed)
                right = NetworkClassifier(network).predict(new_images) == new_labels
                scores["employees"].append(round(float(right[new_wrote < 2100].mean()), 4))
                scores["students"].append(round(float(right[new_wrote >= 2100].mean()), 4))
            results[name][trained_on] = scores
            print(f"{name}, trained on {trained_on}: {scores}", flush=True)
    record(DATA / "benchmark-network.json", groups=results)


def reading_accuracy(images, labels, models):
    """In how many photographs ten digits are found; digits, and lines of ten, right in per cent."""
    right = {name: [] for name in models}
    for number in range(PICTURES):
        generator = np.random.default_rng([2027, number])
        chosen = generator.choice(len(images), 10, replace=False)
        digits = handwriting.read_digits(photograph(images[chosen], generator))
        if len(digits) == 10:  # else they count as ten misclassified digits
            framed = np.stack([digit.image for digit in digits])
            for name, model in models.items():
                right[name].append(int(np.sum(model.predict(framed) == labels[chosen])))
    return {"pictures": PICTURES, "ten digits found": len(right["cnn"])} | {
        name: {"digits": 10 * sum(counts) / PICTURES, "lines": 100 * counts.count(10) / PICTURES}
        for name, counts in right.items()
    }


def pictures():
    """How fast and how well photographs are read, of MNIST's and of others' digits (10 minutes)."""
    validation, file = helpers.load_mnist("validation"), io.BytesIO()
    photo = photograph(validation[0][:10], np.random.default_rng(0), rows=3).convert("RGB")
    photo.resize((4000, 3000)).save(file, "jpeg", quality=90)
    large, small, speed = file.getvalue(), DATA / "pictures" / "drawing.png", {}
    for name, picture in [("a photograph of 12 megapixels", large), ("a drawing", small)]:
        seconds = [timed(handwriting.read_digits, picture)[1] for _ in range(10)]
        speed[name] = [round(1000 * value) for value in (np.median(seconds), max(seconds))]
    tracemalloc.start()
    handwriting.read_digits(large)
    speed["memory"] = round(tracemalloc.get_traced_memory()[1] / 1e6)
    tracemalloc.stop()
    print(f"milliseconds, median and most; MB: {speed}", flush=True)

    names, others, digits = recipe(NETWORK), load_digits(), helpers.load_mnist("train")
    # The shipped models know validation. These, fitted on train, have met none of its writers.
    models = {name: shipped(name).fit(*digits) for name in ("knn", "svm")}
    network, _ = train_all(names, *digits, seed=0)
    models["cnn"] = NetworkClassifier(network)
    measured = {"speed": speed}
    for name, images, labels in [
        ("MNIST's validation digits", *validation),
        ("scikit-learn's digits", np.array([*map(bitmap, others.images)]), others.target),
    ]:
        measured[name] = reading_accuracy(images, labels, models)
        print(f"{name}: {measured[name]}", flush=True)
    record(RESULTS, pictures=measured)


def adapt_one(name):
    """Mistakes of one model on other people's digits, untaught and taught, and on validation."""
    images, labels, wrote = other_people()
    people = [np.flatnonzero(wrote == person) for person in range(len(FIRST_ROWS))]
    rest, late = (np.concatenate([rows[n:] for rows in people]) for n in (FEW, OF_ONE[-1]))
    untaught, seconds = helpers.shipped_model(name), []

    def teach(rows):
        model, took = timed(handwriting.adapt, name, images[rows], labels[rows])
        seconds.append(took)
        return model

    def mistakes(model, rows):
        """Of each person."""
        wrong = model.predict(images[rows]) != labels[rows]
        return np.bincount(wrote[rows], wrong, len(people)).astype(int).tolist()

    curve, matrix, mixture = {0: mistakes(untaught, late)}, [mistakes(untaught, rest)], {}
    for n in OF_ONE:
        curve[n] = []
        for person, rows in enumerate(people):
            model = teach(rows[:n])
            curve[n].append(mistakes(model, rows[OF_ONE[-1] :])[person])
            if n == FEW:
                matrix.append(mistakes(model, rest))
    orders = [np.random.default_rng(draw).permutation(len(labels)) for draw in range(DRAWS)]
    for n in (0, *OF_ALL):
        models = [teach(order[:n]) if n else untaught for order in orders]
        mixture[n] = [sum(mistakes(m, o[OF_ALL[-1] :])) for m, o in zip(models, orders)]
    spent = [round(float(value), 1) for value in (np.median(seconds), max(seconds))]
    return {"curve": curve, "matrix": matrix, "mixture": mixture, "seconds, median, most": spent}


def adapt_without_validation():
    """Mistakes on validation of models that have not met it, untaught and taught as above."""
    load, digits = helpers.load_mnist, helpers.load_mnist("train")
    images, labels, wrote = other_people()
    names, results = recipe(NETWORK), {}
    network, _ = train_all(names, *digits, seed=0)
    chosen = {
        "one person": [np.flatnonzero(wrote == person)[:FEW] for person in range(len(FIRST_ROWS))],
        "mixture": [
            np.random.default_rng(draw).permutation(len(labels))[:100] for draw in range(DRAWS)
        ],
    }

    def load_less(split):
        return load("train" if split == "development" else split)

    def mistakes(model):
        predictions = model.predict(load("validation")[0])
        return int(np.sum(predictions != load("validation")[1]))

    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, DIGITS_MODELS=folder):
        for name, model in [
            ("knn", shipped("knn")),
            ("svm", shipped("svm").fit(*digits)),
            ("cnn", network),
        ]:
            helpers.save_model(model, name)
        shipped_now = {"SHIPPED_FOLDER": Path(folder), "load_mnist": load_less}
        with patch.multiple(helpers.models, **shipped_now), patch("helpers.load_mnist", load_less):
            for name in FILES:
                results[name] = {"untaught": mistakes(helpers.shipped_model(name))}
                for kind, draws in chosen.items():
                    taught = [handwriting.adapt(name, images[rows], labels[rows]) for rows in draws]
                    results[name][kind] = [mistakes(model) for model in taught]
                print(f"{name}, on validation: {results[name]}", flush=True)
    return results


def adapt():
    """Teach the models one person's digits, or a mixture of people's (an hour)."""
    counts, results = np.bincount(other_people()[2]), {}
    read = {str(n): (counts - n).tolist() for n in (FEW, OF_ONE[-1])}
    read["mixture"] = int(sum(counts)) - OF_ALL[-1]
    for name in FILES:
        results[name] = result = adapt_one(name)
        before, own = result["matrix"][0], np.diag(result["matrix"][1:]).tolist()
        print(f"{name}: {sum(before)} mistakes, {sum(own)} when taught {FEW}: {before} {own}")
        for n, wrong in result["mixture"].items():
            right = 100 * (1 - np.mean(wrong) / read["mixture"])
            print(f"a mixture, {n} taught: {right:.2f} %, mistakes {wrong}")
        print(f"median and most: {result['seconds, median, most']} s", flush=True)
    validation = adapt_without_validation()
    record(DATA / "benchmark-adapt.json", **{"digits read": read}, **results, validation=validation)


def dask():
    """The search of the optional notebook, among up to a million digits (8 minutes)."""
    import resource  # not on Windows

    names, runs = recipe(OPTIONAL, QUERY_COUNT=None), []  # all of validation
    labels = helpers.load_mnist("validation")[1]
    for workers, parts in [(1, 10), (1, 30), (1, 100), (2, 10), (2, 30), (2, 100)]:
        with names["Client"](n_workers=workers, **CLUSTER) as client:
            ready = client.submit(names["prepare"])
            ready.result()
            found, seconds = timed(names["nearest_of"], client, ready, parts)
            peaks = client.run(lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss).values()
        right = 100 * float(np.mean(names["vote"](found[1]) == labels))
        run = {"workers": workers, "digits": parts * names["PART"], "seconds": round(seconds, 1)}
        runs.append(run | {"memory": round(max(peaks) / 1e6, 2), "right": round(right, 2)})
        print(runs[-1], flush=True)
    # One search among all of them, in one process.
    normal, labels, describe, queries = names["prepare"]()
    augmented = (names["augment"](normal, labels, part)[0] for part in range(parts))
    reference = [*map(describe.transform, augmented)]
    search = NearestNeighbors(n_neighbors=names["COUNT"], algorithm="brute")
    nearest = search.fit(np.concatenate(reference)).kneighbors(queries, return_distance=False)
    same = float(np.mean(nearest == found[2]))
    print(f"{100 * same:.4f} % of the neighbours are the same in one process")
    record(DATA / "benchmark-dask.json", runs=runs, **{"the same": same == 1})


def dashboard():
    """Take data/pictures/dashboard.png in the middle of a search (with Chromium)."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1300,760"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    names = recipe(OPTIONAL, QUERY_COUNT=None)  # all of validation
    with browser, names["Client"](n_workers=2, **CLUSTER) as client:

        def shoot(count):
            if count == 2:
                browser.get(client.dashboard_link)
            elif count == 12:
                browser.save_screenshot(DATA / "pictures" / "dashboard.png")

        names["nearest_of"](client, client.submit(names["prepare"]), 24, shoot)


MEASURING = [notebooks, models, writers, whitening, network_seeds, network_ablation, network_groups]
MEASURING += [pictures, adapt, dask]
PARTS = {part.__name__.replace("_", "-"): part for part in [*MEASURING, costs, ship, dashboard]}


def main():
    words = sys.argv[1:] or list(PARTS)[: len(MEASURING)]
    if not set(words) <= set(PARTS):
        sys.exit("\n".join(f"{name:18}{part.__doc__}" for name, part in PARTS.items()))
    if len(words) == 1:
        return PARTS[words[0]]()
    for word in words:  # each in a process that no other part has filled
        subprocess.run([sys.executable, __file__, word], check=True)


if __name__ == "__main__":
    main()
