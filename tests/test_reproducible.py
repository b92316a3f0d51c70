"""The same seed gives the same answers, with one thread or two."""

import os
import subprocess
import sys

import pytest

from helpers.data import ROOT

CLASSICAL = """
import sys
from tools.bench import helpers, shipped

images, labels = helpers.load_mnist("train")
model = shipped(sys.argv[1]).fit(images[:10_000], labels[:10_000])
print(*model.predict(helpers.load_mnist("validation")[0][:5000]), sep="")
"""

# Notebook 05's own cells, on few digits.
NETWORK = """
from tools.bench_network import helpers, keras, recipe

names = recipe(EPOCHS=3)
images, labels = helpers.load_mnist("train")
keras.utils.set_random_seed(0)
network = names["build_network"]()
batches = names["ShakenDigits"](images[:12_800], labels[:12_800])
names["compile_network"](network, 3 * len(batches))
network.fit(batches, epochs=3, verbose=0)
answers = network.predict(helpers.load_mnist("validation")[0][:5000, ..., None], verbose=0)
print(*answers.argmax(axis=1), sep="")
"""


def answers(script, *arguments, threads=2):
    """What a model that is fitted in a process of its own says to 5,000 validation digits."""
    environment = os.environ | {"OMP_NUM_THREADS": str(threads), "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-c", script, *arguments], env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    digits = result.stdout.split()[-1]
    assert len(digits) == 5000 and len(set(digits)) == 10
    return digits


@pytest.mark.parametrize("name", ["knn", "svm"])
def test_a_classical_model_is_the_same_again_and_with_one_thread(name):
    first = answers(CLASSICAL, name)
    assert answers(CLASSICAL, name) == first
    assert answers(CLASSICAL, name, threads=1) == first


def test_a_network_is_the_same_again():
    assert answers(NETWORK) == answers(NETWORK)
