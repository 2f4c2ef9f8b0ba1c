"""Opening sites: paid once, before anything lands, and only when it is worth it."""

from __future__ import annotations

import pytest

from lunarchain.pipeline.solve_case import solve_case

from .small import SETTINGS, base_whole, case, changed, departures


def test_a_site_opens_once_and_the_programme_with_it() -> None:
    plan = base_whole()
    assert plan.of("opened", rate=False) == pytest.approx(1) and plan.of(
        "programme", rate=False
    ) == pytest.approx(1)


def test_nothing_lands_before_the_opening() -> None:
    plan = base_whole()
    first = next(t for t in plan.context.periods if plan.at("opened", "mare_33e", t) > 0.5)
    assert plan.of("carried", "moon", first) > 0
    assert all(plan.of("carried", "moon", t) == pytest.approx(0, abs=1e-6) for t in range(first))


def test_dear_openings_keep_the_moon_closed() -> None:
    dear = {**SETTINGS["data"], "sites.mare_33e.opening_cost": 1000.0}
    arm = solve_case(case(data=dear), departures(), lambda phase, best, bound: None).plan
    opened = [
        x
        for column, x in zip(arm.arrays.columns, arm.answer.values, strict=True)
        if column.name.startswith("opened")
    ]
    assert base_whole().of("hulls") > 0
    assert max(opened) == pytest.approx(0, abs=1e-6)


def test_a_late_first_landing_delays_the_plan() -> None:
    late = changed({"sites.mare_33e.earliest_landing": 2047.0})
    assert late.of("carried", "moon") == pytest.approx(0, abs=1e-6)  # too late to pay within this horizon


@pytest.mark.parametrize(
    ("item", "variable", "fact"),
    [
        ("opening sites", "opened", "sites.mare_33e.opening_cost"),
        ("lunar programme", "programme", "prices.programme"),
    ],
)
def test_an_opening_costs_what_the_data_says_in_whichever_period(item: str, variable: str, fact: str) -> None:
    """Yearly payments over the period add up to the one price, long period or short."""
    context = base_whole().context
    for t, years in enumerate(context.inputs.calendar.lengths):
        coefficients, variables = context.ledgers.cost.terms((item, t))
        assert [v.parent_component().name for v in variables] == [variable]
        assert coefficients[0] * years == pytest.approx(context.inputs.number(fact, "GUSD"))
