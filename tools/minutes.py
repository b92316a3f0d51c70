"""Write how many minutes each notebook takes in class, by the rule, wherever it is stated.

python tools/minutes.py
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common.classroom import GUIDE, README, class_minutes, with_minutes
from common.notebooks import LESSONS

for path in [README, GUIDE, *LESSONS]:
    text = path.read_text(encoding="utf-8")
    path.write_text(with_minutes(path, text), encoding="utf-8", newline="\n")
    if path in LESSONS:
        print(f"{path.stem:32}{class_minutes(path)} minutes")
