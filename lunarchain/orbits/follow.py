"""Sunlight and light time of an orbit follow its altitude and inclination, when a case changes those.

The tables hold what geometry gives for the altitudes in them. A case that moves an orbit gets the sunlight and the
light time of where it then is, unless it sets those itself.
"""

from __future__ import annotations

import math
from dataclasses import replace

from lunarchain.orbits.earth import Earth, earth, light_time_s
from lunarchain.orbits.sunlight import drifting_sunlight, sun_synchronous_sunlight
from lunarchain.scenario.facts import Fact, Facts, load_facts

SUN_SYNCHRONOUS = ("sso", "sso_high")
PLACES = ("altitude", "radius", "inclination")
# Beyond this the Moon and the Sun shape an orbit, and a circle around the Earth says nothing of its sunlight.
FARTHEST_KM = 300_000.0


def following(facts: Facts, tables: Facts | None = None) -> Facts:
    """The facts with sunlight and light time worked out anew for every orbit that is not where ``tables`` has it.

    ``tables`` are the shipped facts. What the case itself sets is left as it is.
    """
    shipped = load_facts() if tables is None else tables
    found: dict[str, Fact] = {}
    for orbit in facts.children("orbits"):
        moved = any(_differs(facts, shipped, f"orbits.{orbit}.{place}") for place in PLACES)
        for name, value in _geometry(facts, orbit).items() if moved else ():
            key = f"orbits.{orbit}.{name}"
            if key in facts and not _differs(facts, shipped, key):
                source = "own calculation: geometry of the orbit where the case has moved it"
                found[key] = replace(facts[key], value=value, low=math.nan, high=math.nan, source=source)
    return Facts({**facts, **found}) if found else facts


def _differs(facts: Facts, shipped: Facts, key: str) -> bool:
    return key in facts and (key not in shipped or facts[key].value != shipped[key].value)


def _geometry(facts: Facts, orbit: str) -> dict[str, float]:
    """Share of time in sunlight and light time [s] of an orbit from where it is."""
    body = earth(facts)
    altitude_km = _altitude_km(facts, body, orbit)
    if altitude_km is None or altitude_km <= 0:
        return {}
    found = {"latency_one_way": light_time_s(body, altitude_km)}
    if altitude_km <= FARTHEST_KM:
        found["sun_fraction"] = _sunlight(facts, body, orbit, altitude_km)
    return found


def _altitude_km(facts: Facts, body: Earth, orbit: str) -> float | None:
    key = f"orbits.{orbit}"
    if f"{key}.altitude" in facts:
        return facts.number(f"{key}.altitude", "km")
    return facts.number(f"{key}.radius", "km") - body.radius_km if f"{key}.radius" in facts else None


def _sunlight(facts: Facts, body: Earth, orbit: str, altitude_km: float) -> float:
    if orbit in SUN_SYNCHRONOUS:
        return sun_synchronous_sunlight(body, altitude_km).mean_share
    key = f"orbits.{orbit}.inclination"
    inclination = facts.number(key, "radian") if key in facts else 0.0
    return drifting_sunlight(body, altitude_km, inclination).mean_share
