"""The audit of a logistics plan: every balance and capacity again, from its tables, the scenario and the facts.

Written apart from the model: here the mass of each stack is followed from departure to arrival with the rocket equation
as a mass ratio, and what reaches a place is added up from there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lunarchain.plan.audit.certificate import Certificate, Line, Statement, Vector, certify
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.logistics import Amount, Leg, Logistics, Stay, Vehicle
from lunarchain.units import factor

BALANCE = Statement(
    "goods at places", "what departs <= what arrives and is there, less what is wanted [kg or count]"
)
FLEET = Statement("vehicles at places", "vehicles that depart <= those that arrive and are there [count]")
LEFT = Statement("arrival", "what is burnt, used, lost or worn on a leg <= what was aboard [kg]")
HOLD = Statement("hold", "goods that are not the vehicle's propellants <= payload [kg]")
TANKS = Statement("tanks", "each propellant <= its share of the tanks [kg]")
LIFT = Statement("lift", "everything carried <= lift [kg]")
ALONE = Statement("no load without a vehicle", "mass aboard no vehicle <= none [kg]")
WHOLE = Statement("whole numbers", "distance of what is counted from a whole number = none [count]")
NAMES = Statement("names", "rows of a leg, vehicle or good the case does not have <= none [count]")
SIZED = Statement("dry mass", "dry mass = what the equation of its design asks for [kg]")
SUM = Statement("mass that leaves", "the plan's own sum = the sum again [kg]")

Key = tuple[int, str, str]  # phase, start>end, vehicle


@dataclass(frozen=True)
class Plan:
    """The case and its plan in kg, as the statements read them."""

    given: Logistics
    facts: Facts
    phases: tuple[str, ...]
    counts: Mapping[Key, float]
    loads: Mapping[Key, Mapping[str, float]]
    sizes: Mapping[tuple[str, str], float]
    goal: float

    def kg(self, value: Amount, unit: str = "kg") -> float:
        """An amount of the scenario in ``unit``: a plain number, one with its own unit, or the id of a fact."""
        if isinstance(value, str):
            if value in self.facts:
                fact = self.facts[value]
                return fact.to(f"{unit}/flight" if fact.unit.endswith("/flight") else unit)
            number, own = value.split(" ", 1)
            return float(number) * factor(own, unit)
        return float(value)

    def counted(self, good: str) -> float | None:
        """Kg of one of a counted good."""
        mass = self.given.goods[good].unit_mass
        return None if mass is None else self.kg(mass)

    def mass(self, key: Key) -> float:
        """Mass of a stack as it departs [kg]."""
        own = self.counts.get(key, 0.0) * self.sizes.get((key[2], "dry_mass"), 0.0)
        return own + sum((self.counted(c) or 1.0) * x for c, x in self.loads.get(key, {}).items())


def audit(tables: Mapping[str, pd.DataFrame], given: Logistics, facts: Facts) -> Certificate:
    """Judge a logistics plan from its tables; tolerances as everywhere (1e-6 of the larger side)."""
    plan = _read(tables, given, facts)
    found = [*_names(plan), *_stacks(plan), *_places(plan), *_vehicles(plan), _sum(plan)]
    return certify(found, np.arange(2.0), float("nan"))


def _read(tables: Mapping[str, pd.DataFrame], given: Logistics, facts: Facts) -> Plan:
    counts: dict[Key, float] = defaultdict(float)
    for row in tables["vehicles"].itertuples():
        counts[row.period, row.node, row.item] += row.value
    loads: dict[Key, dict[str, float]] = defaultdict(dict)
    for row in tables["loads"].itertuples():
        loads[row.period, row.node, row.item][row.detail] = row.value * (
            factor("t", "kg") if row.unit == "t" else 1.0
        )
    sizes = {(row.node, row.item): row.value * factor("t", "kg") for row in tables["sizes"].itertuples()}
    plan = Plan(
        given, facts, (), counts, loads, sizes, float(tables["goal"]["value"].sum()) * factor("t", "kg")
    )
    phases = tuple(given.phases) * round(plan.kg(given.repeats, "dimensionless"))
    return Plan(given, facts, phases, counts, loads, sizes, plan.goal)


def _one(
    statement: Statement, place: str, left: float, right: float, equal: bool, quantity: str = ""
) -> Line:
    sides: tuple[Vector, Vector] = (np.array([left]), np.array([right]))
    return (statement.equal if equal else statement.within)(place, *sides, quantity)


def _keys(plan: Plan) -> list[Key]:
    return sorted({*plan.counts, *plan.loads})


def _legs(plan: Plan, key: Key) -> Leg | Stay | None:
    """The leg or stay a row speaks of, if the case has it, open in that phase, for that vehicle."""
    phase, node, vehicle = key
    start, _, end = node.partition(">")
    if not 0 <= phase < len(plan.phases):
        return None
    if start == end:
        last = phase == len(plan.phases) - 1 and not plan.given.steady
        return None if last else plan.given.stays.get(start)
    for leg in plan.given.legs:
        open_now = not leg.phases or plan.phases[phase] in leg.phases
        if (
            (leg.start, leg.end) == (start, end)
            and open_now
            and (not leg.vehicles or vehicle in leg.vehicles)
        ):
            return leg
    return None


def _names(plan: Plan) -> Iterator[Line]:
    for key in _keys(plan):
        depot = key[2] == "depot"
        wrong = _legs(plan, key) is None or not (depot or key[2] in plan.given.vehicles)
        wrong = wrong or any(c not in plan.given.goods for c in plan.loads.get(key, {}))
        yield _one(NAMES, f"phase {key[0]}, {key[1]}, {key[2]}", float(wrong), 0.0, False)


def _arrives(plan: Plan, key: Key) -> dict[str, float]:
    """Goods left at the end of a leg or stay."""
    way, vehicle = _legs(plan, key), plan.given.vehicles.get(key[2])
    if way is None:
        return {}
    days = plan.kg(way.time, "day")
    left = dict.fromkeys(plan.given.goods, 0.0) | dict(plan.loads.get(key, {}))
    if isinstance(way, Stay):
        for c, share in way.boil_off.items():
            left[c] *= (1 - plan.kg(share, "1/day")) ** days
    for c, good in plan.given.goods.items():
        for used, rate in good.uses.items():
            left[used] -= plan.kg(rate, "kg/day") * days * plan.loads.get(key, {}).get(c, 0.0)
    if isinstance(way, Leg) and vehicle is not None:
        parts = {c: plan.kg(part, "dimensionless") for c, part in vehicle.mixture.items()}
        burnt = plan.mass(key) * (1 - 1 / _mass_ratio(plan, way, vehicle))
        for c, part in parts.items():
            left[c] -= burnt * part / sum(parts.values())
        for c, worn in vehicle.upkeep.items():
            left[c] -= (
                plan.kg(worn, "dimensionless") * plan.sizes[key[2], "dry_mass"] * plan.counts.get(key, 0.0)
            )
    return left


def _mass_ratio(plan: Plan, leg: Leg, vehicle: Vehicle) -> float:
    if vehicle.isp is None:
        return 1.0
    exhaust = plan.kg(vehicle.isp, "s") * plan.kg(plan.given.gravity, "m/s**2")
    return math.exp(plan.kg(leg.delta_v, "m/s") / exhaust)


def _stacks(plan: Plan) -> Iterator[Line]:
    for key in _keys(plan):
        way, vehicle = _legs(plan, key), plan.given.vehicles.get(key[2])
        place, load = f"phase {key[0]}, {key[1]}, {key[2]}", plan.loads.get(key, {})
        for c, left in _arrives(plan, key).items():
            yield _one(LEFT, f"{place}, {c}", load.get(c, 0.0) - left, load.get(c, 0.0), False)
        if vehicle is None or way is None:
            continue
        count = plan.counts.get(key, 0.0)
        weights = {c: (plan.counted(c) or 1.0) * x for c, x in load.items()}
        if not count:
            yield _one(ALONE, place, sum(weights.values()), 0.0, False, "load")
        if isinstance(way, Leg) and not way.limits:
            continue
        hold = sum(x for c, x in weights.items() if c not in vehicle.mixture)
        parts = {c: plan.kg(part, "dimensionless") for c, part in vehicle.mixture.items()}
        if (key[2], "payload") in plan.sizes:
            yield _one(HOLD, place, hold, count * plan.sizes[key[2], "payload"], False)
        if (key[2], "lift") in plan.sizes:
            yield _one(LIFT, place, sum(weights.values()), count * plan.sizes[key[2], "lift"], False)
        for c, part in parts.items():
            if (key[2], "propellant") in plan.sizes:
                room = count * plan.sizes[key[2], "propellant"] * part / sum(parts.values())
                yield _one(TANKS, f"{place}, {c}", weights.get(c, 0.0), room, False)


def _places(plan: Plan) -> Iterator[Line]:
    out: dict[tuple[str, int, str], float] = defaultdict(float)
    into: dict[tuple[str, int, str], float] = defaultdict(float)
    for key in _keys(plan):
        start, _, end = key[1].partition(">")
        then = key[0] if start != end else (key[0] + 1) % len(plan.phases)
        out[start, key[0], key[2]] += plan.counts.get(key, 0.0)
        into[end, then, key[2]] += plan.counts.get(key, 0.0)
        for c, x in plan.loads.get(key, {}).items():
            out[start, key[0], c] += x
        for c, x in _arrives(plan, key).items():
            into[end, then, c] += x
    endless: set[tuple[str, int, str]] = set()
    for sign, stocks in ((1, plan.given.supplies), (-1, plan.given.demands)):
        for stock in stocks:
            mass = stock.good in plan.given.goods and plan.counted(stock.good) is None
            for phase, name in enumerate(plan.phases):
                if stock.phases and name not in stock.phases:
                    continue
                place = (stock.at, phase, stock.good)
                if stock.amount is None:
                    endless.add(place)
                else:
                    into[place] += sign * plan.kg(stock.amount, "kg" if mass else "dimensionless")
    for place in sorted({*out, *into} - endless):
        name = f"{place[2]} at {place[0]}, phase {place[1]}"
        statement = BALANCE if place[2] in plan.given.goods else FLEET
        yield _one(statement, name, out[place], into[place], False, place[2])


def _vehicles(plan: Plan) -> Iterator[Line]:
    for key, count in sorted(plan.counts.items()):
        yield _one(WHOLE, f"phase {key[0]}, {key[1]}, {key[2]}", abs(count - round(count)), 0.0, True)
    for key, load in sorted(plan.loads.items()):
        for c, x in load.items():
            if c in plan.given.goods and plan.counted(c) is not None:
                yield _one(WHOLE, f"phase {key[0]}, {key[1]}, {c}", abs(x - round(x)), 0.0, True)
    for name, vehicle in plan.given.vehicles.items():
        yield from _size(plan, name, vehicle)


def _size(plan: Plan, name: str, vehicle: Vehicle) -> Iterator[Line]:
    """Sizes are those the case gives, or, where they were left free, agree with the equation of the design."""
    dry = plan.sizes.get((name, "dry_mass"), 0.0)
    if vehicle.free is None:
        for what in ("dry_mass", "payload", "propellant", "lift"):
            given = getattr(vehicle, what)
            if given is not None and (name, what) in plan.sizes:
                yield _one(
                    SIZED, f"{name} {what}", plan.sizes[name, what], plan.kg(given), True, f"{name} {what}"
                )
        return
    a = {key: fact.value for key, fact in plan.facts.below(vehicle.free.law).items()}
    power = a["power_constant"] + a["power_factor"] * math.exp(a["power_exponent"] * math.log(dry))
    people = (
        a["life_support"] * a["people"] * a["days"] * math.exp(a["life_support_exponent"] * math.log(dry))
    )
    payload, tanks = plan.sizes[name, "payload"], plan.sizes[name, "propellant"]
    rest = (
        a["avionics"] * payload ** a["avionics_exponent"]
        + a["frame"] * payload
        + a["fixed"]
        + a["thermal"] * a["days"]
    )
    rest += (
        a["tank"] / a["propellant_density"] * tanks
        + power
        + a["power_system"] * power ** a["power_system_exponent"]
    )
    asked = (rest + people) / (1 - a["structure"] - a["frame"] - a["margin"])
    yield _one(SIZED, name, dry, asked, True)


def _sum(plan: Plan) -> Line:
    total = sum(
        plan.mass(key)
        for key in _keys(plan)
        if key[1].split(">")[0] == plan.given.count_from and len(set(key[1].split(">"))) == 2
    )
    return _one(SUM, plan.given.count_from, plan.goal, total, True)
