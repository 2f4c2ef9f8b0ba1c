"""Errors a user can act on: what file, which key, what was found, what was expected, what to try."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

_NEARLY = 0.9  # of a time limit: what ends without an answer after as long was ended by it


@dataclass(frozen=True)
class Issue:
    """One thing wrong with the input, complete enough to be mended without reading code."""

    file: str
    key: str
    got: str
    expected: str
    nearest: str = ""
    hint: str = ""

    def __str__(self) -> str:
        """One line: file, key, got, expected, then the nearest valid name and the advice if any."""
        line = f"{self.file}: {self.key}: got {self.got}, expected {self.expected}"
        line += f"; did you mean '{self.nearest}'?" if self.nearest else ""
        return line + (f" ({self.hint})" if self.hint else "")

    def as_dict(self) -> dict[str, str]:
        """The same as plain keys, for ``--json``."""
        return asdict(self)


class LunarchainError(Exception):
    """Base of every error the command line turns into a message and an exit code."""

    exit_code = 1


class InputError(LunarchainError):
    """Bad input; carries every issue found, never just the first.

    ``partial`` is what could be read in spite of them, so that later checks can add what they find.
    """

    exit_code = 2

    def __init__(self, issues: Iterable[Issue], partial: object = None) -> None:
        self.issues = list(issues)
        self.partial = partial
        super().__init__("\n".join(str(issue) for issue in self.issues))


def gathered(*asks: Callable[[], Any]) -> tuple[Any, ...]:
    """The answer to every question, or one ``InputError`` with the faults of all that have none."""
    answers, issues = [], []
    for ask in asks:
        try:
            answers.append(ask())
        except InputError as error:
            issues += error.issues
    if issues:
        raise InputError(issues)
    return tuple(answers)


class InfeasibleError(LunarchainError):
    """No plan satisfies the limits. ``why`` holds what is short and what would mend it, where that was worked out."""

    exit_code = 3

    def __init__(self, message: str, why: dict[str, Any] | None = None) -> None:
        self.why = why
        super().__init__(message)


class NoAnswerError(LunarchainError):
    """The limits (time, rounds) ended the search before any plan was found."""

    exit_code = 4


@contextmanager
def answered_within(seconds: float, stopped: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Where the work inside ends without an answer, the error says whether time or the user ended it, and what to try.

    ``stopped`` tells whether it was the user.
    """
    begun = time.perf_counter()
    try:
        yield
    except NoAnswerError as error:
        if stopped():
            raise NoAnswerError(f"interrupted before any plan was found: {error}") from None
        if time.perf_counter() - begun < _NEARLY * seconds:
            raise
        advice = "give more with --time SECONDS (solve.time_limit_s), or ask for a smaller case"
        raise NoAnswerError(f"no plan was found within {seconds:g} s: {error}; {advice}") from None


def nearest_name(name: str, valid: Iterable[str]) -> str:
    """The valid name closest to ``name``, or an empty string when nothing is close."""
    matches = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return matches[0] if matches else ""
