"""Satellites: where they are built, how long they serve, how many fit."""

from __future__ import annotations

import math

import pytest

from lunarchain.model.context import ALL
from lunarchain.model.fleet import slots_gw

from .small import Plan, base, changed

CHEAP_LANDING = {"routes.lander_lh2_lox.lift": 1.5}


@pytest.fixture(scope="module")
def assembled() -> Plan:
    return changed(CHEAP_LANDING, moon={"orbital_yards": False})


def test_few_slots_empty_an_orbit() -> None:
    few = changed({"orbits.leo.slots": 1000.0})
    assert few.of("added", "leo") < 0.01 * base().of("added", "leo")
    assert few.of("hulls") > base().of("hulls")


def test_without_yards_whole_satellites_come_from_the_moon(assembled: Plan) -> None:
    assert assembled.of("shipped") > 0 and assembled.of("hulls") == pytest.approx(0, abs=1e-6)
    assert changed(CHEAP_LANDING).of("hulls") > 0


def test_chips_landed_cost_their_lift_so_assembly_stays_in_orbit() -> None:
    """At the lander's real lift the Moon makes hulls only: nothing whole is thrown."""
    assert base().of("shipped") == pytest.approx(0, abs=1e-6)
    assert base().of("added", "hybrid") > 0


def test_neither_yards_nor_assembly_leaves_the_moon_out() -> None:
    plan = changed(CHEAP_LANDING, moon={"orbital_yards": False, "assembly": False})
    assert plan.of("added", "moon") == plan.of("added", "hybrid") == 0
    assert plan.of("programme", rate=False) == pytest.approx(0, abs=1e-6)


def test_a_whole_satellite_is_thrown_at_its_own_mass(assembled: Plan) -> None:
    arcs = {arc.key: arc for arc in assembled.context.inputs.arcs if arc.payload_class == "satellite"}
    product = sum(assembled.of("thrown", *key) / arc.loaded for key, arc in arcs.items())
    assert product == pytest.approx(
        assembled.of("shipped") * assembled.context.inputs.pair.moon_mass_kt, rel=1e-6
    )


def test_what_failed_launches_carried_is_bought_again() -> None:
    """One launch in ten fails: chips and satellites cost 1/0.9 of what they would, and draw as much on chip supply."""
    risky, sure = (changed({"vehicles.starship.failure_probability": p}).context.ledgers for p in (0.1, 0.0))
    paid, due = (sorted(books.cost.terms("chips", 0)[0]) for books in (risky, sure))
    assert max(paid) / max(due) == pytest.approx(1 / 0.9)
    for ledger in ("chips", "bodies", "parts"):
        bought, flown = (max(getattr(books, ledger).terms(ALL, 0)[0]) for books in (risky, sure))
        assert bought / flown == pytest.approx(1 / 0.9)


def test_lunar_plant_lost_with_a_launch_is_bought_again() -> None:
    risky, sure = (changed({"vehicles.starship.failure_probability": p}).context.ledgers for p in (0.1, 0.0))
    for item in ("imported plant", "lunar power", "robots", "mass drivers", "orbital yards"):
        paid, due = (sorted(books.cost.terms(item, 0)[0]) for books in (risky, sure))
        assert paid[-1] / due[-1] == pytest.approx(1 / 0.9), item


def test_longer_life_needs_fewer_satellites() -> None:
    """Per GW-year served from orbit: satellites that last also win compute from the ground."""
    long, short = (
        p.of("added") / (p.of("served") - p.of("served", "ground"))
        for p in (changed({"compute.satellite_life": 10.0}), base())
    )
    assert long < 0.9 * short


def test_service_is_what_survives() -> None:
    """One orbit's stock in the last period, from survival of each vintage summed by brute force."""
    plan = base()
    number, calendar = plan.context.inputs.number, plan.context.inputs.calendar
    life = number("compute.satellite_life", "yr")
    rate = -math.log(
        (1 - number("compute.array_degradation", "1/yr")) * (1 - number("compute.gpu_failure", "1/yr"))
    )
    last, steps = calendar.count - 1, 400
    expected = 0.0
    for built in plan.context.periods:
        added = sum(plan.at("added", "eml2", k, built) for k in ("earth", "hybrid", "moon"))
        for i in range(steps):
            born = calendar.edges[built] + (i + 0.5) * calendar.lengths[built] / steps
            for j in range(steps):
                age = calendar.edges[last] + (j + 0.5) * calendar.lengths[last] / steps - born
                if 0 < age < life:
                    expected += added * calendar.lengths[built] * math.exp(-rate * age) / steps**2
    assert plan.at("in_service", "eml2", last) == pytest.approx(expected, rel=5e-3)


def test_slots_are_counted_at_the_level_asked_for() -> None:
    room = [
        slots_gw(changed(satellites={"slots": level}).context, "leo") for level in ("low", "nominal", "high")
    ]
    assert room == sorted(room) and room[0] < room[1] < room[2]


def test_failed_satellites_keep_their_slots() -> None:
    tight = {"orbits.leo.slots": 300000.0, "orbits.leo.debris_residence": 500.0}
    clean = changed({**tight, "orbits.leo.disposal_success": 1.0}, satellites={"orbits": ["leo"]})
    littered = changed({**tight, "orbits.leo.disposal_success": 0.2}, satellites={"orbits": ["leo"]})
    assert littered.of("added", "leo") < 0.9 * clean.of("added", "leo")


def test_heavy_yards_are_not_built() -> None:
    assert base().of("yard_added") > 0
    assert changed({"processes.P13.plant": 3.0}).of("yard_added") == pytest.approx(0, abs=1e-6)
