"""How notebook 05 hands digits to a network in training, and keeps the state of the training."""

import json
import os
import shutil

import h5py
import numpy as np
import psutil

import helpers

with helpers.quietly():
    import keras


class Batches(keras.utils.PyDataset):
    """Digits in batches, in a new order and newly augmented each epoch.

    Two threads prepare the next batches while the network learns from the last one. The same seed
    gives the same batches again: so do the first epochs after an interruption.

    Parameters
    ----------
    images : numpy.ndarray of uint8, shape (n, 28, 28)
    labels : numpy.ndarray of integers, shape (n,)
    augment : callable, optional
        Takes images, float32 (batch_size, 28, 28) from 0 to 255, and a `numpy.random.Generator`;
        returns images of the same shape. Without it, the digits stay as they are.
    batch_size : int
        What is left over at the end of an epoch is left out.
    seed : int
    """

    def __init__(self, images, labels, augment=None, batch_size=128, seed=0):
        super().__init__(workers=2)
        self.images, self.labels, self.augment = images, labels, augment
        self.batch_size, self.seed, self.epoch = batch_size, seed, -1
        self.on_epoch_end()

    def on_epoch_end(self):
        """Begin the next epoch: Keras calls it after each."""
        self.epoch += 1
        self.order = np.random.default_rng([self.seed, self.epoch]).permutation(len(self.images))

    def __len__(self):
        return len(self.images) // self.batch_size

    def __getitem__(self, number):
        """The images, float32 (batch_size, 28, 28, 1), and the labels of a batch."""
        chosen = self.order[number * self.batch_size : (number + 1) * self.batch_size]
        images = self.images[chosen].astype(np.float32)
        if self.augment is not None:
            images = self.augment(images, np.random.default_rng([self.seed, self.epoch, number]))
        return images[..., None], self.labels[chosen]


def average(networks):
    """One network that predicts as several together do (an *ensemble*).

    Their last features are joined, and their decisions are averaged before the softmax; so its
    probabilities are the geometric mean of theirs, normalised.

    Parameters
    ----------
    networks : sequence of keras.Sequential
        Built in this process, as notebook 05 does; each ends in a Dense layer with softmax.

    Returns
    -------
    keras.Model
        It shares all but its last weights with the networks.
    """
    image, features = keras.Input((28, 28, 1)), []
    for network in networks:
        part = image
        for layer in network.layers[:-1]:
            part = layer(part)
        features.append(part)
    weights, biases = zip(*(network.layers[-1].get_weights() for network in networks))
    last = keras.layers.Dense(10, activation="softmax")
    together = keras.Model(image, last(keras.layers.Concatenate()(features)))
    last.set_weights([np.concatenate(weights) / len(networks), np.mean(biases, axis=0)])
    return together


def kept_state(network, epochs):
    """A callback that keeps the state of a training after each epoch, until it has ended.

    Run the same cell again after an interruption or a power failure, and `fit` goes on from there,
    or begins anew if the state itself is damaged.

    Parameters
    ----------
    network : keras.Model
    epochs : int
        Trainings of as many epochs, of networks with as many parameters, go on with each other.

    Returns
    -------
    keras.callbacks.BackupAndRestore
        An OSError says so if nothing can be written in `helpers.models_folder`.
    """
    folder = training_folder(f"training-{network.count_params()}-{epochs}")
    if not _is_whole(folder):
        for file in folder.glob("*.bkp"):  # that of the epoch before
            file.replace(file.with_suffix(""))
    if not _is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)  # else no `fit` could begin
    if folder.exists():
        print(
            f"A stopped training goes on. To begin anew, delete {folder.parent.name}/{folder.name}"
        )
    return keras.callbacks.BackupAndRestore(folder, double_checkpoint=True)


def _is_whole(folder):
    """Whether a state was written to its end: the power may have failed, the disk been full."""
    try:
        json.loads((folder / "training_metadata.json").read_bytes())
        h5py.File(folder / "latest.weights.h5").close()
    except (OSError, ValueError):
        return False
    return True


def training_folder(name):
    """A folder of this process in which a training can be kept.

    What a process that is gone has left under the same name is taken over, so two trainings at
    once do not disturb each other, and a killed one goes on. The folder need not exist yet.
    """
    folder = helpers.models_folder()
    own = folder / f"{name}-{os.getpid()}"
    if own.exists():
        return own
    for left in folder.glob(f"{name}-*"):
        pid = left.name.removeprefix(f"{name}-")
        if pid.isdecimal() and not _was_running(int(pid), left.stat().st_mtime):
            return left.replace(own)
    return own


def _was_running(pid, when):
    """Whether a process runs since then; a younger one has only got the same number."""
    try:
        return psutil.Process(pid).create_time() <= when
    except psutil.NoSuchProcess:
        return False
