"""Change the last digit of each number in the prose, in all nine ways, and count what is noticed.

It reads lessons, solutions and README, lists the mutants that tests/test_numbers.py would let
pass, and fails below 95 %. It writes nothing.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common.numbers import FILES, NUMBER, ROOT, cleared, passages  # noqa: E402


def mutants(text):
    """The text with another last digit in one of its numbers, and what then stands around it."""
    for match in NUMBER.finditer(cleared(text)):
        place = match.end() - 1
        for digit in "0123456789".replace(text[place], ""):
            mutant = text[:place] + digit + text[place + 1 :]
            yield mutant, mutant[max(place - 25, 0) : place + 15].replace("\n", " ")


def main():
    shares = []
    for path in FILES:
        noticed = []
        for text, evidence in passages(path):
            lacking = len([*evidence.lacking(text)])
            for mutant, around in mutants(text):
                noticed.append(len([*evidence.lacking(mutant)]) > lacking)
                if not noticed[-1]:
                    print(f"  not noticed: {around}")
        shares.append(100 * sum(noticed) / len(noticed))
        counts = f"{len(noticed):4} mutants, {sum(noticed):4} noticed, {shares[-1]:5.1f} %"
        print(f"{counts}: {path.relative_to(ROOT)}", flush=True)
    return min(shares) < 95


if __name__ == "__main__":
    sys.exit(main())
