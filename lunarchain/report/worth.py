"""What having the Moon comes to, told apart: what is paid, what compute is served more and at which value, and when.

The worth of compute is an assumption (``compute.value`` and its elasticity): nobody pays it into the plan. So it never
stands in one sum with payments without being named, and the years after the horizon stand apart from those shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lunarchain.plan.decision import WORTH_SHARE
from lunarchain.plan.merit import UNSERVED
from lunarchain.plan.tables import Tables
from lunarchain.report.phrases import figure_text, money_text, percent_text
from lunarchain.report.view import View

_ALIKE = 1e-4  # of the cost without the Moon: less than this is no difference in words


@dataclass(frozen=True)
class Gain:
    """The plan beside the best one without the Moon, discounted [G$]: within the reported years, and after them."""

    paid_more: tuple[float, float]
    served_more: tuple[float, float]

    @property
    def net(self) -> tuple[float, float]:
        """Value of compute served more, less what is paid more."""
        within, after = (value - paid for value, paid in zip(self.served_more, self.paid_more, strict=True))
        return within, after


def compared(seen: View) -> bool:
    """Whether there is a plan with the Moon and one without to compare."""
    known = seen.record.get("decision_value") is not None and seen.record.get("objective_without_moon")
    return bool(known and seen.scenario.moon.allowed and seen.uses_moon)


def gain(seen: View) -> Gain:
    """What the Moon changes, from the tables of both plans."""

    def spent(tables: Tables, unserved: bool) -> np.ndarray:
        rows = tables["costs"][(tables["costs"]["item"] == UNSERVED) == unserved]
        years = seen.span.all_discounted_years
        values = years * rows.groupby("period")["value"].sum().reindex(range(len(years)), fill_value=0.0)
        return np.array([values[: seen.span.count].sum(), values[seen.span.count :].sum()])

    paid = spent(seen.tables, False) - spent(seen.baseline, False)
    served = spent(seen.baseline, True) - spent(seen.tables, True)
    return Gain((float(paid[0]), float(paid[1])), (float(served[0]), float(served[1])))


def horizon(seen: View) -> int:
    """The year in which the reported years end."""
    return seen.scenario.calendar.steps[-1].until


def tail_years(seen: View) -> float:
    """Years counted after the reported ones [yr]."""
    return seen.span.edges[-1] - seen.span.edges[seen.span.count]


def in_words(seen: View, shared: bool = True) -> str:
    """What the Moon gains and of what: payments, compute served at its assumed value, horizon and tail.

    ``shared``: also as a share of what the plan without the Moon comes to.
    """
    if not seen.record.get("plan_without_moon_exists", True):
        return "Without the Moon no plan reaches the goals of this case."
    if not compared(seen):
        return ""
    whole, found = float(seen.record["decision_value"]), gain(seen)
    net = found.net[0]
    left = f"{money_text(abs(net))} {'gained' if net >= 0 else 'LOST'}"
    by_then = f"By {horizon(seen)} {_paid(seen, found)} and {_served(seen, found)}: {left}."
    return f"{by_then} {_whole(seen, whole, net, shared)}"


def _paid(seen: View, found: Gain) -> str:
    paid = found.paid_more[0]
    if abs(paid) < _ALIKE * seen.record["objective_without_moon"]:
        return "the plan with the Moon pays as much as the best without"
    more = "more" if paid > 0 else "less"
    return f"the plan with the Moon pays {money_text(abs(paid))} {more}, discounted, than the best without"


def _served(seen: View, found: Gain) -> str:
    served, each = found.served_more[0], seen.figures["moon_served_more_usd_per_kw_yr"]
    if abs(served) < _ALIKE * seen.record["objective_without_moon"]:
        return "serves as much compute"
    at = f", on average {figure_text(float(each))} $/kW-yr" if each is not None else ""
    more = "more" if served > 0 else "less"
    return f"serves compute valued at {money_text(abs(served))} {more} (assumed{at})"


def _whole(seen: View, whole: float, net: float, shared: bool) -> str:
    after, known = whole - net, seen.record.get("decision_gap")
    certainty = f", known to within {percent_text(known)}" if known is not None else ""
    certainty += " (too little to say whether it pays)" if known is not None and known > 1 else ""
    adds = f"add {money_text(after)}" if after >= 0 else f"take {money_text(-after)} of it"
    share = percent_text(whole / seen.record["objective_without_moon"])
    of_what = f", {share} of cost and unserved value without the Moon" if shared else ""
    return (
        f"The {tail_years(seen):g} years counted after {horizon(seen)} {adds}:"
        f" {money_text(whole)} in all{certainty}{of_what}."
    )


def refuted(seen: View) -> bool:
    """Whether it is proven that a Moon the plan leaves alone gains next to nothing.

    A search that was cut off early has a plan without the Moon in hand, and proves nothing by it.
    """
    bound, whole = seen.record.get("moon_worth_bound"), seen.record.get("objective_without_moon")
    if bound is None or not whole:
        return False
    return float(bound) <= max(WORTH_SHARE, seen.scenario.solve.gap) * abs(float(whole))


def at_most(seen: View) -> str:
    """What a Moon that the plan leaves alone could gain at most."""
    bound, whole = seen.record.get("moon_worth_bound"), seen.record.get("objective_without_moon")
    if bound is None or not whole:
        return "What using it could gain was not bounded."
    amount = f"{money_text(bound)}, {percent_text(bound / whole)} of cost and unserved value"
    return f"{'Proven: using it could' if refuted(seen) else 'Using it may'} gain at most {amount}."


def card(seen: View) -> tuple[str, str, str]:
    """The Moon's tile: what it gains, and in one line of what."""
    name = "Gained by having the Moon"
    if not seen.record.get("plan_without_moon_exists", True):
        return name, "everything", "no plan without it reaches the goals"
    if not compared(seen):
        bound = seen.record.get("moon_worth_bound")
        most = f"at most {money_text(bound)}" if bound is not None else ""
        return (name, "nothing", most) if refuted(seen) else (name, "not known", f"the search ended first; {most}")
    found, whole = gain(seen), float(seen.record["decision_value"])
    (paid, _), (served, _), (net, _) = found.paid_more, found.served_more, found.net
    note = (
        f"{_more(paid)} paid, {_more(served)} compute served at an assumed value; after {horizon(seen)}"
        f" {_more(whole - net)}"
    )
    return name, f"{money_text(net)} by {horizon(seen)}", note


def _more(g_usd: float) -> str:
    return f"{money_text(abs(g_usd))} {'more' if g_usd >= 0 else 'less'}"


def rows(seen: View) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The gain as a table: paid, served and net, within the reported years, after them and in all [G$]."""
    year, found = horizon(seen), gain(seen)
    names = [f"By {year}", f"{year} to {seen.span.edges[-1]:.0f}", "In all"]
    parts = {
        "Paid more (less where negative)": found.paid_more,
        "Value of compute served more, as assumed": found.served_more,
        "Value less payments": found.net,
    }
    return names, [
        (what, [f"{amount:,.0f} G$" for amount in (within, after, within + after)])
        for what, (within, after) in parts.items()
    ]
