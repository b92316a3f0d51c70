"""The data is MNIST, byte for byte, or an error says what to do."""

import gzip
import shutil

import numpy as np
import pytest

import helpers
from helpers import data


@pytest.mark.parametrize("split", data.SPLITS)
def test_the_files_hold_mnist_and_the_readme_counts_its_digits(split):
    images, labels = helpers.load_mnist(split)
    assert images.shape == (len(labels), 28, 28) and images.dtype == labels.dtype == np.uint8
    assert images.flags.writeable and images.min() == 0 and images.max() == 255
    row = f"| {split} | {' | '.join(map(str, np.bincount(labels)))} |\n"
    assert row in (data.ROOT / "data" / "README.md").read_text(encoding="utf-8")


def test_development_is_train_and_validation_in_the_order_of_the_file():
    *digits, writers = helpers.load_mnist("development", writers=True)
    assert digits[1][:5].tolist() == [5, 0, 4, 1, 9]
    for split, belong in {"train": writers % 6 != 2, "validation": writers % 6 == 2}.items():
        for whole, part in zip((*digits, writers), helpers.load_mnist(split, writers=True)):
            assert np.array_equal(whole[belong], part)


def test_no_writer_is_in_two_of_train_validation_and_test():
    parts = [helpers.load_mnist(split, writers=True) for split in ("train", "validation", "test")]
    people = [set(writers) for _, _, writers in parts]
    assert [len(labels) for _, labels, _ in parts] == [50_037, 9963, 10_000]
    assert [*map(len, people)] == [449, 90, 297]
    assert len(set.union(*people)) == sum(map(len, people))  # so none counts twice
    for _, labels, writers in parts:
        assert writers.dtype == np.int16 and writers.shape == labels.shape
        assert 0.4 < np.mean(writers >= 2100) < 0.51  # written by students
    assert np.sum(parts[1][2] >= 2100) == 4972


def test_unknown_split_names_the_known_ones():
    with pytest.raises(ValueError, match="'training'.*'train', 'validation', 'development'"):
        helpers.load_mnist("training")


def altered(content, place=5000):
    content = bytearray(gzip.decompress(content))
    content[place] ^= 1
    return gzip.compress(content, 1)


@pytest.mark.parametrize(
    "damage",
    [
        None,  # it is missing
        "a folder",
        lambda content: b"",
        lambda content: content[:-1000],
        lambda content: b"<html>404</html>",
        lambda content: content[:999] + bytes([content[999] ^ 1]) + content[1000:],
        altered,
        lambda content: altered(content, 2),  # the magic number
        lambda content: altered(content, 7),  # one more than there are
        lambda content: gzip.compress(gzip.decompress(content)[:6]),
    ],
)
@pytest.mark.parametrize("name", [name for name in data.CHECKSUMS if name.startswith("t10k")])
def test_damage_is_named_with_its_remedy(tmp_path, monkeypatch, name, damage):
    for kept in data.MNIST_FOLDER.glob("t10k*"):
        shutil.copyfile(kept, tmp_path / kept.name)
    monkeypatch.setattr(data, "MNIST_FOLDER", tmp_path)
    helpers.load_mnist("test")
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    if damage == "a folder":
        path.mkdir()
    elif damage:
        path.write_bytes(damage(content))
    data.read_idx.cache_clear()
    with pytest.raises(ValueError, match=f"data/mnist/{name} .*: git checkout -- data/mnist$"):
        helpers.load_mnist("test")
