"""Policy levers: each one, switched on, changes the plan; switched off, leaves no row."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lunarchain.errors import InputError
from lunarchain.paths import shipped
from lunarchain.scenario.facts import load_facts
from lunarchain.scenario.load import load

from .small import Plan, base, changed

FLIGHTS = {"launch_licences_per_yr": 500, "black_carbon_cap_kt": 1, "launch_co2_cap_mt": 1}
LEVERS: list[tuple[str, float, Callable[[Plan], float], float]] = [
    ("launch_licences_per_yr", 500, lambda p: p.of("flights"), 0.05),
    ("black_carbon_cap_kt", 1, lambda p: p.of("flights"), 0.05),
    ("launch_co2_cap_mt", 1, lambda p: p.of("flights"), 0.05),
    ("launch_co2_price_usd_t", 1e4, lambda p: p.of("flights"), 0.98),
    ("alumina_cap_kt", 1, lambda p: p.of("added", "leo"), 0.2),
    ("moon_import_cap_kt", 1, lambda p: p.of("carried", "moon"), 0.05),
    ("lunar_mining_cap_mt", 0.1, lambda p: p.of("activity", "P01"), 0.05),
    ("ground_grid_cap_gw", 0, lambda p: p.of("served", "ground"), 1e-6),
    ("ground_carbon_price_usd_t", 3000, lambda p: p.of("served", "ground"), 0.7),
    ("ozone_loss_cap_percent", 0.01, lambda p: p.of("flights"), 0.05),
    ("moon_export_cap_kt", 1, lambda p: p.of("thrown"), 0.05),
    ("chip_supply_cap_gw", 5, lambda p: p.of("added"), 0.05),
    ("launch_nox_price_usd_t", 2e6, lambda p: p.of("flights"), 0.98),
    ("launch_h2o_price_usd_t", 2e4, lambda p: p.of("flights"), 0.98),
    ("lunar_nuclear_from", 2100, lambda p: p.of("power_added", "fission"), 1e-6),
    ("lunar_nuclear", False, lambda p: p.of("power_added", "fission"), 1e-6),
]


@pytest.mark.parametrize(
    ("lever", "level", "measure", "share_left"), LEVERS, ids=[lever[0] for lever in LEVERS]
)
def test_each_lever_flips_the_plan(
    lever: str, level: float, measure: Callable[[Plan], float], share_left: float
) -> None:
    free = measure(base())
    assert free > 0
    assert measure(changed(policy={lever: level})) <= share_left * free + 1e-4


def test_a_ban_on_chip_exports_ends_assembly_on_the_moon() -> None:
    cheap = {"routes.lander_lh2_lox.lift": 1.5}
    free, banned = (
        changed(cheap, moon={"orbital_yards": False}, policy=p) for p in ({}, {"moon_chip_export_cap_kt": 0})
    )
    assert free.of("shipped") > 0
    assert banned.of("shipped") == pytest.approx(0, abs=1e-6)


def test_reactors_wait_for_their_year_and_are_worth_having_then() -> None:
    """From 2044 on: none in the periods of 2036-44, some later; with the year past, as with no lever at all."""
    late = changed(policy={"lunar_nuclear_from": 2044})
    early, later = (sum(late.of("power_added", "fission", t) for t in span) for span in ((0, 1), (2, 3, 4)))
    assert early == pytest.approx(0, abs=1e-9) and later > 0
    assert changed(policy={"lunar_nuclear_from": 2030}).objective == pytest.approx(base().objective, rel=1e-9)
    assert late.objective > base().objective


@pytest.mark.parametrize(
    ("lever", "what", "item"),
    [("launch_nox_price_usd_t", "nox_reentry", "launch nitrogen oxides price"),
     ("launch_h2o_price_usd_t", "h2o", "launch water price")],
)  # fmt: skip
def test_other_emissions_are_charged_per_tonne(lever: str, what: str, item: str) -> None:
    context = changed(policy={lever: 50}).context
    tonnes = context.inputs.number(f"emissions.starship.{what}", "t/flight")
    assert context.ledgers.cost.terms(item, 0)[0] == pytest.approx([50 * tonnes * 1e-9], rel=1e-9)


def test_a_subsidy_lowers_the_cost_by_no_more_than_itself() -> None:
    """100 USD on every kilogram lifted: the plan is cheaper, by at most what all its own lift would collect."""
    paid = changed(policy={"launch_subsidy_usd_kg": 100})
    most = (
        paid.of("flights")
        * paid.context.inputs.number("vehicles.starship.payload_leo", "kg/flight")
        * 100
        * 1e-9
    )
    assert 0 < base().objective - paid.objective < most


def test_a_tax_credit_returns_its_share_of_what_assets_cost_and_nothing_else() -> None:
    """Coefficients of cost, item by item: assets 30 % cheaper, running costs as they were."""
    paid, free = (changed(policy=p).context.ledgers.cost for p in ({"investment_tax_credit": 0.3}, {}))
    for item, left in (("ground halls", 0.7), ("ground operation", 1.0)):
        for t in range(2):
            found = [a / b for a, b in zip(paid.terms(item, t)[0], free.terms(item, t)[0], strict=True)]
            assert found == pytest.approx([left] * len(found))


@pytest.mark.parametrize("overlay", sorted(p.stem for p in (shipped("models") / "policies").glob("*.toml")))
def test_every_shipped_overlay_says_what_it_does_and_changes_a_case(overlay: str) -> None:
    plain, with_it = load("02_crossover"), load("02_crossover", overlays=[f"policies/{overlay}"])
    assert with_it.content_hash != plain.content_hash
    text = (shipped("models") / "policies" / f"{overlay}.toml").read_text()
    assert text.startswith("# ") and text.splitlines()[0].endswith(".")


def test_licences_of_sites_add_up_and_multiply() -> None:
    sites = ["policy.licensed_sites=['starbase', 'slc37']", "policy.licence_multiple=2"]
    number = load_facts().number
    wanted = 2 * sum(number(f"policy.licences.{s}", "flight/yr") for s in ("starbase", "slc37"))
    assert load("01_earth_only", sites).scenario.policy.launch_licences_per_yr == wanted


def test_a_site_without_a_licence_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'starbase'"):
        load("01_earth_only", ["policy.licensed_sites=['starbas']"])


def test_an_absent_lever_leaves_no_row() -> None:
    assert len(base().context.model.policy) == 0
    assert len(changed(policy={"moon_import_cap_kt": 1e3}).context.model.policy) == len(
        base().context.periods
    )


@pytest.mark.parametrize(("lever", "level"), FLIGHTS.items())
def test_a_cap_holds_in_every_year(lever: str, level: float) -> None:
    """Tonnes per flight times flights, by hand, against the cap in its own unit."""
    plan = changed(policy={lever: level})
    number = plan.context.inputs.number
    per_flight = {
        "launch_licences_per_yr": 1.0,
        "black_carbon_cap_kt": number("emissions.starship.black_carbon", "t/flight") / 1e3,
        "launch_co2_cap_mt": number("emissions.starship.co2", "t/flight") / 1e6,
    }[lever]
    yearly = [plan.at("flights", "starship", t) * per_flight for t in plan.context.periods]
    assert max(yearly) == pytest.approx(level, rel=1e-6)


def test_launch_carbon_is_charged_per_tonne() -> None:
    """100 USD/t on the tonnes of one flight, in G$."""
    context = changed(policy={"launch_co2_price_usd_t": 100}).context
    coefficients, variables = context.ledgers.cost.terms("launch carbon price", 0)
    tonnes = context.inputs.number("emissions.starship.co2", "t/flight")
    assert variables == [context.model.flights["starship", 0].number]
    assert coefficients == pytest.approx([100 * tonnes * 1e-9], rel=1e-9)


def test_ground_carbon_is_charged_per_tonne() -> None:
    """100 USD/t on a GW of halls for a year, in G$."""
    dear, free = (changed(policy=p).context for p in ({"ground_carbon_price_usd_t": 100}, {}))
    price = [c.ledgers.cost.terms("ground operation", 0)[0][0] for c in (dear, free)]
    number = free.inputs.number
    kwh = 1e6 * 8766 * number("ground.pue", "dimensionless")
    tonnes = kwh * number("ground.carbon", "kg/kWh") / 1e3
    assert price[0] - price[1] == pytest.approx(100 * tonnes * 1e-9, rel=1e-9)
