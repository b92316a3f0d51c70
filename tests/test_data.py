"""The data is MNIST, byte for byte, or an error says what to do."""

import gzip
import os
import shutil

import numpy as np
import pytest

import helpers
from helpers import data


@pytest.mark.parametrize(
    "split, count, first, class_counts",
    [
        (
            "train",
            50_000,
            [5, 0, 4, 1, 9],
            [4932, 5678, 4968, 5101, 4859, 4506, 4951, 5175, 4842, 4988],
        ),
        (
            "validation",
            10_000,
            [3, 8, 6, 9, 6],
            [991, 1064, 990, 1030, 983, 915, 967, 1090, 1009, 961],
        ),
        ("test", 10_000, [7, 2, 1, 0, 4], [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]),
    ],
)
def test_splits(split, count, first, class_counts):
    images, labels = helpers.load_mnist(split)
    assert images.shape == (count, 28, 28) and labels.shape == (count,)
    assert images.dtype == labels.dtype == np.uint8
    assert labels[:5].tolist() == first
    assert np.bincount(labels).tolist() == class_counts
    assert images.flags.writeable and images.min() == 0 and images.max() == 255


def test_development_is_train_and_validation():
    parts = [helpers.load_mnist(split) for split in ("train", "validation")]
    images, labels = helpers.load_mnist("development")
    assert np.array_equal(images, np.concatenate([part[0] for part in parts]))
    assert np.array_equal(labels, np.concatenate([part[1] for part in parts]))


def test_unknown_split_names_the_known_ones():
    with pytest.raises(ValueError, match="'training'.*'train', 'validation', 'development'"):
        helpers.load_mnist("training")


def remove(path):
    path.unlink()


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1000])


def replace_by_text(path):
    path.write_bytes(b"<html>404</html>")


def empty(path):
    path.write_bytes(b"")


def flip_one_bit_on_disk(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def flip_one_bit(path):
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[5000] ^= 1
    path.write_bytes(gzip.compress(content, 1))


def change_magic(path):
    content = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(b"\x00\x00\x0d" + content[3:], 1))


def announce_one_more(path):
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[7] += 1
    path.write_bytes(gzip.compress(content, 1))


def cut_the_header(path):
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:6]))


def put_a_folder_there(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage, what",
    [
        (remove, "missing"),
        (empty, "magic number is 0x,"),
        (truncate, "cannot be decompressed"),
        (flip_one_bit_on_disk, "cannot be decompressed"),
        (replace_by_text, "cannot be decompressed"),
        (flip_one_bit, "altered"),
        (change_magic, "magic number is 0x00000d"),
        (announce_one_more, "the header announces"),
        (cut_the_header, "the header is cut off"),
        (put_a_folder_there, "cannot be read"),
    ],
)
@pytest.mark.parametrize("name", ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"])
def test_damage_is_named_with_its_remedy(tmp_path, monkeypatch, name, damage, what):
    for kept in data.MNIST_FOLDER.glob("t10k*"):
        shutil.copyfile(kept, tmp_path / kept.name)
    monkeypatch.setattr(data, "MNIST_FOLDER", tmp_path)
    helpers.load_mnist("test")
    damage(tmp_path / name)
    with pytest.raises(ValueError, match=what) as caught:
        helpers.load_mnist("test")
    assert name in str(caught.value)
    assert "git checkout -- data/mnist" in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="permissions are others on Windows")
def test_an_unreadable_file_is_named(tmp_path, monkeypatch):
    shutil.copyfile(data.MNIST_FOLDER / "t10k-images-idx3-ubyte.gz", tmp_path / "t10k.gz")
    (tmp_path / "t10k.gz").chmod(0)
    user = os.geteuid()
    try:
        if user == 0:  # to whom nothing is unreadable
            os.seteuid(65534)
        with pytest.raises(ValueError, match=r"t10k.gz: it cannot be read \(Permission denied\)"):
            data.read_idx(tmp_path / "t10k.gz")
    finally:
        os.seteuid(user)
