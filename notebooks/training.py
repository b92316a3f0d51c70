"""A folder in which the training of notebook 05 is kept, to go on after an interruption."""

import os

import psutil

import helpers


def training_folder(name):
    """A folder in which a training can be kept, to go on with it after an interruption.

    It belongs to this process. What a process that is gone has left under the same name is
    taken over, so two trainings at once do not disturb each other, and a killed one goes on.

    Parameters
    ----------
    name : str
        The same for trainings that can go on where the other stopped.

    Returns
    -------
    pathlib.Path
        In `helpers.models_folder`; it need not exist yet.

    Raises
    ------
    OSError
        If nothing can be written there.
    """
    folder = helpers.models_folder()
    own = folder / f"{name}-{os.getpid()}"
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
