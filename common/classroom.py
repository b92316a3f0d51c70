"""How many minutes a notebook takes in class, by a rule, and what the guide says of them.

The rule, all of it assumptions: so many WORDS a minute, said and explained; minutes for each CELL
that is run and looked at, each GUESS and QUESTION, and each closed exercise, less for a CHOICE of
letters than for CODE. The open one is homework.
"""

import re
from math import ceil

from common.notebooks import LESSONS, ROOT, checked, lesson, sections

WORDS, CELL, GUESS, QUESTION, CODE, CHOICE = 120, 0.75, 1, 1, 5, 3
FREE = 0.2  # of the time in class is for questions
TIMETABLE = r"(?m)(^\| (?:from|week) \|.*\n\|[ :|-]+\|\n)((?:\|.*\n)+)"
GUIDE, README = ROOT / "notebooks" / "TEACHING.md", ROOT / "README.md"
EXERCISE = re.compile(r"(?m)^(?=\*\*\d+\.\d+\*\* )")
# Not read in class: badges, folded answers, where links lead, what to read further.
UNREAD = re.compile(
    r"\[!\[.*?\)\]\(.*?\)|<details>.*?</details>|(?<=\])\([^)]*\)|\*\*Further reading.*", re.S
)


def section_minutes(path):
    """The minutes of each section of a notebook, and those of its exercises within them.

    Returns
    -------
    dict
        From the heading of a section (the first is called "Set up") to its whole minutes, and a
        dict from the numbers of its exercises to theirs: 0 for the open one.
    """
    found, minutes_of = {}, {}
    for title, cells in sections(path).items():  # the head counts to what is called "Set up"
        section = found.setdefault(title or "Set up", [0, {}])
        for cell in cells:
            if number := checked(cell):
                section[1][number] = minutes_of[number]
            elif cell.cell_type == "code":
                section[0] += CELL
            else:
                text, *exercises = EXERCISE.split(cell.source)
                minutes_of |= {exercise.split("**")[1]: allowed(exercise) for exercise in exercises}
                read = UNREAD.sub("", text)
                section[0] += len(read.split()) / WORDS + GUESS * text.count("**Guess first:**")
                if title == "Check yourself":
                    section[0] += QUESTION * len(re.findall(r"(?m)^\d\. ", read))
    return {
        title: (round(minutes) + sum(exercises.values()), exercises)
        for title, (minutes, exercises) in found.items()
    }


def allowed(exercise):
    """The minutes of an exercise, given its text."""
    closed = CHOICE if re.search(r'"a"|\*\*a\*\*|\ba\)', exercise) else CODE
    return 0 if "*(Open.)*" in exercise else closed


def class_minutes(path):
    """The minutes of a whole notebook, rounded up to five."""
    return 5 * ceil(sum(minutes for minutes, _ in section_minutes(path).values()) / 5)


def planned(what):
    """The minutes of what a timetable names, as in "3", "3 without *A*, *B*", or "3: *A*; 4: *B*".

    None if it names no notebook.
    """
    total = None
    for part in what.split(";"):
        if named := re.match(r"\s*(\d+)\b(?: · [^:*]*?)?( without|:|\s*$)", part):
            of_sections = section_minutes(lesson(named[1]))
            titles = re.findall(r"\*([^*]+)\*", part)
            if unknown := set(titles) - set(of_sections):
                raise ValueError(f"no section of notebook {named[1]}: {', '.join(unknown)}")
            if named[2] == " without":
                titles = set(of_sections) - set(titles)
            elif named[2] != ":":
                titles = of_sections
            total = (total or 0) + sum(of_sections[title][0] for title in titles)
    return total


def fill(timetable):
    """A timetable, matched by TIMETABLE, with its times and minutes filled in.

    A row is `| from | what | planned | free |` in a day, whose later times follow from the first,
    or `| week | in class | planned | free | at home |`, of 45 minutes a week.
    """
    clock, filled = None, timetable[1]
    for row in timetable[2].splitlines():
        first, what, *minutes, rest = [cell.strip() for cell in row.strip("|\n").split("|")] + [""]
        weekly = len(minutes) == 3
        if taught := planned(what):
            slot = 45 if weekly else 5 * ceil(taught / (1 - FREE) / 5)
            minutes[:2] = str(taught), str(slot - taught)
        if not weekly:
            hours, of_hour = divmod(clock, 60) if clock else map(int, first.split(":"))
            first, clock = f"{hours}:{of_hour:02}", 60 * hours + of_hour
            clock += sum(map(int, filter(str.isdigit, minutes)))
            if pause := re.search(r"(\d+) minutes", what):
                clock += int(pause[1])
        filled += f"| {' | '.join([first, what, *minutes])} |\n"
    return filled


def minutes_line(path):
    """One line on the sections of a notebook and its closed exercises."""
    parts = []
    for title, (minutes, exercises) in section_minutes(path).items():
        inside = ", ".join(f"{number}: {each}" for number, each in exercises.items() if each)
        parts.append(f"{title} {minutes}" + (f" ({inside})" if inside else "") if minutes else "")
    return "**Minutes.** " + "; ".join(filter(None, parts)) + "."


def with_minutes(path, text):
    """The text of a notebook, of the README or of the guide with the minutes by the rule."""
    for each in [path] if path in LESSONS else LESSONS:
        number, minutes = int(each.stem[:2]), class_minutes(each)
        for before in (
            "In a classroom: " if path == each else None,
            rf"\| \[{number} · .*\| " if path == README else None,
            rf"### {number} · .*\(" if path == GUIDE else None,
        ):
            if before:
                text = re.sub(rf"({before})\d+( min)", rf"\g<1>{minutes}\2", text)
        if path == GUIDE:
            before, after = rf"(### {number} · .*\n\n)", r"\*\*Minutes\.\*\*.*"
            text = re.sub(before + after, rf"\g<1>{minutes_line(each)}", text)
    return re.sub(TIMETABLE, fill, text)
