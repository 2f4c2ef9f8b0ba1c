"""The audit of a plan: every balance and limit again, from its written tables and the sourced facts alone.

Nothing here is shared with the model or the solver. Each subject recomputes its numbers its own way and
states what must hold; ``certificate`` judges the statements and names the worst place of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from lunarchain.plan.audit import (
    cargo,
    goals,
    goods,
    launch,
    logistics,
    materials,
    matter,
    money,
    plant,
    policy,
    power,
    rows,
    service,
    shots,
    tracks,
)
from lunarchain.plan.audit.case import Case, read_case, with_tables
from lunarchain.plan.audit.certificate import Certificate, Check, Line, certify
from lunarchain.plan.audit.places import known_places, within
from lunarchain.plan.tables import NOISE
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.schema import Scenario

__all__ = ["Certificate", "Check", "audit", "audit_tables", "read_case"]

SUBJECTS = (
    plant,
    materials,
    matter,
    power,
    tracks,
    shots,
    cargo,
    goods,
    launch,
    service,
    policy,
    goals,
    money,
)


def audit(
    tables: Mapping[str, pd.DataFrame], scenario: Scenario, facts: Facts, departures: pd.DataFrame
) -> Certificate:
    """Judge a plan from its tables.

    A statement holds when its sides agree (or the first does not exceed the second) to 1e-6 of the larger one;
    no side counts as smaller than 1e-6 of the statement's own largest number. The tables leave out what is
    below ``NOISE``; by how much all of that together could move a statement is allowed for, and nothing else.
    Raises ``InputError`` where the scenario names what the facts do not have.
    """
    if scenario.logistics is not None:
        return logistics.audit(tables, scenario.logistics, facts)
    return audit_tables(read_case(scenario, facts, departures), tables)


def audit_tables(premises: Case, tables: Mapping[str, pd.DataFrame]) -> Certificate:
    """Judge one of several plans of the same case; ``read_case`` reads the case once for all of them."""
    found = list(rows.table_lines(tables))
    if any(line.left.any() for line in found):
        return certify(found, np.zeros(2), float("nan"))
    case = with_tables(premises, tables)
    places = known_places(case)
    found += rows.lines(case, tables, places)
    case = within(case, places)
    pairs = zip(_stated(case), _stated(case.spoken(NOISE)), strict=True)
    found += [line.compared(spoken) for line, spoken in pairs]
    return certify(found, case.years.edges, money.objective_g_usd(case))


def _stated(case: Case) -> Iterator[Line]:
    for subject in SUBJECTS:
        yield from subject.lines(case)
