"""Say in one line why the course cannot be installed here; silent where it can. Any Python 3."""

import platform
import sys

if not (3, 11) <= sys.version_info < (3, 14):
    version = ".".join(map(str, sys.version_info[:2]))
    advice = "Try: make PYTHON=python3.12"
    sys.exit(f"The course needs Python 3.11, 3.12 or 3.13, and this is {version}. {advice}")
if (platform.system(), platform.machine()) == ("Darwin", "x86_64"):
    sys.exit(
        "TensorFlow has no release for Macs with an Intel processor: open the course on Colab or "
        "Binder instead, with the badges in README.md."
    )
