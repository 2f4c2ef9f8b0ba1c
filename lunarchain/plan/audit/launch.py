"""Earth launch: flights, what they lift, and the pads, ships and growth that carry the cadence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lunarchain.plan.audit.case import Case
from lunarchain.plan.audit.certificate import Line, Statement, Vector

CADENCE = Statement("cadence used", "flights <= cadence that can be sustained [flight/yr]")
GROWTH = Statement(
    "cadence growth", "cadence <= a seed a year and growth on cadence before, year upon year [flight/yr]"
)
SUPPLY = Statement("cadence limit", "cadence <= what propellant and range supply allow [flight/yr]")
BUILDERS = Statement("pad building", "pads added <= what builders can after the period before [pad/yr]")
PADS = Statement("launch pads", "cadence <= flights per pad x pads standing [flight/yr]")
SHIPYARD = Statement("shipyard", "ships added <= ships the yard can build [ship/yr]")
SHIPS = Statement("ship fleet", "flights <= flights per ship x ships flying [flight/yr]")
LIFT = Statement(
    "lift", "mass in low orbit that all cargo asks for <= mass that flights bring, failures taken off [kt/yr]"
)
LIFTED = Statement(
    "lifted so far", "mass lifted so far = that of the period before + payload x flights x years [kt]"
)


def flights(case: Case, vehicle: str) -> Vector:
    """Flights of a vehicle by period [1/yr], as the table of launches tells."""
    return case.of("launches", vehicle, "flights")


def payload_kt(case: Case, vehicle: str) -> float:
    """Payload of one flight to low orbit."""
    return case.number(f"vehicles.{vehicle}.payload_leo", "kt/flight")


def lines(case: Case) -> Iterator[Line]:
    """Every statement about Earth launch."""
    lifted = case.zero
    for vehicle in case.scenario.launch.vehicles:
        yield from _cadence(case, vehicle)
        yield from _machines(case, vehicle)
        payload, flown = payload_kt(case, vehicle), flights(case, vehicle)
        lifted = lifted + payload * (1 - case.number(f"vehicles.{vehicle}.failure_probability")) * flown
        total = np.cumsum(payload * flown * case.years.lengths)
        yield LIFTED.equal(vehicle, case.of("launches", vehicle, "lifted so far"), total)
    asked = case.zero
    for _, route, _, mass in case.rows("transport"):
        asked = asked + case.number(f"routes.{route}.lift") * mass
    yield LIFT.within("low orbit", asked, lifted)


def _cadence(case: Case, vehicle: str) -> Iterator[Line]:
    key, cadence = f"vehicles.{vehicle}", case.of("launches", vehicle, "cadence")
    yield CADENCE.within(vehicle, flights(case, vehicle), cadence)
    yield GROWTH.within(vehicle, cadence, grown(case, vehicle, cadence))
    yield SUPPLY.within(vehicle, cadence, case.number(f"{key}.flights_limit", "flight/yr") * case.ones)


def grown(case: Case, vehicle: str, cadence: Vector) -> Vector:
    """Most cadence each period can have after that of the period before; the first starts from the facts."""
    key = f"vehicles.{vehicle}"
    seed, rate = case.number(f"{key}.cadence_seed", "flight/yr"), case.number(f"{key}.cadence_growth", "1/yr")
    most = case.years.grown(np.concatenate([[0.0], cadence[:-1]]), rate, seed)
    most[0] = case.number(f"{key}.first_flights", "flight/yr")
    return most


def highest_cadence(case: Case, vehicle: str) -> Vector:
    """Flights a year that could ever be reached: fastest growth, within supply and licences."""
    limit, licences = (
        case.number(f"vehicles.{vehicle}.flights_limit", "flight/yr"),
        case.scenario.policy.launch_licences_per_yr,
    )
    cadence = case.zero
    for _ in range(case.years.count):  # each pass settles one period more
        cadence = np.minimum(grown(case, vehicle, cadence), limit)
    return cadence if licences is None else np.minimum(cadence, licences)


def _machines(case: Case, vehicle: str) -> Iterator[Line]:
    years, key = case.years, f"vehicles.{vehicle}"
    added = case.of("launches", vehicle, "pads", "added")
    built = years.standing(added, case.number("pads.life", "yr"), case.number("pads.build_time", "yr"))
    pads = case.number("pads.first", "pad") + built
    rate = case.number("pads.flights_per_pad", "flight/pad/yr")
    yield PADS.within(vehicle, case.of("launches", vehicle, "cadence"), rate * pads)
    seed, faster = (
        case.number("pads.build_rate_seed", "pad/yr"),
        case.number("pads.build_rate_growth", "1/yr"),
    )
    most = years.grown(np.concatenate([[0.0], added[:-1]]), faster, seed)
    most[0] = seed
    yield BUILDERS.within(vehicle, added, most)
    ships = case.of("launches", vehicle, "ships", "added")
    yield SHIPYARD.within(vehicle, ships, case.number(f"{key}.ship_build_rate", "ship/yr") * case.ones)
    flying = years.standing(ships, case.number(f"{key}.ship_life", "yr"))
    yield SHIPS.within(
        vehicle, flights(case, vehicle), case.number(f"{key}.flights_per_ship", "flight/ship/yr") * flying
    )
