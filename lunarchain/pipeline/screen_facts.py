"""Which of a case's sourced numbers can matter to what the Moon is worth, by their first-order effect.

Done on a copy of the case in long steps: a build takes a fraction of a second there, and the ranking hardly differs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import filter as matching

import numpy as np
import pandas as pd

from lunarchain.errors import LunarchainError
from lunarchain.pipeline.relax_case import Built, build_arms
from lunarchain.plan.merit import deciding_facts
from lunarchain.scenario.facts import Fact, Facts, load_facts
from lunarchain.scenario.load import Case
from lunarchain.scenario.schema import Step
from lunarchain.solve.first_order import first_order, same
from lunarchain.solve.highs import Outcome, solve_lp

Progress = Callable[[int, int], None]
LONG_STEPS = 5


def ranged_facts(case: Case) -> list[str]:
    """Ids of the numbers the case is computed from that have a sourced range."""
    return [
        key for key in deciding_facts(case.scenario, case.facts) if case.facts[key].low < case.facts[key].high
    ]


def screen(case: Case, facts: Sequence[str], departures: pd.DataFrame, progress: Progress) -> pd.DataFrame:
    """First-order effect of each fact's ends on the Moon's worth [G$]: ``fact, at_low, at_high, effect, in_model``.

    ``effect`` is the larger of the two, or ``inf`` where an end changes the model's shape or cannot be built, so that
    only a solve can tell. A number in the model may have none: what it belongs to is not used in the base's plan.
    """
    coarse = in_long_steps(case)
    arms = [arm for arm in build_arms(coarse, departures) if arm is not None]
    solved = [solve_lp(arm.chords) for arm in arms]
    rows = []
    for number, fact in enumerate(facts):
        progress(number, len(facts))
        moved = [_moved(coarse, fact, end, departures) for end in ("low", "high")]
        ends = [None if arms_ is None else _effect(arms, arms_, solved) for arms_ in moved]
        in_model = any(arms_ is None or _differs(arms, arms_) for arms_ in moved)
        rows.append((fact, *ends, max(np.inf if end is None else abs(end) for end in ends), in_model))
    table = pd.DataFrame(rows, columns=["fact", "at_low", "at_high", "effect", "in_model"])
    return table.sort_values(["in_model", "effect"], ascending=False, kind="stable").reset_index(drop=True)


def idle_changes(case: Case, departures: pd.DataFrame) -> list[str]:
    """Numbers the case sets or scales without effect: with what the tables say instead, its model is the same.

    Keys as the case gives them (ids, and patterns of ``scale``); one that says what the tables say is left out.
    """
    shipped, coarse = load_facts(), in_long_steps(case)
    groups = {key: [key] for key in case.scenario.data}
    groups |= {pattern: matching(shipped, pattern) for pattern in case.scenario.scale}
    changed = {
        key: [one for one in ids if _said(case.facts[one]) != _said(shipped[one])]
        for key, ids in groups.items()
    }
    arms = [arm for arm in build_arms(coarse, departures) if arm is not None]
    return [
        key
        for key, ids in changed.items()
        if ids and _idle(coarse, {one: shipped[one] for one in ids}, arms, departures)
    ]


def _said(fact: Fact) -> tuple[str, str]:
    return str(fact.value), fact.text  # as text, so that two missing values are the same


def _idle(case: Case, back: dict[str, Fact], arms: list[Built], departures: pd.DataFrame) -> bool:
    try:
        found = build_arms(replace(case, facts=Facts({**case.facts, **back})), departures)
    except (LunarchainError, ValueError, ZeroDivisionError):
        return False
    return not _differs(arms, [arm for arm in found if arm is not None])


def in_long_steps(case: Case, count: int = LONG_STEPS) -> Case:
    """The case over the same years in few long steps."""
    calendar = case.scenario.calendar
    until = calendar.steps[-1].until
    step = Step(until=until, years=(until - calendar.start) / count)
    short = calendar.model_copy(update={"steps": (step,)})
    return replace(case, scenario=case.scenario.model_copy(update={"calendar": short}))


def _moved(case: Case, fact: str, end: str, departures: pd.DataFrame) -> list[Built] | None:
    """The case's arms with one fact at an end of its range; ``None`` where that cannot be built."""
    try:
        found = build_arms(replace(case, facts=case.facts.override({fact: end})), departures)
    except (LunarchainError, ValueError, ZeroDivisionError):
        return None
    return [arm for arm in found if arm is not None]


def _differs(old: list[Built], new: list[Built]) -> bool:
    if len(old) != len(new):
        return True
    return not all(same(one.chords, other.chords) for one, other in zip(old, new, strict=True))


def _effect(old: list[Built], new: list[Built], solved: list[Outcome]) -> float | None:
    """Change of (cost without the Moon - cost with it), or of the cost where the case has no Moon."""
    changes = [
        first_order(one.chords, other.chords, outcome.values, outcome.row_duals)
        for one, other, outcome in zip(old, new, solved, strict=True)
        if outcome.values is not None and outcome.row_duals is not None
    ]
    known = [change for change in changes if change is not None]
    if len(known) < len(old):
        return None
    return known[0] - known[-1] if len(known) > 1 else known[0]
