"""Mass drivers: tracks, rate, windows, energy, wear."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from lunarchain.model.ledger import Ledger
from lunarchain.solve.highs import solve_lp
from lunarchain.solve.learning import with_chords

from .small import SETTINGS, Plan, assemble, base, changed, departures, inputs, relaxed


def test_a_driver_that_is_seldom_available_is_not_built() -> None:
    assert base().of("tracks_built", rate=False) > 0
    assert changed({"driver.operations.availability": 0.05}).of("tracks_built") == pytest.approx(0, abs=1e-6)


def test_a_closed_window_leaves_no_throw_and_a_narrow_one_less() -> None:
    shut = relaxed(inputs(departures(open_fraction=0.01)))
    assert shut.of("thrown", "eml2") < 0.05 * base().of("thrown", "eml2")
    assert relaxed(inputs(departures(open_fraction=0.0))).of("thrown") == 0


def test_a_wasteful_driver_draws_more_power_per_mass_thrown() -> None:
    wasteful = changed({"driver.efficiency.wall_to_kinetic": 0.05})
    per_mass = [p.of("power_added") / p.of("shot_mass") for p in (base(), wasteful)]
    assert per_mass[1] > per_mass[0]


def test_shots_stay_within_the_tracks_of_a_stand_all_directions_together() -> None:
    """Throughput of the tracks standing, from the sheet of each design, availability and slice share once each."""
    plan = both_ways()
    calendar = plan.context.inputs.calendar
    lit = plan.context.inputs.number("sites.mare_33e.lit_fraction", "dimensionless")
    busy = set()
    for stand, designs in plan.context.inputs.menu.items():
        directions = {"mare_33e_both": ("mare_33e_east", "mare_33e_west")}.get(stand, (stand,))
        for design in designs:
            for t in plan.context.periods:
                built = [
                    plan.at("tracks_built", stand, design.id, k) / calendar.lengths[k] for k in range(t + 1)
                ]
                standing = sum(
                    n * calendar.stock(k, t, design.life_yr, design.build_time_yr)
                    for k, n in enumerate(built)
                )
                for s, share in (("lit", lit), ("dark", 1 - lit)):
                    most = design.throughput_kt_per_yr * design.availability * share * standing
                    shots = [plan.at("shot_mass", j, design.id, t, s) for j in directions]
                    assert sum(shots) <= most * (1 + 1e-6) + 1e-5
                    if sum(shots) > 0.999 * most > 0:
                        busy.add((stand, sum(shot > 0.01 * most for shot in shots)))
    assert ("mare_33e_both", 2) in busy


@cache
def both_ways() -> Plan:
    """The small case with nothing but tracks that fire both ways, and something to throw in either."""
    given = inputs()
    context, arrays, terms = assemble(replace(given, menu={"mare_33e_both": given.menu["mare_33e_both"]}))
    lower = arrays.lower.copy()
    for k, column in enumerate(arrays.columns):
        west = column.parent_component().name == "thrown" and column.index()[0] == "mare_33e_west"
        lower[k] = 200.0 if west and column.index()[4] >= 4 else lower[k]
    prices = with_chords(
        replace(arrays, lower=lower), terms, np.zeros(len(terms.columns)), arrays.upper[terms.columns]
    )
    outcome = solve_lp(prices, crossover=True)
    assert outcome.status == "optimal" and outcome.values is not None
    return Plan(context, arrays, terms, outcome.values, outcome.objective, outcome.bound)


def test_two_way_tracks_are_offered_where_both_directions_are_open() -> None:
    def offered(**launcher: object) -> set[str]:
        return set(inputs(launcher={**SETTINGS["launcher"], **launcher}).menu)

    assert offered() == {"mare_33e_east", "mare_33e_west", "mare_33e_both"}
    assert offered(two_way=False) == {"mare_33e_east", "mare_33e_west"}
    assert offered(tracks=["mare_33e_east"]) == {"mare_33e_east"}
    fastest = max(arc.exit_speed_max_m_s for arc in inputs().arcs)
    assert {d.exit_speed_m_s for d in inputs().menu["mare_33e_both"]} == {fastest}


def test_launch_structure_flies_with_the_cargo() -> None:
    plan = base()
    designs = {d.id: d for designs in plan.context.inputs.menu.values() for d in designs}
    cargo = sum(
        plan.of("shot_mass", "mare_33e_east", name) / (1 + d.structure_fraction)
        for name, d in designs.items()
    )
    assert plan.of("thrown", "mare_33e_east") == pytest.approx(cargo, rel=1e-6)


def test_stators_are_vintages_in_shots() -> None:
    """The first stator comes with the track and lasts a number of shots; those shot beyond it take new ones."""
    plan = changed({"driver.operations.stator_life": 1e6})
    lengths, renewed_t = plan.context.inputs.calendar.lengths, 0.0
    for stand, designs in plan.context.inputs.menu.items():
        worn_t = brought_t = 0.0
        directions = ("mare_33e_east", "mare_33e_west") if stand == "mare_33e_both" else (stand,)
        for t in plan.context.periods:
            renewed_t += lengths[t] * plan.at("stators_renewed", stand, t)
            brought_t += lengths[t] * plan.at("stators_renewed", stand, t)
            for d in designs:
                brought_t += d.stator_mass_kt * 1e3 * plan.at("tracks_built", stand, d.id, t)
                shots = sum(
                    plan.at("shot_mass", j, d.id, t, s) * 1e3 / d.shot_mass_t
                    for j in directions
                    for s in ("lit", "dark")
                )
                worn_t += lengths[t] * shots / 1e6 * d.stator_mass_kt * 1e3
            assert worn_t <= brought_t * (1 + 1e-6) + 1e-3
    assert renewed_t > 0
    assert base().of("stators_renewed") < renewed_t


def test_a_renewed_stator_takes_wire_at_the_site_and_a_little_from_earth() -> None:
    context = base().context
    books, renewed = context.ledgers, context.model.stators_renewed["mare_33e_east", 1].number

    def posted(ledger: Ledger, key: Any) -> float:
        return sum(c for c, v in zip(*ledger.terms(key, 1), strict=True) if v == renewed)

    taken = {name: -posted(books.commodity, ("mare_33e", name)) for name in ("wire", "al_parts")}
    landed = posted(books.landed, ("mare_33e", "plant"))
    share = {name: context.inputs.number(f"driver.bill.stator.{name}", "") for name in (*taken, "imported")}
    assert {**taken, "imported": landed} == pytest.approx({name: 1e-3 * x for name, x in share.items()})


def test_failed_shots_are_lost_and_their_repairs_take_time() -> None:
    """At the reliability EMALS was asked for, repairs take most of the time of a fast launcher."""
    poor = {"driver.operations.shots_between_failures": 4166.0}
    given = inputs(data={**SETTINGS["data"], **poor})
    planned = given.number("driver.operations.availability", "")
    for d in (d for designs in given.menu.values() for d in designs):
        shooting_s = 4166 * d.interval_s
        assert d.availability == pytest.approx(min(planned, shooting_s / (shooting_s + 12 * 3600)))
    assert any(d.availability < planned for designs in given.menu.values() for d in designs)
    loss = {arc.key: arc.loss for arc in given.arcs}
    for arc in inputs().arcs:
        assert (1 - loss[arc.key]) / (1 - arc.loss) == pytest.approx((1 - 1 / 4166) / (1 - 1e-6))


def test_a_harder_throw_carries_more_trim_until_no_kit_is_enough() -> None:
    def spread(acceleration_g: float) -> dict[tuple[str, ...], float]:
        data = {
            **SETTINGS["data"],
            "driver.class.parts.acceleration_limit": acceleration_g,
            "driver.menu.parts.acceleration.2": acceleration_g,
        }
        parts = (a for a in inputs(data=data).arcs if a.payload_class == "parts")
        return {arc.key: arc.delta_v_m_s for arc in parts}

    gentle, hard = spread(100), spread(900)
    away = {"mare_33e_east": (350.0, 2340.0), "mare_33e_west": (0.0, 2460.0)}
    for (track, *rest), delta_v_m_s in gentle.items():
        burn, speed = away[track]
        assert delta_v_m_s - burn == pytest.approx(2.0 * 2500 / speed)
        assert hard[track, *rest] - burn == pytest.approx(3 * 2.0 * 2500 / speed)
    assert set(spread(90_000)) == set()


def test_bounds_on_tracks_never_bind() -> None:
    """They follow from the demand: no plan of the case comes near."""
    plan = base()
    built = plan.context.model.tracks_built
    for index in built:
        assert plan.at("tracks_built", *index) < 0.5 * built.upper_of(index)


# landing is nearly free here, so that landed chips leave a choice between the classes
CHEAP_LANDING = {
    f"routes.{route}.{what}": value
    for route in ("lander_lh2", "lander_lh2_lox")
    for what, value in (("lift", 1.3), ("price", 1.0))
}


@pytest.mark.parametrize(
    ("one_number", "chosen"), [({}, "parts"), ({"driver.class.parts.structure_per_g": 0.002}, "satellite")]
)
def test_one_number_flips_the_payload_class(one_number: dict[str, float], chosen: str) -> None:
    """Finished satellites thrown gently against kits thrown hard, in crates, and joined in orbit.

    The choice turns where crates weigh 0.0003 to 0.001 per g (a tie): a tenth to a third of the kit at 300 g.
    """
    plan = changed({**CHEAP_LANDING, **one_number})
    cargo = {name: plan.of("thrown", name) for name in ("satellite", "parts")}
    assert max(cargo, key=lambda name: cargo[name]) == chosen
    assert cargo[chosen] > 0
