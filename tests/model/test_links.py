"""Links: relay capacity, its growth and price, terminals on every satellite."""

from __future__ import annotations

import pytest

from .small import base, changed


def test_a_poor_relay_network_keeps_talkative_work_on_the_ground() -> None:
    poor = changed({"links.relay_first": "low", "links.relay_growth": "low"})
    assert base().of("served", "leo", "interactive") > 0
    assert poor.of("served", "leo", "interactive") == pytest.approx(0, abs=1e-6)


def test_dear_relays_are_bought_less() -> None:
    assert changed({"links.relay_price": 0.5}).of("relay_added") < 0.8 * base().of("relay_added")


def test_slow_terminals_end_interactive_work_in_orbit() -> None:
    slow = changed({"links.terminal_rate": 1e-4})
    assert slow.of("served", "leo") == pytest.approx(0, abs=1e-6)
    assert slow.of("served", "eml2", "training") > 0  # training sends little


def test_traffic_fits_the_relays_standing() -> None:
    plan = base()
    number, calendar = plan.context.inputs.number, plan.context.inputs.calendar
    for t in plan.context.periods:
        sent = sum(
            plan.at("served", o, q, k) * number(f"services.{q}.traffic", "Tbit/s/GW")
            for o, q, k in plan.context.model.served
            if k == t and o != "ground"
        )
        weights = [calendar.stock(k, t, number("links.relay_life", "yr")) for k in range(t + 1)]
        relays = number("links.relay_first", "Tbit/s") + sum(
            w * plan.at("relay_added", k) for k, w in enumerate(weights)
        )
        assert sent <= number("links.ground_availability", "dimensionless") * relays * (1 + 1e-6)
