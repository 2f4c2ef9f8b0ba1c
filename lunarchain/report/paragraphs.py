"""A text laid out for a terminal: paragraphs behind their labels that give way in whole sentences."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = "report.html"  # what a run's folder calls its page
COLUMNS, LINES = 98, 24
_FEW = 3  # items that are no enumeration yet
_TIED = "\u00a0"  # a space at which no line ends
_UNIT = re.compile(r"(?<=\d) (?=(?:%|[TGM]\$|[GTM]W|\$/kW-yr)(?!\w))")
_LABEL = 10  # width of the word that begins a paragraph on the terminal


@dataclass(frozen=True)
class Paragraph:
    """A label and what stands behind it, in versions from the fullest to the shortest that still says it."""

    label: str
    versions: tuple[str, ...]


def fitted(paragraphs: Sequence[Paragraph], columns: int, lines: int) -> list[str]:
    """The paragraphs in at most ``lines`` lines of ``columns``; the longest gives way first.

    What does not fit in its shortest version is shown all the same: a screen that scrolls beats half a sentence.
    """
    shown = [[wrapped(one.label, text, columns) for text in one.versions] for one in paragraphs]
    while sum(len(versions[0]) for versions in shown) > lines:
        longest = max((v for v in shown if len(v) > 1), key=lambda v: len(v[0]), default=None)
        if longest is None:
            break
        del longest[0]
    return [line for versions in shown for line in versions[0]]


def wrapped(label: str, text: str, columns: int) -> list[str]:
    """A paragraph behind its label, in lines of at most ``columns``; nothing for an empty text.

    No line ends between a number and its unit.
    """
    if not text.strip():
        return []
    lines = textwrap.wrap(
        _UNIT.sub(_TIED, text),
        columns,
        initial_indent=f"{label:{_LABEL}}",
        subsequent_indent=" " * _LABEL,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_TIED, " ") for line in lines]


def title(text: str, columns: int) -> str:
    """A title cut at a word so that it fits one line of the terminal, with dots where it was cut."""
    return textwrap.shorten(text, columns, placeholder=" ...")


def last_line(folder: Path) -> str:
    """The path of a run's page, never broken and never cut off, so that it can be copied."""
    return f"{'Page':{_LABEL}}{folder / PAGE}"


def enumerated(text: str, most: int, rest: str) -> str:
    """A text with a long enumeration, cut after ``most`` of its items; says how many are left out.

    A sentence with fewer than four items is none, and stays whole.
    """
    items = text.partition(": ")[2] or text
    listed = items.split(", ")
    if len(listed) <= max(most, _FEW):
        return text
    kept = text[: len(text) - len(items)] + ", ".join(listed[:most])
    return f"{kept} and {len(listed) - most:,} more ({rest})."
