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
    goals,
    ground,
    growth,
    haulage,
    links,
    policy,
    power,
    settlement,
)
from lunarchain.model.context import Context, Inputs

# the order in which subsystems add their parts; what closes a subsystem needs what others posted before
STEPS = (
    earth_launch.add, factory.add, growth.add, power.add, departure.add, driver.add, fleet.add, haulage.add, ground.add,
    links.add, growth.close, settlement.add, departure.close, earth_launch.close, settlement.close, factory.close,
    power.close, fleet.close, ground.close, policy.add, goals.add, costs.close,
)  # fmt: skip


def build(inputs: Inputs) -> Context:
    """The whole model of a case. Without lunar sites the same code builds the plan without the Moon."""
    context = Context(inputs, pyo.ConcreteModel(name=inputs.scenario.title))
    with collector_paused():
        for step in STEPS:
            known = set(context.model.component_map())
            step(context)
            added = (name for name in context.model.component_map() if name not in known)
            context.subsystems.update(dict.fromkeys(added, step.__module__))
    return context


@contextmanager
def collector_paused() -> Iterator[None]:
    """Python's cycle collector off for a while: building makes millions of small objects that all stay alive."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
