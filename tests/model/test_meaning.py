"""What rows and columns mean: every family says it, and the price of one unit undoes discount and length."""

from __future__ import annotations

import math

import pytest

from lunarchain.model.algebra import Columns, Constraint, Model, Rows
from lunarchain.model.build import build
from lunarchain.model.calendar import make_calendar
from lunarchain.model.context import Context
from lunarchain.model.inputs import without_moon
from lunarchain.model.meaning import DEFINITION, LIMIT, PRICE, QUANTITY, meaning, period_of, place_of
from lunarchain.pipeline.change import is_setting
from lunarchain.scenario.schema import Calendar, Step

from .small import inputs

CAPS = {
    "launch_licences_per_yr": 100, "black_carbon_cap_kt": 1, "launch_co2_cap_mt": 9, "alumina_cap_kt": 1,
    "moon_chip_export_cap_kt": 1, "moon_import_cap_kt": 9, "lunar_mining_cap_mt": 9,
}  # fmt: skip


@pytest.fixture(scope="module")
def everything() -> Context:
    """A model with every family of rows there is."""
    moon = {
        "sites": ["south_pole", "mare_33e"],
        "haulage": ["rover", "rail"],
        "power": [],
        "import_caps_kt": {"imp_battery": 9},
    }
    return build(inputs(moon=moon, policy=CAPS, launcher={"payload_classes": ["satellite", "parts", "bulk"]}))


def test_every_family_of_rows_and_columns_says_what_it_means(everything: Context) -> None:
    families = [*everything.model.columns, *everything.model.rows]
    assert len(families) > 70
    for family in families:
        for index in family:
            found = meaning(family, index)
            assert found.words and found.unit and found.price_unit.startswith(("USD/", "GUSD/"))
            assert found.kind in ((QUANTITY,) if isinstance(family, Columns) else (LIMIT, PRICE, DEFINITION))
            parts = index if isinstance(index, tuple) else (index,)
            assert period_of(index) is not None and len(place_of(index)) == len(parts) - 1


def test_what_sets_a_limit_and_what_it_is_priced_at_are_there(everything: Context) -> None:
    """Keys name settings of the scenario or facts; a price is one of a unit (and year) of its row."""
    facts, found = everything.inputs.facts, set()
    for family in (*everything.model.columns, *everything.model.rows):
        for index in family:
            says = meaning(family, index)
            found |= set(says.set_by)
            assert all(is_setting(key) or key in facts for key in says.set_by), says
            if says.priced_at:
                assert facts.number(says.priced_at, f"GUSD/({says.unit})/yr") > 0
    assert {"policy.launch_licences_per_yr", "vehicles.starship.cadence_growth", "ground.grid_first"} <= found


def test_every_family_knows_the_subsystem_that_wrote_it(everything: Context) -> None:
    names = {family.name for family in (*everything.model.columns, *everything.model.rows)}
    assert names <= set(everything.subsystems)
    assert everything.subsystems["cadence_growth"] == "lunarchain.model.earth_launch"
    assert everything.subsystems["commodity_balance"] == "lunarchain.model.factory"
    assert set(build(without_moon(inputs())).subsystems) <= set(everything.subsystems)


def family(doc: str) -> Rows:
    return Rows("family", Constraint([], lambda *_: None, doc), Model())


def test_a_price_is_in_the_money_of_its_period() -> None:
    """One more kilotonne a year for three years from year four on, at 8 %: re-added by hand."""
    given = Calendar(start=2030, steps=(Step(until=2034, years=4), Step(until=2037, years=3)), tail_periods=0)
    calendar, rate = make_calendar(given, 0.08), 0.08
    years = sum(math.exp(-rate * (4 + (k + 0.5) / 1000)) for k in range(3000)) / 1000
    found = meaning(family("limit: lift [kt/yr]"), 1)
    assert found.price_unit == "USD/t"
    assert found.price(2.0, calendar, 1) == pytest.approx(2.0 / years * 1e9 / 1e3, rel=1e-6)
    once = meaning(family("definition: lift adds up [kt, once]"), 1)
    assert once.price(2.0, calendar, 1) == pytest.approx(2.0 / (years / 3) * 1e9 / 1e3, rel=1e-6)


def test_a_family_that_does_not_say_what_it_means_is_refused() -> None:
    with pytest.raises(ValueError, match="kind: words"):
        meaning(family("lift"), 1)
