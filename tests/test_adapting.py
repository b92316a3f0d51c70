"""The models learn the digits they are given, forget little, and bad input is refused."""

import numpy as np
import pytest
from scipy import ndimage

import handwriting
import helpers
from handwriting.adapting import PAIRS, augment, with_means
from helpers.models import shipped_model
from notebooks.novelty import is_digit

NAMES = "knn", "svm", "cnn"
IMAGES, LABELS = helpers.load_mnist("validation")


def in_another_hand(rows):
    """What nobody writes so, and looks like no other digit: fours and sevens on their heads."""
    chosen = rows[np.isin(LABELS[rows], [4, 7])]
    return IMAGES[chosen, ::-1], LABELS[chosen]


def quicker(patch):
    """A sixth of the old digits, and a quarter of the batches."""
    patch.setattr(helpers, "load_mnist", lambda split: (IMAGES, LABELS))
    patch.setattr("handwriting.adapting.BATCHES", 50)


@pytest.fixture(scope="module")
def taught():
    with pytest.MonkeyPatch.context() as patch:
        quicker(patch)
        return {name: handwriting.adapt(name, *in_another_hand(np.arange(80))) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_a_hand_and_keeps_the_others(name, taught):
    images, labels = in_another_hand(np.arange(1000, 2000))
    assert np.mean(shipped_model(name).predict(images) == labels) < 0.6
    assert np.mean(taught[name].predict(images) == labels) > 0.85
    assert np.mean(taught[name].predict(IMAGES[3000:5000]) == LABELS[3000:5000]) > 0.98
    probabilities = taught[name].predict_proba(images[:150])
    assert probabilities.shape == (150, 10) and np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_saved_as_the_learners_own_and_nothing_else_is(name, taught, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path))
    path = helpers.save_model(taught[name], name)
    assert list(tmp_path.iterdir()) == [path]
    images, _ = in_another_hand(np.arange(200))
    expected = taught[name].predict_proba(images)
    assert np.allclose(helpers.load_model(name).predict_proba(images), expected, atol=1e-6)
    assert not np.allclose(shipped_model(name).predict_proba(images), expected, atol=0.1)


@pytest.mark.parametrize("name", ["svm", "cnn"])
def test_the_same_digits_give_the_same_model_whatever_is_saved(name, taught, tmp_path, monkeypatch):
    quicker(monkeypatch)
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path))
    helpers.save_model(taught[name], name)
    again = handwriting.adapt(name, *in_another_hand(np.arange(80)))
    expected = taught[name].predict_proba(IMAGES[:50])
    assert np.allclose(again.predict_proba(IMAGES[:50]), expected, atol=1e-5)


def test_the_knn_still_knows_what_is_no_digit(taught):
    noise = np.random.default_rng(0).integers(256, size=(100, 28, 28), dtype=np.uint8)
    assert is_digit(taught["knn"], IMAGES[:500]).mean() > 0.9
    assert not is_digit(taught["knn"], noise).any()


def test_the_svm_keeps_its_temperature(taught):
    before, after = shipped_model("svm")[-1], taught["svm"][-1]
    assert (after.temperature, after.gamma_) == (before.temperature, before.gamma_)


def test_copies_differ_a_little():
    copies = augment(IMAGES[:20], 5, np.random.default_rng(0)).reshape(5, 20, 28, 28)
    assert copies.min() >= 0 and copies.max() <= 255
    for copy in copies:
        for image, augmented in zip(IMAGES[:20], copy):
            assert not np.array_equal(image, augmented)
            moved = np.subtract(*map(ndimage.center_of_mass, (image, augmented)))
            assert np.abs(moved).max() < 4
    predictions = shipped_model("svm").predict(copies.reshape(-1, 28, 28)).reshape(5, 20)
    assert np.mean(predictions == LABELS[:20]) > 0.95


def test_each_label_gets_as_many_means_of_two_digits():
    images, labels = with_means(IMAGES[:30], LABELS[:30])
    assert np.array_equal(images[:30], IMAGES[:30]) and np.array_equal(labels[:30], LABELS[:30])
    assert np.array_equal(np.sort(labels[30:]), np.repeat(np.unique(LABELS[:30]), PAIRS))
    for image, label in zip(images[30:], labels[30:]):
        own = IMAGES[:30][LABELS[:30] == label].astype(float)
        between = (own[:, None] + own) / 2
        assert np.abs(between - image).max(axis=(2, 3)).min() <= 0.5


@pytest.mark.parametrize(
    "images, labels, remedy",
    [
        (IMAGES[:0], [], "no digit .*keep some first"),
        (IMAGES[0], [3], r"shape \(n, 28, 28\).*image\[None\]"),
        (IMAGES[:2, :20], [3, 4], r"shape \(n, 28, 28\)"),
        (IMAGES[:2] / 255, [3, 4], "uint8.*read_digits.*float64"),
        (IMAGES[:2], [3], "a label for each of 2 images"),
        (IMAGES[:2], 3, "a label for each of 2 images"),
        (IMAGES[:2], [3, 10], "from 0 to 9"),
        (IMAGES[:2], [3, -1], "from 0 to 9"),
        (IMAGES[:2], [3.0, 4.0], "astype"),
        (IMAGES[:2], ["3", "4"], "astype"),
    ],
)
def test_bad_digits_are_refused_with_what_to_do(images, labels, remedy):
    with pytest.raises(ValueError, match=remedy):
        handwriting.adapt("knn", images, labels)
    with pytest.raises(ValueError, match="'forest'.*'knn', 'svm', 'cnn'"):
        handwriting.adapt("forest", IMAGES[:2], LABELS[:2])
