"""Opening sites: paid once, before anything lands, and only when it is worth it."""

from __future__ import annotations

import pytest

from lunarchain.pipeline.solve_case import solve_case

from .small import SETTINGS, Plan, base, base_whole, case, changed, departures, inputs, whole


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
        coefficients, variables = context.ledgers.cost.terms(item, t)
        assert len(variables) == 1
        assert variables[0] in {v.number for v in getattr(context.model, variable).values()}
        assert coefficients[0] * years == pytest.approx(context.inputs.number(fact, "GUSD"))


def test_a_cap_on_a_commodity_counts_what_lands_and_what_joins_hulls_in_orbit() -> None:
    free, capped = base(), changed(moon={"import_caps_kt": {"imp_battery": 20.0}})
    lengths, battery = free.context.inputs.calendar.lengths, free.context.inputs.pair.imports["imp_battery"]

    def supplied(plan: Plan, t: int) -> float:
        return (plan.of("imported", "imp_battery", t) + battery * plan.of("added", "hybrid", t)) / lengths[t]

    assert max(supplied(free, t) for t in free.context.periods) > 40.0
    assert max(supplied(capped, t) for t in capped.context.periods) == pytest.approx(20.0, rel=1e-6)


def test_a_cap_on_machines_holds_for_all_plant_that_lands() -> None:
    capped = changed(moon={"import_caps_kt": {"imp_plant": 2.0}})
    lengths = capped.context.inputs.calendar.lengths
    landed = [capped.of("carried", "moon", "plant", t) / lengths[t] for t in capped.context.periods]
    assert max(landed) == pytest.approx(2.0, rel=1e-6)
    assert capped.of("hulls") < base().of("hulls")


def test_a_site_opens_with_a_first_landing() -> None:
    plan = base_whole()
    opened = next(t for t in plan.context.periods if plan.at("opened", "mare_33e", t) > 0.5)
    least_kt = plan.context.inputs.number("operations.first_landing", "kt")
    assert plan.of("carried", "moon", opened) >= least_kt


def test_a_first_landing_too_large_to_bring_leaves_the_moon_alone() -> None:
    plan = whole(inputs(data={**SETTINGS["data"], "operations.first_landing": 1e9}))
    assert plan.of("opened", rate=False) == pytest.approx(0)
