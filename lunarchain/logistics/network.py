"""A logistics case as plain numbers, and its legs and stays laid out in time.

Inside: tonnes, m/s, days, seconds. Each arc leads from a place in one phase to a place in the same phase (a leg) or to
the same place in the next phase (a stay). A depot is a vehicle without mass, engine or limits that only stays.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.logistics.rocket import burnt_share
from lunarchain.scenario import logistics as given_as
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.logistics import Amount, Logistics
from lunarchain.units import factor

DEPOT = "depot"


@dataclass(frozen=True)
class Good:
    """A commodity: tonnes a unit (1 unless it is counted), whether it is counted, what one uses a day [t/day]."""

    mass_t: float
    whole: bool
    uses_t_day: dict[str, float]


@dataclass(frozen=True)
class Craft:
    """A vehicle kind in tonnes and seconds; ``mixture`` shares sum to one. ``None`` is no limit, or no engine."""

    dry_t: float
    payload_t: float | None
    propellant_t: float | None
    lift_t: float | None
    isp_s: float | None
    mixture: dict[str, float]
    upkeep: dict[str, float]

    def sized(self, dry_t: float, payload_t: float, propellant_t: float) -> Craft:
        """The same vehicle in another size."""
        return replace(self, dry_t=dry_t, payload_t=payload_t, propellant_t=propellant_t)


@dataclass(frozen=True)
class Arc:
    """One chance to fly a leg or to stay: ``departs`` and ``arrives`` count phases from the start."""

    start: str
    end: str
    departs: int
    arrives: int
    delta_v_m_s: float
    days: float
    limits: bool
    vehicles: tuple[str, ...]
    kept_a_day: dict[str, float] = field(default_factory=dict)

    @property
    def is_leg(self) -> bool:
        """Whether it goes somewhere."""
        return self.start != self.end


@dataclass(frozen=True)
class Stock:
    """An amount there is (or is wanted) at a place in a phase [t or count]; ``None`` is as much as needed."""

    at: str
    good: str
    phase: int
    amount: float | None


@dataclass(frozen=True)
class Network:
    """The whole case as the model, the checks and the search read it."""

    places: tuple[str, ...]
    phases: int
    gravity_m_s2: float
    goods: dict[str, Good]
    craft: dict[str, Craft]
    arcs: tuple[Arc, ...]
    supplies: tuple[Stock, ...]
    demands: tuple[Stock, ...]
    most_vehicles: int
    count_from: str

    @cached_property
    def flown(self) -> tuple[tuple[int, str], ...]:
        """(arc number, vehicle) of every arc each vehicle may use."""
        return tuple((k, v) for k, arc in enumerate(self.arcs) for v in arc.vehicles)

    def burnt_share(self, arc: Arc, vehicle: str) -> float:
        """Share of the departing mass that an arc burns."""
        isp = self.craft[vehicle].isp_s
        return 0.0 if isp is None else burnt_share(arc.delta_v_m_s, isp, self.gravity_m_s2)

    def kept_share(self, arc: Arc, good: str) -> float:
        """Share of a good that an arc's boil-off leaves."""
        return float(arc.kept_a_day.get(good, 1.0) ** arc.days)


@dataclass(frozen=True)
class Reader:
    """Reads amounts; what cannot be read is noted, so that every fault is found before any is raised."""

    facts: Facts
    issues: list[Issue] = field(default_factory=list)

    def read(self, value: Amount, unit: str, key: str) -> float:
        """An amount in ``unit``: a number, a number with a unit like it, or the id of a fact."""
        try:
            found = self._read(value, unit)
        except (ValueError, InputError):
            expected = f"a number in {unit}, a number with a unit like it, or the id of a fact"
            nearest = nearest_name(str(value), self.facts)
            self.issues.append(Issue("scenario", f"logistics.{key}", repr(value), expected, nearest))
            return 1.0
        if not found >= 0:
            self.issues.append(Issue("scenario", f"logistics.{key}", f"{found:g} {unit}", "zero or more"))
            return 1.0
        return found

    def _read(self, value: Amount, unit: str) -> float:
        if not isinstance(value, str):
            return float(value)
        if value in self.facts:
            per_flight = "/flight" if self.facts[value].unit.endswith("/flight") else ""
            return self.facts.number(value, unit + per_flight)
        number, _, own = value.partition(" ")
        return float(number) * factor(own.strip(), unit)

    def tonnes(self, value: Amount, key: str) -> float:
        """An amount of the case [t]: a number in kg, one with its unit, or the id of a fact."""
        return self.read(value, "kg", key) * factor("kg", "t")

    def capacity(self, value: Amount | None, key: str) -> float | None:
        """A capacity in tonnes, where there is one."""
        return None if value is None else self.tonnes(value, key)

    def shares(self, given: dict[str, Amount], unit: str, key: str) -> dict[str, float]:
        """Amounts by good."""
        return {good: self.read(value, unit, f"{key}.{good}") for good, value in given.items()}


def make_network(given: Logistics, facts: Facts, sizes: dict[str, Craft] | None = None) -> Network:
    """The case in plain numbers. ``sizes`` are vehicles whose design was left to a search.

    Raises ``InputError`` with every amount that cannot be read.
    """
    reader = Reader(facts)
    phases = list(given.phases) * round(reader.read(given.repeats, "dimensionless", "repeats"))
    goods = {name: _good(name, good, reader) for name, good in given.goods.items()}
    craft = {name: _craft(name, vehicle, reader) for name, vehicle in given.vehicles.items()} | (sizes or {})
    if any(stay.depot for stay in given.stays.values()):
        craft[DEPOT] = Craft(0.0, None, None, None, None, {}, {})
    flying = tuple(v for v in craft if v != DEPOT)
    network = Network(
        given.places,
        len(phases),
        reader.read(given.gravity, "m/s**2", "gravity"),
        goods,
        craft,
        (*_legs(given, reader, phases, flying), *_stays(given, reader, len(phases), flying)),
        _stocks("supplies", given.supplies, reader, phases, goods),
        _stocks("demands", given.demands, reader, phases, goods),
        given.most_vehicles,
        given.count_from,
    )
    if reader.issues:
        raise InputError(dict.fromkeys(reader.issues))
    return network


def _good(name: str, good: given_as.Good, reader: Reader) -> Good:
    counted, at = good.unit_mass is not None, f"goods.{name}"
    mass = 1.0 if good.unit_mass is None else reader.tonnes(good.unit_mass, f"{at}.unit_mass")
    uses = reader.shares(good.uses, "kg/day", f"{at}.uses")
    return Good(mass, counted, {c: rate * factor("kg", "t") for c, rate in uses.items()})


def _craft(name: str, vehicle: given_as.Vehicle, reader: Reader) -> Craft:
    at, free = f"vehicles.{name}", vehicle.free
    parts = reader.shares(vehicle.mixture, "dimensionless", f"{at}.mixture")
    whole = sum(parts.values()) or 1.0
    largest = (vehicle.dry_mass, vehicle.payload, vehicle.propellant)
    if free is not None:  # until a search has sized it, what it could be at most
        largest = (free.dry_mass[1], free.payload[1], free.propellant[1])
    return Craft(
        reader.tonnes(largest[0], f"{at}.dry_mass"),
        reader.capacity(largest[1], f"{at}.payload"),
        reader.capacity(largest[2], f"{at}.propellant"),
        reader.capacity(vehicle.lift, f"{at}.lift"),
        None if vehicle.isp is None else reader.read(vehicle.isp, "s", f"{at}.isp"),
        {good: part / whole for good, part in parts.items()},
        reader.shares(vehicle.upkeep, "dimensionless", f"{at}.upkeep"),
    )


def _legs(given: Logistics, reader: Reader, phases: list[str], flying: tuple[str, ...]) -> list[Arc]:
    found = []
    for phase, name in enumerate(phases):
        for leg in given.legs:
            if leg.phases and name not in leg.phases:
                continue
            key = f"legs {leg.start}>{leg.end}"
            delta_v = reader.read(leg.delta_v, "m/s", f"{key}.delta_v")
            days = reader.read(leg.time, "day", f"{key}.time")
            found.append(
                Arc(leg.start, leg.end, phase, phase, delta_v, days, leg.limits, leg.vehicles or flying)
            )
    return found


def _stays(given: Logistics, reader: Reader, phases: int, flying: tuple[str, ...]) -> list[Arc]:
    found = []
    for phase in range(phases if given.steady else phases - 1):
        for place, stay in given.stays.items():
            days = reader.read(stay.time, "day", f"stays.{place}.time")
            lost = reader.shares(stay.boil_off, "1/day", f"stays.{place}.boil_off")
            vehicles = (*flying, DEPOT) if stay.depot else flying
            kept = {good: 1 - share for good, share in lost.items()}
            found.append(Arc(place, place, phase, (phase + 1) % phases, 0.0, days, True, vehicles, kept))
    return found


def _stocks(
    table: str, given: tuple[given_as.Place, ...], reader: Reader, phases: list[str], goods: dict[str, Good]
) -> tuple[Stock, ...]:
    found = []
    for place in given:
        by_mass = place.good in goods and not goods[place.good].whole
        unit, scale = ("kg", factor("kg", "t")) if by_mass else ("dimensionless", 1.0)
        amount = None
        if place.amount is not None:
            amount = reader.read(place.amount, unit, f"{table} of {place.good} at {place.at}") * scale
        open_in = [k for k, name in enumerate(phases) if not place.phases or name in place.phases]
        found += [Stock(place.at, place.good, phase, amount) for phase in open_in]
    return tuple(found)
