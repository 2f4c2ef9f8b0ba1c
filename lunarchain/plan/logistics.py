"""A logistics plan as tables (``period`` counts phases, ``node`` is ``start>end``), and its figures of merit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lunarchain.logistics.network import DEPOT, Network
from lunarchain.plan.tables import Tables, to_frame
from lunarchain.units import factor

VEHICLES, LOADS, SIZES, GOAL = "vehicles", "loads", "sizes", "goal"
FLOWN, STAYED = "flown", "stayed"


def tables(net: Network, values: Mapping[str, float]) -> Tables:
    """The tables of a plan from its values by variable name (``vehicles[arc,vehicle]``, ``aboard[...]``)."""
    counts, loads = [], []
    for k, v in net.flown:
        arc = net.arcs[k]
        place = (arc.departs, f"{arc.start}>{arc.end}", v)
        if v != DEPOT:
            count = float(round(values[f"vehicles[{k},{v}]"]))
            counts.append((*place, FLOWN if arc.is_leg else STAYED, count, "vehicle"))
        for good, kind in net.goods.items():
            amount = max(values[f"aboard[{k},{v},{good}]"], 0.0)
            whole = float(round(amount))
            loads.append((*place, good, whole if kind.whole else amount, "unit" if kind.whole else "t"))
    sizes = [
        (0, name, what, "", size, "t")
        for name, craft in net.craft.items()
        for what, size in (
            ("dry_mass", craft.dry_t), ("payload", craft.payload_t), ("propellant", craft.propellant_t),
            ("lift", craft.lift_t),
        )
        if size is not None
    ]  # fmt: skip
    found = {VEHICLES: to_frame(counts), LOADS: to_frame(loads), SIZES: to_frame(sizes)}
    leaving = departing_t(found, net)
    leaving = leaving[leaving["start"] == net.count_from]
    return found | {
        GOAL: to_frame([(0, net.count_from, "mass that leaves", "", float(leaving["t"].sum()), "t")])
    }


def departing_t(plan: Tables, net: Network) -> pd.DataFrame:
    """Mass [t] that departs on each leg and phase, by item: the vehicles themselves, then each good."""
    dry = {name: craft.dry_t for name, craft in net.craft.items()}
    flown = plan[VEHICLES][plan[VEHICLES]["detail"] == FLOWN]
    hulls = flown.assign(what=flown["item"], t=flown["value"] * flown["item"].map(dry).astype(float))
    loads = plan[LOADS]
    unit = loads["detail"].map({c: g.mass_t for c, g in net.goods.items()}).astype(float)
    goods = loads.assign(what=loads["detail"], t=loads["value"] * unit)
    both = pd.concat([hulls, goods], ignore_index=True)
    ends = both["node"].str.split(">", expand=True) if len(both) else pd.DataFrame({0: [], 1: []})
    both = both.assign(start=ends[0], end=ends[1])
    return both[both["start"] != both["end"]][["period", "start", "end", "item", "what", "t"]]


def figures(plan: Tables, net: Network) -> dict[str, Any]:
    """What a reader asks first: mass that leaves, mass delivered, the ratio of both, flights by leg."""
    leaving = float(plan[GOAL]["value"].sum())
    wanted = [
        s for s in net.demands if s.amount is not None and s.good in net.goods and s.at != net.count_from
    ]
    delivered = sum(s.amount * net.goods[s.good].mass_t for s in wanted if s.amount is not None)
    flown = plan[VEHICLES][plan[VEHICLES]["detail"] == FLOWN]
    flights = flown.groupby(["node", "item"], sort=False)["value"].sum()
    kg = factor("t", "kg")
    return {
        "imleo_kg": leaving * kg,
        "delivered_kg": delivered * kg,
        "leo_kg_per_kg_delivered": leaving / delivered if delivered else None,
        "propellant_burnt_kg": _burnt_t(plan, net) * kg,
        "flights": {f"{vehicle} {leg}": float(count) for (leg, vehicle), count in flights.items()},
        "sizes_kg": {
            f"{row.node} {row.item}": float(row.value) * kg
            for row in plan[SIZES].itertuples()
            if row.node != DEPOT
        },
    }


def _burnt_t(plan: Tables, net: Network) -> float:
    by_leg = departing_t(plan, net).groupby(["period", "start", "end", "item"])["t"].sum()
    return sum(
        float(by_leg.get((arc.departs, arc.start, arc.end, v), 0.0)) * net.burnt_share(arc, v)
        for arc in net.arcs
        if arc.is_leg
        for v in arc.vehicles
    )
