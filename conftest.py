"""Each notebook is tested as on a fresh clone: the shipped models, and a models folder of its own.

This file stands at the top because pytest offers the notebooks' tests to no conftest below.
"""

import importlib.util
import os
import tempfile
from pathlib import Path

import pytest

# Notebook 10 is optional, and so is what it needs.
if not importlib.util.find_spec("distributed"):
    collect_ignore = ["notebooks/10-go-bigger.ipynb"]

MODELS = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def pytest_configure():
    if any(Path(__file__).with_name("my-digits").glob("[!.]*")):
        raise pytest.UsageError("move my-digits elsewhere: notebook 9 would learn your hand")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    os.environ["DIGITS_MODELS"] = os.path.join(MODELS.name, item.path.stem, "models")
