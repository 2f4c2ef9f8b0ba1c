"""Build the model: subsystems in a fixed order, then the balances they share, then the objective."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pyomo.environ as pyo

from lunarchain.model import (
    costs,
    departure,
    driver,
    earth_launch,
    factory,
    fleet,
    ground,
    growth,
    haulage,
    links,
    policy,
    power,
    settlement,
)
from lunarchain.model.context import Context, Inputs


def build(inputs: Inputs) -> Context:
    """The whole model of a case. Without lunar sites the same code builds the plan without the Moon."""
    context = Context(inputs, pyo.ConcreteModel(name=inputs.scenario.title))
    with _collector_paused():
        earth_launch.add(context)
        factory.add(context)
        growth.add(context)
        power.add(context)
        departure.add(context)
        driver.add(context)
        fleet.add(context)
        haulage.add(context)
        ground.add(context)
        links.add(context)
        growth.close(context)
        settlement.add(context)
        departure.close(context)
        earth_launch.close(context)
        settlement.close(context)
        factory.close(context)
        power.close(context)
        fleet.close(context)
        ground.close(context)
        policy.add(context)
        costs.close(context)
    return context


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Building makes millions of small objects that all stay alive; collecting meanwhile only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
