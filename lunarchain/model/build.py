"""Build the model: subsystems in a fixed order, then the balances they share, then the objective."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from lunarchain.model import (
    clusters,
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
    satellite_prices,
    settlement,
)
from lunarchain.model.algebra import Model
from lunarchain.model.context import Context, Inputs

# the order in which subsystems add their parts; what closes a subsystem needs what others posted before
STEPS = (
    earth_launch.add, factory.add, growth.add, power.add, departure.add, driver.add, fleet.add, haulage.add, ground.add,
    clusters.add, links.add, growth.close, settlement.add, departure.close, earth_launch.close, settlement.close,
    satellite_prices.close, factory.close, power.close, fleet.close, ground.close, policy.add, goals.add, costs.close,
)  # fmt: skip


def build(inputs: Inputs) -> Context:
    """The whole model of a case as numbers. Without lunar sites the same code builds the plan without the Moon."""
    return _declared(inputs, Model(inputs.scenario.title, inputs.calendar.count))


def build_pyomo(inputs: Inputs) -> Context:
    """The same declarations as a Pyomo model, ``context.model``: to read, to extend, to compare."""
    from lunarchain.model.symbolic import Symbolic  # Pyomo is heavy, and only this needs it

    symbolic = Symbolic(inputs.scenario.title, inputs.calendar.count)
    context = _declared(inputs, symbolic)
    return replace(context, model=symbolic.pyomo)


def _declared(inputs: Inputs, model: Any) -> Context:
    context = Context(inputs, model)
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
            if not gc.get_freeze_count():
                # straight to the oldest generation, instead of being looked at twice on the way there
                gc.freeze()
                gc.unfreeze()
            gc.enable()
