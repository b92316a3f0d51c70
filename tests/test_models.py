"""Models come back as they were saved, and a bad file never takes a good one's place."""

import os
import pickle
import subprocess
import sys
import warnings

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
from notebooks.calibration import TemperatureScaling


@pytest.fixture(autouse=True)
def own_models(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture(scope="module")
def digits():
    images, labels = helpers.load_mnist("validation")
    return images[:500], labels[:500]


@pytest.fixture(scope="module")
def keras():
    with helpers.quietly():
        import keras
    return keras


def small_pipeline():
    return make_pipeline(
        FunctionTransformer(helpers.deskew),
        FunctionTransformer(helpers.gradient_features),
        PCA(20),
        KNeighborsClassifier(3),
    )


def network(keras, *layers, shape=(28, 28, 1), classes=10):
    head = [keras.layers.Flatten(), keras.layers.Dense(classes, activation="softmax")]
    return keras.Sequential([keras.Input(shape), *layers, *head])


@pytest.fixture(scope="module", params=["scale", "auto", 1.0])
def scaled(request, digits):
    """A fitted SVC with probabilities, its features, and their labels, 3 to 12."""
    images, labels = digits
    features = helpers.gradient_features(images)
    svc = SVC(decision_function_shape="ovo", gamma=request.param)
    return TemperatureScaling(svc).fit(features, labels + 3), features, labels + 3


def test_the_smallest_margin_counts(scaled):
    model, features, labels = scaled
    margins = model.decision_function(features)
    decisions = model.svc_.decision_function(features)
    pairs = [(one, other) for one in range(10) for other in range(one + 1, 10)]
    for digit in range(10):
        own = [
            decisions[:, number] * (1 if one == digit else -1)
            for number, (one, other) in enumerate(pairs)
            if digit in (one, other)
        ]
        assert np.allclose(margins[:, digit], np.min(own, axis=0), rtol=0, atol=1e-9)
    assert np.mean(model.predict(features) == model.svc_.predict(features)) > 0.9


def test_its_support_vectors_are_named_as_rows_of_what_it_was_fitted_to(scaled):
    model, features, labels = scaled
    support, plain = model.svc_.support_, clone(model.svc_).fit(features, labels)
    assert np.array_equal(features[support], model.svc_.support_vectors_)
    assert np.array_equal(np.sort(support), np.sort(plain.support_))


def test_a_lower_temperature_is_more_confident_of_the_same_prediction(scaled):
    model, features, labels = scaled
    cold = clone(model).set_params(temperature=0.2).fit(features, labels)
    plain, sharp = model.predict_proba(features), cold.predict_proba(features)
    assert np.allclose(sharp.sum(axis=1), 1)
    assert np.array_equal(plain.argmax(axis=1), sharp.argmax(axis=1))
    assert (sharp.max(axis=1) > plain.max(axis=1)).all()


@pytest.mark.parametrize("kernel, heat, classes", [("linear", 1, 3), ("rbf", 1, 2), ("rbf", 0, 3)])
def test_other_kernels_and_temperatures_are_refused(kernel, heat, classes, monkeypatch):
    monkeypatch.setattr(SVC, "fit", None)  # before it has taken its time
    model = TemperatureScaling(SVC(kernel=kernel), heat)
    with pytest.raises(ValueError, match="rbf|classes|temperature"):
        model.fit(np.eye(classes).repeat(2, axis=0), np.arange(classes).repeat(2))


def test_a_pipeline_comes_back_as_it_was(digits, capsys):
    saved = small_pipeline().fit(*digits)
    helpers.save_model(saved, "knn")
    loaded = helpers.load_model("knn")
    assert capsys.readouterr().out.startswith("knn: your own model")
    assert np.array_equal(loaded.predict_proba(digits[0]), saved.predict_proba(digits[0]))


def test_settings_are_known_as_such_by_a_step_that_does_not_check(digits, monkeypatch):
    """The PCA of scikit-learn 1.6 is one."""
    monkeypatch.setattr(models, "load_mnist", lambda split: digits)
    monkeypatch.setattr(PCA, "transform", lambda self, X: (X - self.mean_) @ self.components_.T)
    helpers.save_model(small_pipeline(), "knn")
    with warnings.catch_warnings(action="error", category=UserWarning):
        assert helpers.load_model("knn").predict_proba(digits[0]).shape == (500, 10)


def test_a_network_comes_back_as_it_was(digits, keras):
    saved = network(keras, keras.layers.Rescaling(1 / 255))
    helpers.save_model(saved, "cnn")
    loaded = helpers.load_model("cnn")
    expected = keras.ops.convert_to_numpy(saved(digits[0][..., None]))
    assert np.allclose(loaded.predict_proba(digits[0]), expected, atol=1e-6)
    assert np.allclose(loaded.predict_proba(digits[0][:7]), expected[:7], atol=1e-6)
    assert loaded.predict(digits[0][:0]).shape == (0,)


def test_what_could_not_be_loaded_again_is_not_saved(own_models, digits, keras):
    helpers.save_model(small_pipeline(), "svm")
    before = (own_models / "svm.skops").read_bytes()
    own_step = make_pipeline(FunctionTransformer(lambda images: images), *small_pipeline())
    unsure = make_pipeline(*small_pipeline()[:-1], SVC()).fit(*digits)  # of the probabilities
    for model in (unsure, network(keras, classes=5)):
        with pytest.raises(ValueError, match="cannot be used: .*What was there is kept"):
            helpers.save_model(model, "cnn" if hasattr(model, "save") else "svm")
    for model in (own_step, network(keras)):
        with pytest.raises(ValueError, match="code that the course does not|another name"):
            helpers.save_model(model, "svm")
    with pytest.raises(ValueError, match="another name"):
        helpers.save_model(small_pipeline(), "cnn")
    assert [path.name for path in own_models.iterdir()] == ["svm.skops"]
    assert (own_models / "svm.skops").read_bytes() == before


def test_networks_that_are_loaded_again_and_again_bring_no_advice(own_models, keras, caplog):
    helpers.save_model(network(keras), "cnn")
    for _ in range(6):
        helpers.load_model("cnn")
    assert not caplog.records


def test_a_network_refuses_shares_instead_of_grey_values(digits, keras):
    model = models.NetworkClassifier(network(keras))
    with pytest.raises(ValueError, match="multiply by 255"):
        model.predict(digits[0] / 255)
    assert len(model.predict(0.0 * digits[0][:2])) == 2


def test_an_interrupted_save_keeps_the_old_file(own_models, digits, monkeypatch):
    path = helpers.save_model(small_pipeline().fit(*digits), "knn")
    before = path.read_bytes()

    def fail(model, file, **settings):
        file.write_bytes(b"half")
        raise OSError("it stopped")

    monkeypatch.setattr(skops.io, "dump", fail)
    with pytest.raises(OSError, match="knn.skops could not be saved .it stopped.*kept.*Make room"):
        helpers.save_model(small_pipeline(), "knn")
    assert path.read_bytes() == before and os.listdir(own_models) == ["knn.skops"]


def half(path, keras):
    content = (models.SHIPPED_FOLDER / path.name).read_bytes()
    path.write_bytes(content[: len(content) // 2])


# What somebody may find, or put, where a model should be.
BAD_FILES = {
    "svm half": half,
    "svm empty": lambda path, keras: path.touch(),
    "svm folder": lambda path, keras: path.mkdir(),
    "svm dictionary": lambda path, keras: skops.io.dump({"k": 4}, path),
    "svm without probabilities": lambda path, keras: skops.io.dump(SVC().fit(*THREE), path),
    "svm pickled": lambda path, keras: path.write_bytes(pickle.dumps(small_pipeline())),
    "svm with code": lambda path, keras: skops.io.dump(FunctionTransformer(os.system), path),
    "cnn half": half,
    "cnn folder": lambda path, keras: path.mkdir(),
    "cnn of five classes": lambda path, keras: network(keras, classes=5).save(path),
    "cnn of another size": lambda path, keras: network(keras, shape=(32, 32, 1)).save(path),
    "cnn with code": lambda path, k: network(k, k.layers.Lambda(lambda x: x)).save(path),
}
THREE = np.eye(3), range(3)


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_gives_way_to_the_shipped_one(own_models, monkeypatch, keras, capsys, kind):
    name = kind.split()[0]
    own_models.mkdir()
    BAD_FILES[kind](own_models / models.FILES[name], keras)
    with pytest.warns(UserWarning, match=f"^{name}[.].* cannot be used: .+ train yours"):
        helpers.load_model(name)
    assert f"{name}: the shipped model" in capsys.readouterr().out
    # the same where the shipped file should be
    monkeypatch.setattr(models, "SHIPPED_FOLDER", own_models)
    monkeypatch.setenv("DIGITS_MODELS", str(own_models / "none"))
    with pytest.raises(ValueError, match=f"^{name}.+git checkout -- data/models$"):
        helpers.load_model(name)


def test_a_file_that_would_run_code_is_never_opened(own_models, monkeypatch):
    monkeypatch.setattr(skops.io, "load", lambda *args, **settings: pytest.fail("it was opened"))
    own_models.mkdir()
    BAD_FILES["svm with code"](own_models / "svm.skops", None)
    with pytest.raises(models.UnusableModel, match="system"):
        models._read(own_models / "svm.skops", "")


def test_damaged_data_are_not_blamed_on_the_model(monkeypatch):
    monkeypatch.setattr(data, "CHECKSUMS", dict.fromkeys(data.CHECKSUMS, "0"))
    data.read_idx.cache_clear()
    with pytest.raises(ValueError, match="^data/mnist/.*git checkout -- data/mnist$"):
        helpers.load_model("knn")


@pytest.fixture
def mount(own_models, may_mount):
    """Mounts a disk with some options as the learner's folder of models."""
    if not may_mount:
        pytest.skip("mounting needs root on Linux")
    own_models.mkdir()
    command = ["mount", "-t", "tmpfs", "none", own_models, "-o"]
    yield lambda options: subprocess.run([*command, options], check=True)
    subprocess.run(["umount", own_models], check=True)


@pytest.mark.parametrize("name", ["svm", "cnn"])
def test_a_full_disk_keeps_the_old_file(own_models, keras, name, mount):
    mount("size=400k")
    small, large = small_pipeline(), helpers.load_model("svm")
    if name == "cnn":
        small, large = network(keras), network(keras, keras.layers.Conv2D(256, 26))
    path = helpers.save_model(small, name)
    before = path.read_bytes()
    with pytest.raises(OSError, match=f"{path.name} could not be saved.*kept.*Make room"):
        helpers.save_model(large, name)
    assert path.read_bytes() == before and os.listdir(own_models) == [path.name]


def test_a_read_only_folder_is_named(mount):
    mount("ro")
    with pytest.raises(OSError, match="nothing can be written to .*set DIGITS_MODELS"):
        helpers.models_folder()
    helpers.load_model("cnn")


def test_unknown_names_are_refused():
    for use in (helpers.load_model, lambda name: helpers.save_model(small_pipeline(), name)):
        with pytest.raises(ValueError, match="'forest'.*'knn', 'svm', 'cnn'"):
            use("forest")


@pytest.mark.parametrize("end", ["os.abort()", "raise KeyError", "pass"])
def test_quietly_keeps_the_greeting_and_nothing_else(end):
    """Not even what is said right before the process is aborted."""
    text = b"I0000 00:00:17 port.cc:153] a greeting\nF0000 00:00:17 this processor is too old\n"
    code = f"import helpers, os\nwith helpers.quietly():\n    os.write(2, {text!r})\n    {end}"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "too old" in result.stderr and "greeting" not in result.stderr
    assert (result.returncode == 0) == (end == "pass")
