"""What is near no training digit is told from digits, before and after the model was saved."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import helpers.models
from notebooks.novelty import NoveltyKNN, is_digit


@pytest.fixture(scope="module")
def digits():
    images, labels = helpers.load_mnist("validation")
    return images[:3000], labels[:3000]


def pipeline(last):
    steps = map(FunctionTransformer, (helpers.deskew, helpers.gradient_features))
    return make_pipeline(*steps, PCA(40, random_state=0), last)


@pytest.fixture(scope="module")
def fitted(digits):
    images, labels = digits
    model = pipeline(NoveltyKNN(KNeighborsClassifier(3), np.inf)).fit(images[:2000], labels[:2000])
    threshold = -np.quantile(model.score_samples(images[2000:2500]), 0.01)
    return model.set_params(noveltyknn__threshold=float(threshold))


def test_digits_pass_and_what_is_none_does_not(digits):
    shipped, images = helpers.models.shipped_model("knn"), digits[0][2500:]
    passed = is_digit(shipped, images)
    assert passed.shape == (500,) and passed.dtype == bool and passed.mean() > 0.98
    noise = np.random.default_rng(0).integers(0, 256, images.shape, np.uint8)
    for no_digits in (noise, np.zeros_like(images), 255 - images):
        assert not is_digit(shipped, no_digits).any()


def test_it_predicts_as_its_knn_and_scores_by_its_distances():
    points, labels = np.random.default_rng(0).normal(size=(300, 5)), np.arange(300) % 3 + 4
    (seen, new), plain = np.split(points, [200]), KNeighborsClassifier(3, weights="distance")
    model, plain = NoveltyKNN(plain, 1).fit(seen, labels[:200]), plain.fit(seen, labels[:200])
    assert np.array_equal(model.classes_, [4, 5, 6])
    assert np.array_equal(model.predict(new), plain.predict(new))
    assert np.array_equal(model.predict_proba(new), plain.predict_proba(new))
    assert np.array_equal(model.kneighbors(new, 7), plain.kneighbors(new, 7))
    assert np.array_equal(model.score_samples(new), -plain.kneighbors(new)[0].mean(axis=1))


@pytest.mark.parametrize("fit", [False, True], ids=["settings", "fitted"])
def test_a_saved_model_keeps_the_threshold(fit, fitted, digits, monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path))
    monkeypatch.setattr(helpers.models, "load_mnist", lambda split: [p[:2000] for p in digits])
    helpers.save_model(fitted if fit else clone(fitted), "knn")
    loaded, images = helpers.load_model("knn"), digits[0][2500:]
    assert loaded[-1].threshold == fitted[-1].threshold
    for queries in (images, 255 - images):
        assert np.array_equal(is_digit(loaded, queries), is_digit(fitted, queries))


@pytest.mark.parametrize("kind", ["pipeline", "network"])
def test_a_model_without_a_threshold_names_the_remedy(kind, digits):
    plain = pipeline(KNeighborsClassifier(3)).fit(*digits)
    model = plain if kind == "pipeline" else helpers.models.NetworkClassifier(None)
    with pytest.raises(ValueError, match="run notebook 07"):
        is_digit(model, digits[0][:5])


@pytest.mark.parametrize("threshold", [0, -1, float("nan")])
def test_other_thresholds_are_refused(threshold):
    with pytest.raises(ValueError, match="threshold must be above 0"):
        NoveltyKNN(KNeighborsClassifier(1), threshold).fit(np.eye(3), range(3))
