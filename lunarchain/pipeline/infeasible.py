"""Why a case has no plan, in terms of what it asks for and what limits it, and the smallest changes that mend it.

1. How much of the goals can be reached at all, and which limits stand in the way (by their duals).
2. What is short, one resource or limit at a time: the least priced amount by which giving way there alone would do.
3. For every number behind those limits, and every goal, the smallest change that makes the case feasible; the best is
   checked by looking for a plan in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from lunarchain.errors import InfeasibleError, NoAnswerError
from lunarchain.model.meaning import LIMIT
from lunarchain.pipeline.bare_problem import (
    LP_S,
    MET,
    Bare,
    Label,
    bare_problem,
    blocking,
    missed_goals,
    standing,
)
from lunarchain.pipeline.relief import reliefs
from lunarchain.scenario.load import Case
from lunarchain.solve.elastic import Shortfall, shortfall
from lunarchain.solve.search import Progress


@contextmanager
def explained(case: Case, departures: pd.DataFrame, progress: Progress) -> Iterator[None]:
    """Where the work inside ends with no plan, say why: the error raised carries the diagnosis."""
    try:
        yield
    except InfeasibleError as error:
        try:
            why = diagnose(case, departures, progress)
        except NoAnswerError:
            why = None
        raise InfeasibleError(str(error), why if why and why["asked"] else None) from None


def diagnose(case: Case, departures: pd.DataFrame, progress: Progress) -> dict[str, Any]:
    """Why a case has no plan: ``asked``, ``held_by``, ``short`` and ``reliefs``, each ranked, as plain content."""
    progress("why there is no plan: how far the goals can be reached", None, None)
    problem = bare_problem(case, departures)
    goals = problem.rows(lambda label: label.is_goal)
    if not goals.size:
        return {"asked": [], "held_by": [], "short": [], "reliefs": [], "alone": [], "together": []}
    missed = missed_goals(problem, goals)
    if missed is None:
        raise NoAnswerError("why there is no plan could not be worked out: the limits contradict each other even"
                            " without the goals, or time ended")  # fmt: skip
    held = standing(problem, missed)
    shorts = [
        found for words in _groups(problem, missed) if (found := _short(problem, words, held, progress))
    ]
    mended, tried = reliefs(problem, departures, missed, progress)
    return {
        "asked": _asked(problem, goals, missed),
        "held_by": held,
        "short": sorted(shorts, key=lambda short: (short["priced_g_usd"] is None, short["priced_g_usd"] or 0.0)),
        "reliefs": mended,
        **tried,
    }  # fmt: skip


def _asked(problem: Bare, goals: np.ndarray, missed: Shortfall) -> list[dict[str, Any]]:
    """What each goal asks for and what of it can be reached; a goal for one year is named by that year."""
    wanted_in = problem.case.scenario.goals.satellites_in

    def when(label: Label) -> tuple[int, int]:
        rate = "goals.satellites_gw_per_yr" in label.means.set_by
        return (wanted_in, wanted_in) if rate and wanted_in is not None else _years(problem, label.period)

    entries = [
        {
            "goal": problem.labels[k].words.removeprefix("goal: "),
            "year": when(problem.labels[k])[0],
            "until": when(problem.labels[k])[1],
            "asked": float(asked),
            "reachable": float(asked - lack),
            "unit": problem.labels[k].means.unit,
        }
        for k, asked, lack in zip(goals, problem.side(goals), missed.missing, strict=True)
        if lack > MET * asked
    ]
    return sorted(entries, key=lambda entry: -(entry["asked"] - entry["reachable"]) / entry["asked"])


def _years(problem: Bare, period: int) -> tuple[int, int]:
    """The year a period begins in and the last one it holds."""
    first, after = (problem.calendar.edges[k] for k in (period, period + 1))
    return int(first), max(int(first), int(np.ceil(after)) - 1)


def _groups(problem: Bare, missed: Shortfall) -> list[str]:
    """What may be short: every limit that stands in the way, and every balance that a price is known for."""
    return list(
        dict.fromkeys(
            label.words
            for label in blocking(problem, missed)
            if label.means.priced_at or (label.means.kind == LIMIT and label.means.set_by)
        )
    )


def _short(problem: Bare, words: str, held: list[str], progress: Progress) -> dict[str, Any] | None:
    """How much is missing where only the rows of one kind give way; nothing if that alone does not help.

    Of what holds it, the limits that also hold the goals (``held``) are named first.
    """
    progress(f"why there is no plan: {words}", None, None)
    rows = problem.rows(lambda label: label.words == words)
    labels = [problem.labels[k] for k in rows]
    years = np.array([problem.calendar.discounted_years(label.period) for label in labels])
    unit_price = _unit_price(problem, labels[0])
    prices = (unit_price or 1.0) * years
    found = shortfall(problem.arrays, rows, prices, np.full(rows.size, np.inf), LP_S)
    if found is None:
        return None
    worst = int(np.argmax(found.missing))
    lacking = [label.period for label, amount in zip(labels, found.missing, strict=True) if amount > MET]
    return {
        "what": words.removeprefix("goal: "),
        "goal": labels[0].is_goal,
        "where": "|".join(labels[worst].place),
        "unit": labels[0].means.unit,
        "worst_year": _years(problem, labels[worst].period)[0],
        "worst_until": _years(problem, labels[worst].period)[1],
        "missing": float(found.missing[worst]),
        "years": sorted({int(problem.calendar.edges[t]) for t in lacking}),
        "priced_g_usd": None if unit_price is None else float(found.priced),
        "priced_at": labels[0].means.priced_at,
        "held_by": sorted(standing(problem, found, words), key=lambda limit: limit not in held),
    }


def _unit_price(problem: Bare, label: Label) -> float | None:
    """Price [G$ per unit and year] of what is missing."""
    if not label.means.priced_at:
        return None
    return problem.case.facts.number(label.means.priced_at, f"GUSD/({label.means.unit})/yr")
