"""Everything wrong with the industry's tables, on every soil, at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lunarchain.errors import InputError, Issue
from lunarchain.industry.chemistry import formula, modes, soils
from lunarchain.industry.floors import check_floors
from lunarchain.industry.ledger import TOLERANCE, check_balances
from lunarchain.industry.network import Process, processes
from lunarchain.scenario.facts import Facts


def industry_issues(facts: Facts, of_soils: Sequence[str] = ()) -> list[Issue]:
    """All faults: splits that do not sum to one, mass, elements, floors; no soil named means every soil."""
    issues = [*_check_splits(facts), *_check_availability(facts)]
    if issues:
        return issues
    for soil in of_soils or soils(facts):
        network = processes(facts, soil)
        issues += check_balances(facts, soil, network) + check_floors(facts, soil, network)
    return issues


def checked_processes(facts: Facts, soil: str) -> dict[str, Process]:
    """The network of ``soil``, proved to close and to respect every floor; else ``InputError``."""
    issues = industry_issues(facts, [soil])
    if issues:
        raise InputError(issues)
    return processes(facts, soil)


def _check_availability(facts: Facts) -> Iterator[Issue]:
    """Plant must run some of the time, and no more than all of it."""
    for key in (
        "maintenance.availability",
        *(f"growth.availability.{k}" for k in facts.children("growth.availability")),
    ):
        fact = facts[key]
        if not 0 < fact.value <= 1:
            yield Issue(
                fact.file,
                key,
                f"{fact.value:g}",
                "a share above 0 and at most 1",
                hint="nothing runs without it",
            )


def _check_splits(facts: Facts) -> Iterator[Issue]:
    """Each element a mode reduces must be split between streams completely, and each extent lie in 0..1."""
    for mode in modes(facts):
        rows = facts.below(f"extraction.mode.{mode}")
        extents = {
            key.removeprefix("extent."): fact for key, fact in rows.items() if key.startswith("extent.")
        }
        for fact in (*extents.values(), rows["capture"]):
            if not 0 <= fact.value <= 1:
                yield Issue(fact.file, fact.id, f"{fact.value:g}", "a share between 0 and 1")
        reduced = {
            element for name, fact in extents.items() if fact.value > 0 for element in formula(name)
        } - {"O"}
        for element in sorted(reduced):
            total = sum(fact.value for key, fact in rows.items() if key.startswith(f"split.{element}."))
            if abs(total - 1) > TOLERANCE:
                key = f"extraction.mode.{mode}.split.{element}"
                yield Issue("extraction.csv", key, f"shares that sum to {total:g}", "shares that sum to 1")
