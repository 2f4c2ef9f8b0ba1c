"""Verbs about departures as a person types them: every fault at once, and the reason where there is no departure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Typed = Callable[..., Any]


def test_every_fault_of_a_window_comes_at_once_and_by_its_option(typed: Typed) -> None:
    said = typed("windows", "--site", "-555,0", "--direction", "sideways", "--to", "leoo", "--from", "2030-13-01",
                 "--until", "2090-02-01")  # fmt: skip
    assert said.code == 2
    for word in ("longitude", "--direction", "'leo'", "--from", "--until"):
        assert word in said.err, word


def test_a_place_without_a_window_says_why_in_words(typed: Typed) -> None:
    said = typed("windows", "--site", "33,0", "--direction", "90", "--to", "leo", "--from", "2030-01-01", "--until",
                 "2030-01-03", "--step", "48")  # fmt: skip
    assert said.code == 0
    assert "none at 2 of 2 epochs: no perigee" in said.out and "False" not in said.out
    assert "2030-01-0" not in said.out  # no empty rows for dates on which nothing leaves


def test_the_table_of_departures_fits_a_narrow_terminal_with_units(typed: Typed) -> None:
    said = typed("departures", "--track", "south_pole_ridge")
    lines = said.out.splitlines()
    assert max(map(len, lines)) <= 80 and "south_pole_ridge" in [line.strip() for line in lines]
    head = " ".join(lines[: next(k for k, line in enumerate(lines) if "───" in line)]).split()
    assert {"exit", "m/s", "then", "open", "why", "closed"} <= set(head)


def test_a_track_that_is_not_there_is_refused_by_the_nearest_name(typed: Typed) -> None:
    said = typed("departures", "--track", "south_pole", "--track", "mare_33e_east")
    assert said.code == 2 and "did you mean 'south_pole_ridge'" in said.err and said.err.count("got '") == 1


def test_a_launcher_of_unknown_class_hides_no_other_fault(typed: Typed) -> None:
    said = typed("driver", "--accel", "-3", "--payload", "foo")
    assert said.code == 2 and "foo" in said.err and "-3 g" in said.err
