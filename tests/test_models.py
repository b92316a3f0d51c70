"""Models come back as they were saved, and a bad file never takes a good one's place."""

import json
import os
import pickle
import subprocess
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

import helpers
from helpers import data, models
from helpers.data import ROOT
from tests.conftest import MAY_MOUNT


@pytest.fixture(autouse=True)
def own_models(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture(scope="module")
def digits():
    images, labels = helpers.load_mnist("validation")
    return images[:500], labels[:500]


def small_pipeline():
    return make_pipeline(
        FunctionTransformer(helpers.deskew),
        FunctionTransformer(helpers.gradient_features),
        PCA(20),
        KNeighborsClassifier(3),
    )


@pytest.mark.parametrize("name, accuracy", [("knn", 0.985), ("svm", 0.99), ("cnn", 0.99)])
def test_the_shipped_models_read(name, accuracy, digits, capsys):
    images, labels = digits
    model = helpers.load_model(name)
    assert capsys.readouterr().out.startswith(f"{name}: the shipped model")
    probabilities = model.predict_proba(images)
    assert probabilities.shape == (500, 10)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert np.mean(model.predict(images) == labels) >= accuracy
    assert np.mean(model.predict(images) == probabilities.argmax(axis=1)) > 0.99


def test_the_shipped_network_reads_the_test_digits_as_reported():
    results = json.loads((ROOT / "data" / "results.json").read_text(encoding="utf-8"))
    benchmark = json.loads((ROOT / "data" / "benchmark-network.json").read_text(encoding="utf-8"))
    images, labels = helpers.load_mnist("test")
    mistakes = int(np.sum(helpers.load_model("cnn").predict(images) != labels))
    reported = results["models"]["cnn"]["mistakes"]
    assert reported == benchmark["seeds"]["networks"][0]["mistakes"]
    assert abs(mistakes - reported) <= 1  # processors round differently


@pytest.fixture(scope="module")
def duels(digits):
    """A machine that decides between pairs, its features, and the features' labels."""
    images, labels = digits
    features = helpers.gradient_features(images)
    machine = SVC(decision_function_shape="ovo")
    return helpers.TemperatureScaling(machine).fit(features, labels + 3), features, labels + 3


def test_the_weakest_duel_decides(duels):
    model, features, labels = duels
    assert np.array_equal(model.classes_, np.arange(3, 13))
    margins = model.decision_function(features)
    decisions = model.machine_.decision_function(features)
    pairs = [(one, other) for one in range(10) for other in range(one + 1, 10)]
    for digit in range(10):
        own = [
            decisions[:, number] * (1 if one == digit else -1)
            for number, (one, other) in enumerate(pairs)
            if digit in (one, other)
        ]
        assert np.allclose(margins[:, digit], np.min(own, axis=0), rtol=0, atol=1e-9)
    assert np.mean(model.predict(features) == model.machine_.predict(features)) > 0.99
    assert np.mean(model.predict(features) == labels) > 0.95


def test_a_lower_temperature_is_surer_of_the_same_answer(duels):
    model, features, labels = duels
    cold = clone(model).set_params(temperature=0.2).fit(features, labels)
    sure, surer = model.predict_proba(features), cold.predict_proba(features)
    assert np.allclose(surer.sum(axis=1), 1)
    assert np.array_equal(sure.argmax(axis=1), surer.argmax(axis=1))
    assert (surer.max(axis=1) > sure.max(axis=1)).all()


@pytest.mark.parametrize(
    "kernel, temperature, classes, what",
    [("linear", 1, 3, "rbf"), ("rbf", 1, 2, "three classes"), ("rbf", 0, 3, "above 0, and is 0")],
)
def test_machines_without_duels_are_refused(kernel, temperature, classes, what):
    model = helpers.TemperatureScaling(SVC(kernel=kernel), temperature)
    with pytest.raises(ValueError, match=what):
        model.fit(np.eye(classes).repeat(2, axis=0), np.arange(classes).repeat(2))


def test_the_shipped_models_are_small():
    sizes = [path.stat().st_size for path in models.SHIPPED_FOLDER.iterdir()]
    assert len(sizes) == 3 and sum(sizes) < 10_000_000
    assert (models.SHIPPED_FOLDER / "cnn.keras").stat().st_size < 1_500_000


def test_a_pipeline_comes_back_as_it_was(digits, capsys):
    images, labels = digits
    saved = small_pipeline().fit(images, labels)
    helpers.save_model(saved, "knn")
    loaded = helpers.load_model("knn")
    assert capsys.readouterr().out.startswith("knn: your own model")
    assert np.array_equal(loaded.predict_proba(images), saved.predict_proba(images))


def test_settings_alone_are_fitted_when_they_are_loaded(digits, monkeypatch):
    monkeypatch.setattr(models, "load_mnist", lambda split: {"development": digits}[split])
    helpers.save_model(small_pipeline(), "knn")
    loaded = helpers.load_model("knn")
    assert np.array_equal(
        loaded.predict(digits[0]), small_pipeline().fit(*digits).predict(digits[0])
    )


def test_a_network_comes_back_as_it_was(digits):
    with helpers.quietly():
        import keras
    layers = [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Rescaling(1 / 255)]
    network = keras.Sequential([*layers, keras.layers.Dense(10, activation="softmax")])
    helpers.save_model(network, "cnn")
    loaded = helpers.load_model("cnn")
    expected = keras.ops.convert_to_numpy(network(digits[0][..., None]))
    assert np.allclose(loaded.predict_proba(digits[0]), expected, atol=1e-6)
    assert loaded.predict(digits[0][:0]).shape == (0,)


def test_an_interrupted_save_keeps_the_old_file(own_models, digits, monkeypatch):
    path = helpers.save_model(small_pipeline().fit(*digits), "knn")
    before = path.read_bytes()

    def fail(model, file, **settings):
        file.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(models.skops.io, "dump", fail)
    with pytest.raises(OSError, match="No space"):
        helpers.save_model(small_pipeline(), "knn")
    assert path.read_bytes() == before
    assert os.listdir(own_models) == ["knn.skops"]


@pytest.fixture(scope="module")
def keras():
    with helpers.quietly():
        import keras
    return keras


def network(keras, *layers, shape=(28, 28, 1), classes=10):
    head = [keras.layers.Flatten(), keras.layers.Dense(classes, activation="softmax")]
    return keras.Sequential([keras.Input(shape), *layers, *head])


def half(path, keras):
    content = (models.SHIPPED_FOLDER / path.name).read_bytes()
    path.write_bytes(content[: len(content) // 2])


def empty(path, keras):
    path.touch()


def folder(path, keras):
    path.mkdir()


def later_version(path, keras):
    """The shipped file, as a later release of skops would mark it."""
    with zipfile.ZipFile(models.SHIPPED_FOLDER / path.name) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["schema.json"] = json.dumps(json.loads(parts["schema.json"]) | {"protocol": 99})
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def unknown_layer(path, keras):
    class Later(keras.layers.Layer):
        pass

    network(keras, Later()).save(path)


def dictionary(path, keras):
    skops.io.dump({"k": 4}, path)


def five_classes(path, keras):
    network(keras, classes=5).save(path)


def other_size(path, keras):
    network(keras, shape=(32, 32, 1)).save(path)


def no_probabilities(path, keras):
    skops.io.dump(SVC().fit(np.eye(3), range(3)), path)


def pickled(path, keras):
    path.write_bytes(pickle.dumps(small_pipeline()))


def foreign_function(path, keras):
    skops.io.dump(make_pipeline(FunctionTransformer(os.system)), path)


def lambda_layer(path, keras):
    network(keras, keras.layers.Lambda(lambda x: 2 * x)).save(path)


@pytest.mark.parametrize(
    "name, spoil, what",
    [
        ("knn", half, "not a zip file"),
        ("svm", half, "not a zip file"),
        ("cnn", half, "not found"),
        ("svm", empty, "not a zip file"),
        ("cnn", empty, "not found"),
        ("svm", folder, "directory"),
        ("cnn", folder, "not found"),
        ("svm", later_version, "protocol 99"),
        ("cnn", unknown_layer, "could not be deserialized"),
        ("svm", dictionary, "not an estimator"),
        ("cnn", five_classes, "does not give ten probabilities"),
        ("cnn", other_size, "Exception encountered"),
        ("svm", no_probabilities, "no attribute 'predict_proba'"),
        ("knn", pickled, "not a zip file"),
        ("knn", foreign_function, "would run code.*system"),
        ("cnn", lambda_layer, "Lambda"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_bad_file_gives_way_to_the_shipped_one(
    own_models, tmp_path, monkeypatch, keras, capsys, name, spoil, what
):
    own_models.mkdir()
    spoil(own_models / models.FILES[name], keras)
    with pytest.warns(UserWarning, match=f"^{name}[.].* cannot be used: .*({what}).*train yours"):
        helpers.load_model(name)
    assert f"{name}: the shipped model" in capsys.readouterr().out
    # the same where the shipped file should be
    monkeypatch.setattr(models, "SHIPPED_FOLDER", own_models)
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path / "none"))
    with pytest.raises(ValueError, match=f"({what}).*git checkout -- data/models"):
        helpers.load_model(name)


def test_damaged_data_are_not_blamed_on_the_model(monkeypatch):
    monkeypatch.setattr(data, "CHECKSUMS", dict.fromkeys(data.CHECKSUMS, "0"))
    with pytest.raises(ValueError, match="^data/mnist/.*altered.*git checkout -- data/mnist"):
        helpers.load_model("knn")


@pytest.mark.skipif(not MAY_MOUNT, reason="mounting needs root on Linux")
@pytest.mark.parametrize("name", ["svm", "cnn"])
def test_a_full_disk_keeps_the_old_file(own_models, keras, digits, name):
    own_models.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "none", own_models], check=True)
    try:
        if name == "svm":
            small, large = small_pipeline(), helpers.load_model("svm")
        else:
            small, large = network(keras), network(keras, keras.layers.Conv2D(256, 26))
        path = helpers.save_model(small, name)
        before = path.read_bytes()
        with pytest.raises(OSError, match=f"{path.name} could not be saved.*kept.*Make room"):
            helpers.save_model(large, name)
        assert path.read_bytes() == before and os.listdir(own_models) == [path.name]
    finally:
        subprocess.run(["umount", own_models], check=True)


@pytest.mark.skipif(not MAY_MOUNT, reason="mounting needs root on Linux")
def test_a_read_only_folder_is_named(own_models):
    own_models.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", own_models], check=True)
    try:
        with pytest.raises(OSError, match="nothing can be written to .*set DIGITS_MODELS"):
            helpers.models_folder()
        helpers.load_model("cnn")
    finally:
        subprocess.run(["umount", own_models], check=True)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="'forest'.*'knn', 'svm', 'cnn'"):
        helpers.load_model("forest")
    with pytest.raises(ValueError, match="'forest'"):
        helpers.save_model(small_pipeline(), "forest")
