"""Figures of merit of a small plan written by hand, against sums done on paper."""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.plan.growth import commissioning, doubling_time_yr, growth_figures
from lunarchain.plan.merit import deciding_facts, figures, kinds_of_facts
from lunarchain.plan.periods import Periods, periods
from lunarchain.plan.tables import LAYOUT, Tables, to_frame
from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.scenario.schema import Scenario

# Periods 2030-31, 2031-32, 2032-34, 2034-36 are reported; the last, 2036-41, is the tail.
SCENARIO = Scenario.model_validate(
    {
        "title": "by hand",
        "calendar": {
            "start": 2030,
            "steps": [{"until": 2032, "years": 1}, {"until": 2036, "years": 2}],
            "tail_periods": 1,
        },
        "demand": {"first_gw": 10, "growth": 0.0, "ceiling_gw": 50, "tiers": [1.0, 2.0]},
    }
)
PLAIN = {
    "economics.wacc_ground": 0.0,
    "routes.heo_tug.lift": 2.0,
    "routes.heo_self.lift": 3.0,
    "routes.heo_chemical.lift": 4.0,
    "routes.tug_electric_lox.lift": 5.0,
    "vehicles.starship.payload_leo": 100.0,
    "vehicles.starship.failure_probability": 0.0,
    "vehicles.starship.propellant_energy": 16.0,
    "orbits.heo.sun_fraction": 1.0,
    "orbits.leo.sun_fraction": 0.5,
    "compute.satellite_life": 5.0,
    "emissions.alumina_per_sat": 0.1,
    "emissions.starship.co2": 3000.0,
    "emissions.starship.black_carbon": 2.0,
    "power.fission.lit_output": 0.9,
    "power.fission.dark_output": 0.5,
    "sites.south_pole.lit_fraction": 0.75,
}

Row = tuple[int, str, str, str, float]
ROWS: dict[str, list[Row]] = {
    "satellites": [
        (0, "leo", "earth", "added", 2), (1, "leo", "earth", "added", 4), (2, "heo", "earth", "added", 10),
        (2, "heo", "hybrid", "added", 30), (3, "heo", "hybrid", "added", 60), (4, "heo", "hybrid", "added", 5000),
        (3, "heo", "all", "in service", 900),
    ],
    "ground": [(0, "ground", "chips", "added", 8), (0, "ground", "halls", "added", 99)],
    "compute": [
        (0, "heo", "batch", "served", 5), (1, "heo", "batch", "served", 10), (2, "heo", "batch", "served", 15),
        (2, "ground", "batch", "served", 5), (3, "heo", "batch", "served", 40), (3, "demand", "batch", "tier 0", 40),
    ],
    "costs": [
        *((t, "all", "chips", "charged", 27.0) for t in range(5)),
        *((t, "all", "relays", "charged", 13.5) for t in range(5)),
        (1, "batch", "value of compute not served", "tier 0", 7.0),
    ],
    "transport": [
        (2, "heo", "heo_tug", "satellite", 100), (2, "heo", "heo_tug", "parts", 90),
        (2, "south_pole", "tug_electric_lox", "plant", 10), (4, "south_pole", "tug_electric_lox", "plant", 1e6),
    ],
    "launches": [(t, "starship", "flights", "", flights) for t, flights in ((2, 40), (3, 100), (4, 900))],
    "power": [(2, "south_pole", "fission", "standing", 10), (3, "south_pole", "fission", "standing", 10)],
    "tracks": [
        (2, "mare_33e_east", "parts_100kg_300g_0.9s_2384", "built", 2),
        (4, "mare_33e_east", "parts_100kg_300g_0.9s_2384", "built", 1),
    ],
    "launchers": [
        *((3, stand, "parts_100kg_300g_0.9s_2384", "mean power", gw) for stand, gw in (("a", 0.2), ("b", 0.3))),
        (3, "a", "parts_100kg_300g_0.9s_2384", "stator heat", 0.09), (4, "a", "x", "stator heat", 7.0),
        (2, "a", "parts_100kg_300g_0.9s_2384", "shots", 2e7), (3, "a", "x", "shots", 1e7),
    ],
    "plant": [(1, "moon", "made so far", "", 1), (2, "moon", "made so far", "", 4), (3, "moon", "made so far", "", 16)],
}  # fmt: skip


def tables(rows: dict[str, list[Row]]) -> Tables:
    names = {layout.table for layout in LAYOUT.values()} | {"costs", "launchers"}
    return {name: to_frame([(*row, "") for row in rows.get(name, [])]) for name in names}


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load_facts().override(PLAIN)


@pytest.fixture(scope="module")
def found(facts: Facts) -> dict[str, object]:
    return figures(tables(ROWS), tables({"costs": ROWS["costs"][:5]}), SCENARIO, facts)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("discounted_cost_g_usd", 243.0),  # 40.5 a year for 6 reported years
        ("discounted_unserved_value_g_usd", 7.0),
        ("discounted_cost_g_usd_without_moon", 162.0),
        ("levelised_cost_usd_per_kw_yr", 1800.0),  # 243 G$ over 5 + 10 + 2 x 20 + 2 x 40 = 135 GW-yr
        ("levelised_cost_without_chips_usd_per_kw_yr", 600.0),
        ("gw_earth_built", 26.0),
        ("gw_hybrid", 180.0),
        ("gw_moon_built", 0.0),
        ("gw_ground", 8.0),
        ("best_rate_moon_made_gw_per_yr", 60.0),
        ("peak_flights_per_yr", 100.0),
        ("earth_lift_kt_per_gw", 2 * (190 * 2 + 10 * 5) / 206),
        ("share_of_demand_served", 135 / (6 * 20)),  # 10 GW wanted, twice that at the lowest price
        ("share_of_demand_served_final", 2.0),
        ("tracks_built", 2),
        ("peak_driver_power_gw", 0.5),
        ("peak_driver_heat_gw", 0.09),
        ("peak_driver_shots_per_yr", 2e7),
        ("peak_lunar_power_gw", 8.0),  # 10 GW x (0.9 x 3/4 + 0.5 x 1/4)
        ("moon_paid_more_g_usd", 243.0 - 162.0),
        ("moon_served_more_g_usd", -7.0),  # the plan without the Moon leaves nothing unserved here
        ("moon_served_more_usd_per_kw_yr", -7e3 / 135),
        ("decision_value_reported_g_usd", -7.0 - 81.0),
        ("best_rate_satellites_over_a_life_gw_per_yr", (4 + 2 * 40 + 2 * 60) / 5),  # the last five years
        ("peak_flights_over_a_life_per_yr", (2 * 40 + 2 * 100) / 5),
        ("peak_co2_mt_per_yr", 0.3),
        ("peak_co2_mt_over_a_life_per_yr", 0.3 * 56 / 100),
        ("peak_black_carbon_kt_per_yr", 0.2),
        (
            "lunar_plant_doubling_time_yr",
            3.5 / 4,
        ),  # four doublings from the middle of 2031 to that of 2034-36
    ],
)
def test_figure_equals_the_sum_done_by_hand(found: dict[str, object], name: str, expected: float) -> None:
    assert found[name] == pytest.approx(expected, rel=1e-12)


def test_years_are_those_in_which_periods_begin(found: dict[str, object]) -> None:
    assert found["first_year_moon_gives_1_gw_per_yr"] == 2032
    assert found["first_year_moon_gives_most"] == 2032  # 30 of 40 GW/yr
    assert found["best_rate_satellites_year"] == 2034
    assert found["peak_flights_year"] == 2034


def test_a_terawatt_in_the_tail_does_not_count(found: dict[str, object]) -> None:
    assert found["first_year_1_tw_per_yr_satellites"] is None
    assert found["first_year_100_gw_per_yr_satellites"] is None
    assert found["first_year_1_tw_per_yr_moon_made"] is None


def test_a_terawatt_of_earth_built_satellites_is_not_moon_made(facts: Facts) -> None:
    rows = ROWS | {"satellites": [(2, "heo", "earth", "added", 1000), (3, "heo", "hybrid", "added", 999)]}
    found = figures(tables(rows), tables(rows), SCENARIO, facts)
    assert found["first_year_1_tw_per_yr_satellites"] == found["first_year_100_gw_per_yr_satellites"] == 2032
    assert found["first_year_1_tw_per_yr_moon_made"] is None


def test_metzger_ratios_and_import_share(found: dict[str, object]) -> None:
    # the claim pair: 10 kt/GW either way, 2.8 of them imported, so 7.2 made on the Moon
    landed, parts, lunar = 2 * 10, 2 * 90, 180 * 7.2
    assert found["metzger_phi"] == pytest.approx(lunar / landed, rel=1e-9)
    assert found["metzger_g"] == pytest.approx(5 / 2, rel=1e-9)  # lunar kilograms replace Earth's one for one
    assert found["import_share_moon_made"] == pytest.approx(
        (landed + parts) / (landed + parts + lunar), rel=1e-9
    )


def test_energy_payback(found: dict[str, object]) -> None:
    per_kt = 16 / 0.1  # GWh of methane per kt in low orbit
    earth_gwh, sunlit_gw = 2 * 200 * per_kt, 6 * 0.5 + 20
    assert found["energy_payback_earth_built_d"] == pytest.approx(earth_gwh / sunlit_gw / 24, rel=1e-9)
    lunar_gwh = 4 * 8 * 8766 + 2 * (90 * 2 + 10 * 5) * per_kt
    assert found["energy_payback_moon_made_d"] == pytest.approx(lunar_gwh / 180 / 24, rel=1e-9)


def test_alumina_falls_in_the_year_after_the_life_ends(found: dict[str, object]) -> None:
    # 2 GW/yr of 2030 end their life through 2035 and burn up through 2036: in 2034-36 a mean of 0.5 GW/yr
    assert found["peak_alumina_kt_per_yr"] == pytest.approx(0.5 * 10 * 0.1, rel=1e-9)


def test_kardashev_index_of_the_final_fleet(found: dict[str, object]) -> None:
    assert found["kardashev_index_final_fleet"] == pytest.approx((10 + np.log10(4) - 6) / 10, rel=1e-12)
    # present use alone is the published 0.729; 40 GW more hardly move it
    assert 0.729 < float(str(found["kardashev_index_with_world_use"])) < 0.7291


def test_discounting_is_continuous_through_a_period(facts: Facts) -> None:
    rate = 0.1
    discounted = figures(tables(ROWS), tables({}), SCENARIO, facts.override({"economics.wacc_ground": rate}))
    integral = (1 - np.exp(-rate * 6)) / rate
    assert discounted["discounted_cost_g_usd"] == pytest.approx(40.5 * integral, rel=1e-12)


def test_a_plan_of_nothing_has_figures_without_meaning(facts: Facts) -> None:
    found = figures(tables({}), tables({}), SCENARIO, facts)
    nameless = [name for name, value in found.items() if value is None]
    assert {
        "levelised_cost_usd_per_kw_yr", "earth_lift_kt_per_gw", "metzger_g", "kardashev_index_final_fleet",
        "lunar_plant_doubling_time_yr", "lunar_plant_growth_from", "lunar_plant_growth_held_by_commissioning",
        "energy_payback_moon_made_d", "best_rate_satellites_year",
    } <= set(nameless)  # fmt: skip
    assert found["gw_ground"] == 0


def test_average_stock_agrees_with_a_fine_sum() -> None:
    span = Periods((0.0, 1.0, 3.0, 4.5, 6.0), 4, 0.0)
    built, life, lag, step = np.array([3.0, 0.0, 2.0, 5.0]), 1.7, 0.4, 1e-3
    instants = np.arange(0, 6, step) + step / 2
    rates = built[np.searchsorted(span.edges, instants, side="right") - 1]
    ages = instants[:, None] - instants[None, :]
    stock = ((ages >= lag) & (ages < lag + life)) @ rates * step
    sampled = [
        stock[(instants >= a) & (instants < b)].mean()
        for a, b in zip(span.edges, span.edges[1:], strict=False)
    ]
    assert span.average_stock(built, life, lag) == pytest.approx(sampled, abs=5e-3)


def test_periods_follow_the_steps_and_the_tail(facts: Facts) -> None:
    span = periods(SCENARIO, facts)
    assert span.edges == (2030, 2031, 2032, 2034, 2036, 2041)
    assert list(span.lengths) == [1, 1, 2, 2]


def test_doubling_time_of_a_shrinking_stock_is_unknown() -> None:
    assert doubling_time_yr(np.array([4.0, 2.0, 1.0]), Periods((0.0, 1.0, 2.0, 3.0), 3, 0.0)) is None


def test_kinds_count_only_what_decides(facts: Facts) -> None:
    ids = deciding_facts(SCENARIO, facts)
    assert sum(int(str(count)) for count in kinds_of_facts(SCENARIO, facts).values()) == len(ids)
    assert "routes.heo_tug.lift" in ids
    assert not any(
        key.startswith(("claims.", "benchmark_", "satellites.nominal", "closure.published")) for key in ids
    )


def test_rows_of_other_tables_do_not_leak(facts: Facts, found: dict[str, object]) -> None:
    more = ROWS | {
        "activity": [(2, "south_pole", "P01", "lit", 1e4)],
        "imports": [(2, "south_pole", "imp_pv", "", 9.0)],
    }
    assert figures(tables(more), tables({"costs": ROWS["costs"][:5]}), SCENARIO, facts) == found


def test_commissioning_holds_when_kits_reach_the_ramp(facts: Facts) -> None:
    """Structure of the crude grade alone, at the ramp in the first period and below it in the second."""
    span = periods(SCENARIO, facts)
    seed = facts.number("operations.commissioning_seed", "kt/yr")
    crude = facts.number("closure.grade.crude.crudeness", "dimensionless")
    made = seed / crude
    rows = {"plant": [(0, "s", "structure", "crude", made), (1, "s", "structure", "crude", made)]}
    limit = commissioning(tables(rows), span, facts)
    growth = 1 + facts.number("operations.commissioning_rate", "1/yr")
    assert limit.used[:2] == pytest.approx([seed, seed])
    assert limit.allowed[:2] == pytest.approx([seed, seed + growth * seed])
    assert list(limit.binds[:2]) == [True, False]


def test_what_held_growth_is_counted_by_years(facts: Facts) -> None:
    span = periods(SCENARIO, facts)
    seed = facts.number("operations.commissioning_seed", "kt/yr")
    crude = facts.number("closure.grade.crude.crudeness", "dimensionless")
    stock = [(t, "moon", "made so far", "", 2.0**t) for t in range(4)]
    kits = [(0, "s", "structure", "crude", seed / crude), (2, "s", "structure", "crude", seed / crude / 10)]
    found = growth_figures(tables({"plant": [*stock, *kits]}), span, facts)
    assert (found["lunar_plant_growth_from"], found["lunar_plant_growth_to"]) == (2030, 2034)
    # of the four years before 2034, in 2030 alone the ramp is reached
    assert found["lunar_plant_growth_held_by_commissioning"] == pytest.approx(1 / 4)
    assert found["lunar_plant_growth_held_by_experience"] == 0
