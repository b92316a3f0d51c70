"""Teach the course's models somebody's digits as well: what notebook 09 and its pad use."""

import numpy as np
from scipy import ndimage
from sklearn.base import clone

import helpers
from helpers.data import check_images
from helpers.models import shipped_model

PAIRS = 30  # for each label, means of two digits more, for the KNN and the SVM
COPIES = 5  # of each of these, itself among them
BATCHES, OLD, NEW = 200, 80, 48  # for the network; digits in a batch, of MNIST and new ones


def adapt(name, images, labels):
    """Teach the course's model, as it ships, the given digits as well.

    The same digits give the same model. Nothing is saved: `helpers.save_model` does that.

    Parameters
    ----------
    name : {"knn", "svm", "cnn"}
        The KNN keeps the digits, means of two with the same label, and augmented copies of both
        beside its own digits; the SVM is fitted again to them and its support vectors. The network
        is trained a little further, on MNIST and augmented copies of the digits.
    images : numpy.ndarray of uint8, shape (n, 28, 28), 0 for paper and 255 for ink
    labels : array_like of integers, shape (n,), the digits 0 to 9

    Returns
    -------
    classifier
        With `predict` and `predict_proba`, as `helpers.load_model` returns them.

    Raises
    ------
    ValueError
        If the name is another, if there is no digit, or if images or labels are not as above.

    References
    ----------
    Schölkopf, Burges and Vapnik, "Incorporating invariances in support vector learning machines",
    ICANN 1996, fit support vectors and copies of them again. Mixing old digits in, so that they
    are not forgotten, is the rehearsal of Robins, Connection Science 7(2), 1995. Between two digits
    of a class there are more of it: so do Chawla et al., "SMOTE", JAIR 16, 2002, in the features.
    """
    images, labels = check_images(images), np.asarray(labels)
    if images.dtype != np.uint8:
        raise ValueError(f"expected uint8, as read_digits frames images; got {images.dtype}")
    if not len(images):
        raise ValueError("there is no digit to teach: keep some first, twenty or more")
    if labels.shape != (len(images),):
        raise ValueError(f"expected a label for each of {len(images)} images, got {labels.shape}")
    if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() > 9:
        raise ValueError("expected whole numbers from 0 to 9 as labels, as in labels.astype(int)")
    labels = labels.astype(np.uint8)
    if name == "knn":
        old_images, old_labels = helpers.load_mnist("development")
        images, labels = _multiplied(images, labels)
        images = np.concatenate([old_images, np.round(images).astype(np.uint8)])
        return shipped_model("knn", (images, np.concatenate([old_labels, labels])))
    model = shipped_model(name)
    return (_adapt_svm if name == "svm" else _adapt_cnn)(model, images, labels)


def augment(images, copies, generator, bend=0.0, shift=0.0):
    """Copies of digits: with other pens, stretched, slanted and turned a little.

    Parameters
    ----------
    images : numpy.ndarray, shape (n, 28, 28), from 0 to 255
    copies : int
    generator : numpy.random.Generator
    bend : float
        By how many pixels 4 × 4 points of a digit move about, as a standard deviation; the rest
        follows them (Simard, Steinkraus and Platt, ICDAR 2003).
    shift : float
        By how many pixels a digit moves at most, to each side.

    Returns
    -------
    numpy.ndarray of float32, shape (copies * n, 28, 28), from 0 to 255
        All digits once, in their order, then all of them again.
    """
    images = np.tile(images.astype(np.float32), (copies, 1, 1))
    number = len(images)
    wider = ndimage.grey_dilation(images, (1, 3, 3)) - images
    narrower = images - ndimage.grey_erosion(images, (1, 3, 3))
    amount = generator.uniform(-0.7, 0.7, (number, 1, 1)).astype(np.float32)
    images += np.where(amount > 0, amount * wider, amount * narrower)
    matrix = np.eye(2) + generator.uniform(-0.2, 0.2, (number, 2, 2))
    matrix += generator.uniform(-0.15, 0.15, (number, 1, 1)) * np.array([[0, 1], [-1, 0]])
    places = 13.5 + matrix @ (np.indices((28, 28)).reshape(2, -1) - 13.5)
    places += generator.uniform(-shift, shift, (number, 2, 1))
    if bend:
        moves = generator.normal(0, bend, (2 * number, 4, 4))
        places += ndimage.zoom(moves, (1, 7, 7), order=1).reshape(places.shape)
    places = np.broadcast_to(np.arange(number)[:, None], (number, 784)), places[:, 0], places[:, 1]
    return ndimage.map_coordinates(images, places, order=1).reshape(images.shape)


def with_means(images, labels):
    """The digits, and as many means of two for each label, however few digits it has."""
    generator = np.random.default_rng(0)
    pairs = [generator.choice(np.flatnonzero(labels == d), (2, PAIRS)) for d in np.unique(labels)]
    first, second = np.concatenate(pairs, axis=1)
    means = np.mean([images[first], images[second]], axis=0).round().astype(np.uint8)
    return np.concatenate([images, means]), np.concatenate([labels, labels[first]])


def _multiplied(images, labels, bend=0.0):
    """The digits and means of two of them, then augmented copies of both."""
    images, labels = with_means(images, labels)
    copies = augment(images, COPIES - 1, np.random.default_rng(0), bend)
    return np.concatenate([images, copies]), np.tile(labels, COPIES)


def _adapt_svm(model, images, labels):
    images, labels = _multiplied(images, labels, bend=1.2)
    old, new = model[-1].svc_, model[:-1].transform(images)
    old_labels = np.repeat(old.classes_, old.n_support_)
    last = clone(model[-1]).set_params(svc__gamma=model[-1].gamma_)
    last.fit(np.concatenate([old.support_vectors_, new]), np.concatenate([old_labels, labels]))
    model.steps[-1] = model.steps[-1][0], last
    return model


def _adapt_cnn(model, images, labels):
    import keras  # which is loaded already

    generator = np.random.default_rng(0)
    old_images, old_labels = helpers.load_mnist("development")
    rows = generator.choice(len(old_labels), BATCHES * OLD, replace=False)
    new = np.resize(np.arange(len(labels)), BATCHES * NEW)
    images = np.concatenate([old_images[rows], images[new]])
    labels = np.concatenate([old_labels[rows], labels[new]])
    order = generator.permutation(len(labels))
    parts = np.array_split(images[order], BATCHES)  # all at once would take a gigabyte
    images = np.concatenate([augment(part, 1, generator, shift=2) for part in parts])[..., None]
    for layer in model.network.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    rate = keras.optimizers.schedules.CosineDecay(0.0005, decay_steps=BATCHES)
    model.network.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.network.fit(images, labels[order], batch_size=OLD + NEW, shuffle=False, verbose=0)
    return model
