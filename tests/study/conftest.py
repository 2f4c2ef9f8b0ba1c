from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from lunarchain.study.schema import StudyFile
from lunarchain.study.study import Study, lay_out

STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in.py")))
# seven solves of a second: one site, four long periods
SMALL_BASE: dict[str, Any] = {
    "case": "03_one_driver",
    "set": {"calendar.steps": [{"until": 2056, "years": 7}]},
}


def study_of(name: str = "small", **parts: Any) -> Study:
    """A study of the small base, in relaxed mode unless told otherwise."""
    tree = {
        "title": name,
        "base": SMALL_BASE,
        "design": {"method": "tornado"},
        "relations": {"mode": "relaxed", "case_limit_s": 120},
        **parts,
    }
    return lay_out(name, StudyFile.model_validate(tree))


def growths(*values: float) -> dict[str, Any]:
    """One lever: the growth of demand at these values."""
    return {"levers": [{"path": "demand.growth", "values": list(values)}], "design": {"method": "grid"}}


@pytest.fixture
def stand_in() -> tuple[str, ...]:
    return STAND_IN
