"""Traps of growth and mass: explosive growth, free insertion, mixed pairs, closure given by the calendar."""

from __future__ import annotations

import math

import pytest

from lunarchain.errors import InputError
from lunarchain.industry.satellites import pair
from lunarchain.model.arcs import Arc
from lunarchain.model.inputs import without_moon
from lunarchain.scenario.facts import load_facts

from .small import Plan, base, changed, departures, inputs, relaxed

GRAVITY_M_S2 = 9.80665  # standard gravity, by definition


def plant_made(plan: Plan) -> float:
    return max(plan.at("lunar_plant_made", t) for t in plan.context.periods)


@pytest.fixture(scope="module")
def slow() -> Plan:
    return changed({"operations.commissioning_rate": "low", "operations.commissioning_seed": 0.5})


def test_trap_4_explosive_growth_commissioning_binds(slow: Plan) -> None:
    assert plant_made(slow) < 0.2 * plant_made(base())
    assert 0 < slow.of("hulls") < 0.5 * base().of("hulls")


def test_trap_4_explosive_growth_commissioning_row_is_tight_while_it_grows(slow: Plan) -> None:
    arrays = slow.arrays
    rows = [k for k, (row, _) in enumerate(arrays.rows) if row.parent_component().name == "commissioning"]
    room = (arrays.row_upper - arrays.matrix @ slow.values)[rows]
    assert min(room) > -1e-4
    assert sum(abs(slack) < 1e-4 for slack in room) >= 2


def test_trap_4_explosive_growth_imports_bind() -> None:
    plan = changed(policy={"moon_import_cap_kt": 5.0})
    lengths = plan.context.inputs.calendar.lengths
    for t in plan.context.periods:
        assert plan.of("carried", "moon", t) <= 5.0 * lengths[t] * (1 + 1e-6)
    assert max(plan.of("carried", "moon", t) / lengths[t] for t in plan.context.periods) > 4.99
    assert 0 < plan.of("hulls") < 0.5 * base().of("hulls")


def test_trap_4_explosive_growth_robots_bind() -> None:
    """Robots that handle less cost some of the plan, robots that handle next to nothing all of it."""
    assert 0 < changed({"labour.handled_per_robot": 2.5}).of("hulls") < base().of("hulls")
    assert changed({"labour.handled_per_robot": 0.05}).of("hulls") == pytest.approx(0, abs=1e-6)


def test_trap_4_explosive_growth_site_power_binds() -> None:
    """Land for two GW of arrays and no reactors: no more than what that much power makes."""
    plan = changed({"power.day_pv.land": 2.0, "power.fission.imported_mass_earth": 1e4})
    lit = plan.context.inputs.number("power.day_pv.lit_output", "dimensionless")
    lit *= plan.context.inputs.number("sites.mare_33e.lit_fraction", "dimensionless")
    standing = [plan.at("power", "mare_33e", "day_pv", t) for t in plan.context.periods]
    assert max(standing) <= 2.0 / lit * (1 + 1e-6)
    assert plan.of("hulls") < 0.5 * base().of("hulls")


HARDEST_G = {
    "satellite": 30,
    "parts": 300,
}  # errors, and with them trims, go with the root of the acceleration


def staged(arc: Arc) -> float:
    """Mass before over mass after the burn, shell shed with neither: what the rocket equation speaks of."""
    after = 1 + arc.shell + arc.stage
    return arc.loaded / after


@pytest.mark.parametrize("delta_v", [0.0, 400.0, 1500.0, 3000.0])
@pytest.mark.parametrize("mode", ["propulsive", "aerobrake", "electric"])
def test_trap_5_free_insertion_every_burn_obeys_the_rocket_equation(delta_v: float, mode: str) -> None:
    given = inputs(departures(delta_v_m_s=delta_v, mode=mode))
    assert given.arcs
    speed = (
        given.number("kick_stage.electric_isp" if mode == "electric" else "kick_stage.isp", "s")
        * GRAVITY_M_S2
    )
    for arc in given.arcs:
        trim = 2.0 * math.sqrt(HARDEST_G[arc.payload_class] / 100) * max(1, 2500 / arc.exit_speed_m_s)
        assert math.log(staged(arc)) * speed == pytest.approx(delta_v + trim, rel=1e-9)
        assert arc.oxygen + arc.fuel == pytest.approx(arc.loaded - 1 - arc.shell - arc.stage, rel=1e-9)


def test_trap_5_free_insertion_delivered_mass_falls_as_the_burn_grows() -> None:
    """Thrown mass per delivered hull in solved plans: their ratio is that of the loaded masses, worked by hand."""
    ratio = []
    for delta_v in (100.0, 600.0):
        plan = relaxed(inputs(departures(delta_v_m_s=delta_v), launcher={"payload_classes": ["parts"]}))
        assert plan.of("hulls") > 0
        ratio.append(plan.of("thrown") / plan.of("hulls"))
    facts = load_facts()
    speed = facts.number("kick_stage.isp", "s") * GRAVITY_M_S2
    dry = facts.number("kick_stage.dry_share", "dimensionless")
    loaded = []
    for delta_v in (105.0, 605.0):
        burnt = 1 - math.exp(-delta_v / speed)  # propellant over loaded mass
        loaded.append(1 / (1 - (1 + dry) * burnt))
    assert ratio[1] / ratio[0] == pytest.approx(loaded[1] / loaded[0], rel=0.01)


def test_trap_5_free_insertion_a_burn_no_stage_can_make_is_no_arc() -> None:
    assert not inputs(departures(delta_v_m_s=9000.0)).arcs


def test_trap_13_pairs_cannot_be_mixed() -> None:
    with pytest.raises(InputError, match="one design philosophy"):
        pair(load_facts(), "claim", moon="nominal")


def test_trap_13_pairs_are_one_choice_for_both_arms() -> None:
    given = inputs(satellites={"pair": "nominal"})
    assert given.pair.name == "nominal" and without_moon(given).pair is given.pair
    assert given.pair.earth_mass_kt != inputs().pair.earth_mass_kt


def test_trap_14_closure_is_bought_no_experience_no_better_grade() -> None:
    """Without learning by making, every part stays crude, however late the years are."""
    never = {"closure.grade.improved.experience": 0.0, "closure.grade.mature.experience": 0.0}
    plan = changed(
        {**never, "prices.plant": 10.0, "routes.lander_lh2_lox.lift": 1.0, "routes.lander_lh2.lift": 1.0}
    )
    assert plan.of("structure", "crude") + plan.of("precision", "crude") > 0
    for grade in ("improved", "mature"):
        assert plan.of("structure", grade) + plan.of("precision", grade) == pytest.approx(0, abs=1e-6)


def test_trap_14_closure_is_bought_not_given_by_the_calendar() -> None:
    """The same decade sixteen years later, with nothing that grows by the calendar, makes the same plan."""
    still = {
        "compute.chip_supply_growth": 0.0, "ground.grid_growth": 0.0,
        "routes.lander_lh2_lox.available_from": 2030.0, "routes.lander_lh2.available_from": 2030.0,
        "routes.eml2_tug.available_from": 2030.0, "compute.chip_supply_first": 400.0,
    }  # fmt: skip
    early, late = (
        changed(still, calendar={"start": start, "steps": [{"until": start + 20, "years": 4}]})
        for start in (2036, 2052)
    )
    assert early.of("structure", "mature") > 0
    assert late.objective == pytest.approx(early.objective, rel=1e-9)
    for grade in ("crude", "improved", "mature"):
        assert late.of("structure", grade) == pytest.approx(early.of("structure", grade), rel=1e-4, abs=1e-3)


def test_trap_14_closure_grades_serve_no_more_than_what_was_made_allows() -> None:
    plan = base()
    for grade in ("improved", "mature"):
        rate = plan.context.inputs.number(f"closure.grade.{grade}.experience", "1/yr")
        for t in plan.context.periods:
            served = plan.at("structure", "mare_33e", grade, t) + plan.at("precision", "mare_33e", grade, t)
            assert served <= rate * plan.at("lunar_plant_made", t) * (1 + 1e-6) + 1e-5


def test_trap_14_earliest_landing_is_data() -> None:
    def first_landing_yr(plan: Plan) -> float:
        landing = [key for key in plan.keys("carried") if key[1] == "moon"]
        return min(plan.context.inputs.calendar.midpoint(key[-1]) for key in landing)

    assert first_landing_yr(base()) < 2045
    assert first_landing_yr(changed({"sites.mare_33e.earliest_landing": 2045.0})) >= 2045
