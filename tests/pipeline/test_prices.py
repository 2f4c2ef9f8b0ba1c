"""Shadow prices against what they claim: one more unit of a limit, solved again, saves its price."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lunarchain.model.context import Context
from lunarchain.pipeline.prices import price_table
from lunarchain.solve.arrays import Arrays
from lunarchain.solve.duals import marginal_model, shadow_prices
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import learning_terms
from tests.model.small import Plan, assemble, base_whole, inputs, whole


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The small case under a licence cap that binds."""
    return whole(inputs(policy={"launch_licences_per_yr": 4000}))


@pytest.fixture(scope="module")
def prices(plan: Plan) -> pd.DataFrame:
    return price_table(plan.context, plan.arrays, plan.terms, plan.values)[0]


def again(plan: Plan, changed: Arrays) -> float:
    """Cost of the linear program round the plan once it has been changed.

    The bounds on flights are worked out from the limits on them; they give way with the limits.
    """
    names = [column.parent_component().name for column in changed.columns]
    follows = np.isin(names, ["flights", "lifted_so_far"])
    wide = replace(changed, upper=np.where(follows, 2 * changed.upper, changed.upper))
    outcome = solve_lp(marginal_model(wide, plan.terms, plan.values), crossover=True)
    assert outcome.status == "optimal"
    return outcome.objective


def moved_row(arrays: Arrays, family: str, index: object, by: float) -> Arrays:
    k = next(
        n for n, (row, _) in enumerate(arrays.rows)
        if row.parent_component().name == family and row.index() == index
    )  # fmt: skip
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    lower[k] += by
    upper[k] += by
    return replace(arrays, row_lower=lower, row_upper=upper)


def test_a_licence_saves_what_its_price_says(plan: Plan, prices: pd.DataFrame) -> None:
    """The price of a licence in a year, against the cost with a hundredth of a licence a year more and less."""
    licences = prices[prices["limit"] == "launch licences"]
    assert len(licences) >= 3 and set(licences["price_unit"]) == {"USD/licence"}
    row = licences.iloc[len(licences) // 2]
    step, period = 0.01, int(row["period"])
    saved = (
        again(plan, moved_row(plan.arrays, "policy", ("licences", period), -step))
        - again(plan, moved_row(plan.arrays, "policy", ("licences", period), step))
    ) / (2 * step)  # fmt: skip
    calendar = plan.context.inputs.calendar
    years = np.exp(
        -calendar.discount_rate
        * (np.linspace(*calendar.edges[period : period + 2], 4001) - calendar.edges[0])
    )
    usd = saved / (years.mean() * calendar.lengths[period]) * 1e9
    assert row["price"] == pytest.approx(usd, rel=1e-3)
    assert row["worth_g_usd"] == pytest.approx(saved * row["amount"], rel=1e-3)
    assert row["amount"] == pytest.approx(4000)


@pytest.mark.parametrize(
    ("family", "unit", "per_g_usd"),
    [
        ("chip_supply", "USD/kW", 1e9 / 1e6),
        ("lift", "USD/t", 1e9 / 1e3),
        ("energy_balance", "USD/MWh", 1e9 / 1e3),
        ("demand_met", "USD/(kW*yr)", 1e9 / 1e6),
        ("commodity_balance", "USD/t", 1e9 / 1e3),
    ],
)
def test_prices_are_finite_differences_in_the_units_people_use(
    family: str, unit: str, per_g_usd: float
) -> None:
    plan = whole(inputs(policy={"chip_supply_cap_gw": 60})) if family == "chip_supply" else base_whole()
    table, _ = price_table(plan.context, plan.arrays, plan.terms, plan.values)
    found = table[table["family"] == family].sort_values("worth_g_usd", ascending=False)
    assert set(found["price_unit"]) == {unit}
    row = found.iloc[0]
    index = (*row["place"].split("|"), int(row["period"])) if row["place"] else int(row["period"])
    if family == "energy_balance":
        index = (index[0], index[2], index[1])  # type: ignore[index]
    step = 1e-4 * max(row["amount"], 1.0)
    differences = [
        (again(plan, moved_row(plan.arrays, family, index, sign * step)) - plan_cost(plan)) / (sign * step)
        for sign in (-1, 1)
    ]
    calendar = plan.context.inputs.calendar
    priced = [abs(d) / calendar.discounted_years(int(row["period"])) * per_g_usd for d in differences]
    # at a corner the two sides differ and the dual lies between them
    assert min(priced) * (1 - 1e-3) <= row["price"] <= max(priced) * (1 + 1e-3)


def plan_cost(plan: Plan) -> float:
    return again(plan, plan.arrays)


def test_the_duals_prove_the_cost_of_the_fixed_model(plan: Plan) -> None:
    """Strong duality: cost equals duals times right-hand sides plus reduced costs times bounds, added up by hand."""
    limits = np.zeros(len(plan.arrays.columns), dtype=bool)
    found = shadow_prices(plan.arrays, plan.terms, plan.values, limits)
    model = marginal_model(plan.arrays, plan.terms, plan.values)
    sides = np.where(np.isfinite(model.row_lower), model.row_lower, model.row_upper)
    at_bounds = found.columns * found.values
    assert float(found.rows @ sides + at_bounds.sum() + model.offset) == pytest.approx(
        found.objective, rel=1e-7
    )


def test_a_bound_that_only_repeats_rows_takes_no_price(prices: pd.DataFrame) -> None:
    """Flights are bounded by what growth and licences allow: the price is on those, never on the bound."""
    assert prices[(prices["family"] == "flights") & (prices["kind"] == "limit")].empty
    assert {"growth of launch cadence", "launch licences"} <= set(prices["limit"])


def test_what_learns_is_priced_at_the_margin_of_its_curve(plan: Plan, prices: pd.DataFrame) -> None:
    """Lift, satellite parts and bodies: one more unit costs the slope of the bill there."""
    rows = prices[prices["kind"] == "marginal"].set_index(["family", "period"])["price"]
    per_unit = {"lifted_so_far": 1e6, "parts_so_far": 1e6, "bodies_so_far": 1e3}  # G$/kt in USD/t, G$/GW in USD/kW
    for k, curve in zip(plan.terms.columns, plan.terms.curves, strict=True):
        column, bought = plan.arrays.columns[k], plan.values[k]
        family, index = column.parent_component().name, column.index()
        slope = (curve.cost(bought + 1e-3) - curve.cost(bought)) / 1e-3
        period = index[-1] if isinstance(index, tuple) else index
        assert rows[family, period] == pytest.approx(slope * per_unit[family], rel=1e-4)


def test_a_tiny_model_solved_by_hand() -> None:
    """One vehicle, one period, nothing on the Moon: the price of a grid connection is what a hall saves, by hand."""
    context, arrays = _earth_of_one_step()
    terms = learning_terms(arrays, context.model.learning)
    outcome = solve_lp(marginal_model(arrays, terms, np.zeros(len(arrays.columns))), crossover=True)
    assert outcome.values is not None
    table, _ = price_table(context, arrays, terms, outcome.values)
    row = table[table["limit"] == "grid connections on the ground"].iloc[0]
    number, calendar = context.inputs.number, context.inputs.calendar
    # a GW of halls a year built through twenty years stands, after its build time, for a mean of this many years
    lag, life = number("ground.build_time", "yr"), number("ground.life", "yr")
    years = np.linspace(0, 20, 2001)
    ages = years[None, :] - years[:, None]
    standing = float(((ages >= lag) & (ages < lag + life)).mean()) * 20
    compute = table[(table["family"] == "hall_limit")].iloc[0]["price"] / 1e3  # G$/GW-yr
    capital = number("ground.capex_facility", "GUSD/GW") * calendar.used_share(0, life)
    assert row["price_unit"] == "USD/kW"
    assert row["price"] / 1e3 == pytest.approx(standing * compute - capital, rel=5e-3)


def _earth_of_one_step() -> tuple[Context, Arrays]:
    calendar = {"start": 2036, "steps": [{"until": 2056, "years": 20}], "tail_periods": 0}
    context, arrays, _ = assemble(inputs(calendar=calendar, moon={"allowed": False}))
    return context, arrays
