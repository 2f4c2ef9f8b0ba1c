"""Mass of a site to the kilogram, elements without matter from nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lunarchain.industry.chemistry import ELEMENTS
from lunarchain.plan.audit import matter
from lunarchain.plan.audit.case import with_tables

KILOGRAM_KT = 1e-6


def _lines(premises: Any, solved: Any, name: str) -> list[Any]:
    found = [
        line for line in matter.lines(with_tables(premises, solved.tables)) if line.statement.name == name
    ]
    assert found
    return found


def test_sites_close_to_the_kilogram(premises: Any, solved: Any) -> None:
    for line in _lines(premises, solved, "site mass"):
        assert line.left.max() > 1.0  # kt: there is something to lose
        assert np.abs(line.left - line.right).max() < KILOGRAM_KT, line.place


def test_every_element_of_the_ledger_is_followed(premises: Any, solved: Any) -> None:
    followed = {
        line.place.split()[0] for line in _lines(premises, solved, "site element") if line.left.max() > 0
    }
    assert set(ELEMENTS) <= followed


def test_elements_add_up_to_the_mass_dug_and_landed(premises: Any, solved: Any) -> None:
    case = with_tables(premises, solved.tables)
    for site in case.sites.values():
        lines = [line for line in _lines(premises, solved, "site element") if line.place.endswith(site.id)]
        landed = sum(mass for node, _, _, mass in case.rows("imports") if node == site.id)
        dug = case.activity(site.id, "P01")  # kt of ground per unit
        assert sum(line.left for line in lines) == pytest.approx(dug + landed, rel=1e-9)
