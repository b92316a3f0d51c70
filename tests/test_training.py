"""The training of notebook 05, here on few digits, gives the same again, and can be killed."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import keras
import numpy as np
import psutil
import pytest
from scipy.special import softmax

from common.notebooks import ROOT
from notebooks.training import Batches, average, kept_state, training_folder

NETWORK = """
import hashlib, helpers, sys, time, numpy as np
from common.notebooks import lesson, recipe, run_cells, tags
from notebooks import training
with helpers.quietly():
    import keras
from scipy import ndimage
images, labels = helpers.load_mnist("train")
names = recipe(lesson(5), layers=keras.layers, kept_state=training.kept_state, **globals())
names.update(EPOCHS=6, Batches=lambda *digits: training.Batches(*digits, batch_size=64))
names.update(train_images=images[:320], train_labels=labels[:320])
names.update(validation_images=images[-100:], validation_labels=labels[-100:])
run_cells(lesson(5), lambda cell: "training" in tags(cell), names)
network = names["network"]
weights = hashlib.sha256(b"".join(part.tobytes() for part in network.get_weights())).hexdigest()
results = names["record"].epoch, int(network.optimizer.iterations), weights
"""


def start(models):
    """Run it in a process of its own, which prints its `results` at the end."""
    command = [sys.executable, "-c", f"{NETWORK}\nimport json; print(json.dumps(results))"]
    settings = {"DIGITS_MODELS": str(models), "OMP_NUM_THREADS": "2", "PYTHONPATH": str(ROOT)}
    return psutil.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, text=True)


def results_of(*processes):
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in processes]


def test_batches_are_new_each_epoch_and_the_same_for_the_same_seed():
    def augment(images, rng):
        return images + rng.random(images.shape, dtype=np.float32)

    def two_epochs():
        batches = Batches(images, labels, augment, batch_size=5, seed=3)
        for _ in range(2):
            yield [batches[number] for number in range(len(batches))]
            batches.on_epoch_end()

    labels = np.arange(20)
    images = np.broadcast_to(labels[:, None, None], (20, 28, 28)).astype(np.uint8)
    (first, second), again = two_epochs(), list(two_epochs())
    orders = [np.concatenate([labels for _, labels in epoch]) for epoch in (first, second)]
    assert not np.array_equal(*orders) and all(sorted(order) == list(labels) for order in orders)
    noises = [
        {image.sum() - 784 * y for X, Y in epoch for image, y in zip(X, Y)} for epoch in again
    ]
    assert len(noises[0] | noises[1]) == 40
    for batch, same in zip(first + second, sum(again, [])):
        np.testing.assert_array_equal(batch[0], same[0])


def test_an_ensemble_averages_decisions_before_the_softmax():
    networks = [
        keras.Sequential(
            [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
        )
        for _ in range(3)
    ]
    for number, network in enumerate(networks):  # new ones have biases of zero
        network.layers[-1].bias.assign(np.roll(np.arange(10.0), number))
    images = np.random.default_rng(0).random((20, 28, 28, 1))
    said = np.stack([network.predict(images, verbose=0) for network in networks])
    expected = softmax(np.log(said).mean(axis=0), axis=1)
    np.testing.assert_allclose(average(networks).predict(images, verbose=0), expected, rtol=1e-4)


@pytest.mark.faults
def test_a_network_is_the_same_again_beside_another_and_a_killed_training_goes_on(tmp_path):
    """In one test, as each process needs ten seconds."""
    models, damaged, elsewhere = (tmp_path / name for name in ("models", "damaged", "elsewhere"))
    killed = start(models)
    while not any(re.search('"epoch": [345]', p.read_text()) for p in models.glob("*/*.json")):
        assert killed.poll() is None, "the training ended before its state was seen"
        time.sleep(0.01)
    killed.suspend()
    try:
        first, again = results_of(start(models), start(elsewhere))
    finally:
        killed.kill()
        killed.communicate()
    assert first == again and first[:2] == [[0, 1, 2, 3, 4, 5], 30]

    # What it left goes on, even if the last of it is only half written.
    (weights,) = shutil.copytree(models, damaged).glob("*/latest.weights.h5")
    weights.write_bytes(weights.read_bytes()[:50_000])
    results = results_of(start(models), start(damaged))
    for (epochs, steps, _), possible in zip(results, [(3, 4, 5), (2, 3, 4)]):
        assert epochs == list(range(epochs[0], 6)) and epochs[0] in possible and steps == 30
    assert not list(tmp_path.glob("*/training-*"))


@pytest.mark.parametrize("name", ["training_metadata.json", "latest.weights.h5"])
def test_a_first_state_that_is_half_written_is_begun_anew(tmp_path, monkeypatch, name):
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path))
    stop = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: 1 / (1 - epoch))

    def trained(*callbacks):
        network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(10, "softmax")])
        network.compile("adam", "sparse_categorical_crossentropy")
        callbacks = [kept_state(network, 2), *callbacks]
        digits = np.ones((64, 4)), np.ones(64)
        return network.fit(*digits, epochs=2, verbose=0, callbacks=callbacks).epoch

    with pytest.raises(ZeroDivisionError):
        trained(stop)  # after the first epoch
    (state,) = tmp_path.glob(f"training-*/{name}")
    state.write_bytes(state.read_bytes()[: state.stat().st_size // 3])
    assert trained() == [0, 1] and not list(tmp_path.iterdir())


def test_a_process_that_only_has_the_number_of_an_earlier_one_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITS_MODELS", str(tmp_path))
    (left := tmp_path / f"training-{os.getppid()}").mkdir()
    os.utime(left, (1, 1))  # before that process began
    assert training_folder("training").exists() and not left.exists()
    (left := tmp_path / f"training-{os.getppid()}").mkdir()  # and another
    os.utime(left, (1, 1))
    assert training_folder("training").name == f"training-{os.getpid()}" and left.exists()
