"""Tables of the terminal: numbers whole, words whole where there is room, commands whole always."""

from __future__ import annotations

import pandas as pd
import pytest
from rich.console import Console

from lunarchain.cli.screen import complain, hung, table
from lunarchain.errors import InfeasibleError

ID, NUMBER = "procellarum_55w_east", "1,234,567 G$"


def drawn(frame: pd.DataFrame, columns: int, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    console = Console(width=columns)
    with console.capture() as caught:
        console.print(table(frame, "any"))
    return caught.get()


def test_an_id_stays_whole_beside_long_words(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"track": [ID], "worth": [NUMBER], "why": ["much to be said about it " * 9]})
    text = drawn(frame, 80, monkeypatch)
    assert ID in text and NUMBER in text and max(map(len, text.splitlines())) <= 80


def test_no_head_is_lost_where_ids_cannot_all_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"id{n}" for n in range(5)]
    text = drawn(pd.DataFrame({name: [ID] for name in names}), 80, monkeypatch)
    assert all(name in text for name in names) and max(map(len, text.splitlines())) <= 80


def test_an_option_is_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a long one would push every other column off the screen."""
    frame = pd.DataFrame({"from": ["1000"], "change": ["--set " + "a.long.path.of.a.number=1 " * 6]})
    text = drawn(frame, 80, monkeypatch)
    assert "from" in text and "change" in text and "1000" in text


def test_what_mends_a_case_can_be_copied_from_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    moved = {f"data.vehicles.starship.number_{n}": 10.0 * n for n in (1, 2, 3)}
    typed = " ".join(f"--set {key}={value:g}" for key, value in moved.items())
    relief = {
        "key": ", ".join(moved), "limit": "growth of launch cadence", "plan_found": True, "from": moved, "to": moved,
        "change": 0.2, "set": typed,
    }  # fmt: skip
    asked = {"goal": "compute", "year": 2050, "until": 2050, "asked": 9.0, "reachable": 1.0, "unit": "GW/yr"}
    why = {"asked": [asked], "held_by": [], "short": [], "reliefs": [relief], "alone": [], "together": list(moved)}
    complain(InfeasibleError("no plan", why), False)
    said = capsys.readouterr().err
    assert typed in said.splitlines()
    assert "whole plan" in said and "growth of launch cadence" in said


def test_what_is_left_of_a_long_line_hangs_beneath_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = hung("Sets\n\n  p  " + "process, " * 12).splitlines()
    assert lines[:2] == ["Sets", ""] and len(lines) > 4
    assert all(line.startswith("      process") and len(line) <= 40 for line in lines[3:])


def test_long_heads_of_numbers_break_so_that_no_column_is_pushed_off(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"cost with value not served": "19.56 T$", "Earth lift": "10.8 Mt", "paid": "9.69 T$", "gap": "0.12 %",
           "Moon-made": "0 %", "drivers": "0", "served": "78 %", "audit": "passed", "on front": "yes"}  # fmt: skip
    text = drawn(pd.DataFrame([row]), 80, monkeypatch)
    said = text.replace("-\n", "-").split()
    assert all(cell in text for cell in row.values())
    assert all(part in said for head in row for part in head.replace("-", "- ").split())
    assert max(map(len, text.splitlines())) <= 80
