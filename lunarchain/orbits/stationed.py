"""One satellite in one orbit: what it weighs, how much of its power serves, and what it may serve from there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.orbits.follow import following
from lunarchain.orbits.sizing import LEVELS, Sizing, assumptions, size
from lunarchain.scenario.facts import Facts


@dataclass(frozen=True)
class Stationed:
    """A sized satellite and its orbit. ``services`` says of each class why it may or may not be served."""

    sizing: Sizing
    level: str
    orbit: str
    sun_share: float
    mean_power_kw: float
    light_time_there_and_back_ms: float
    satellites_that_fit: dict[str, float]
    power_that_fits_gw: dict[str, float]
    services: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Plain content; masses and areas of the satellite on its own first level."""
        rest = {name: value for name, value in asdict(self).items() if name != "sizing"}
        found = {"mass_kg": self.sizing.mass_kg, "specific_power_w_kg": self.sizing.specific_power_w_kg}
        return asdict(self.sizing) | found | rest


def stationed(facts: Facts, power_kw: float, orbit: str, level: str = "nominal") -> Stationed:
    """A satellite of so much compute power in an orbit. Raises ``InputError`` for what makes no sense, all at once."""
    _refuse(facts, power_kw, orbit, level)
    facts = following(facts)
    key = f"orbits.{orbit}"
    sun = facts.number(f"{key}.sun_fraction", "dimensionless")
    slots = facts[f"{key}.slots"]
    fit = {"low": slots.low, "nominal": slots.value, "high": slots.high}
    return Stationed(
        sizing=size(power_kw, assumptions(facts, level)),
        level=level,
        orbit=orbit,
        sun_share=sun,
        mean_power_kw=sun * power_kw,
        light_time_there_and_back_ms=2e3 * facts.number(f"{key}.latency_one_way", "s"),
        satellites_that_fit=fit,
        power_that_fits_gw={name: count * power_kw * 1e-6 for name, count in fit.items()},
        services={q: _service(facts, q, orbit, power_kw) for q in facts.children("services")},
    )


def _service(facts: Facts, service: str, orbit: str, power_kw: float) -> str:
    """Whether the satellite may serve a class from there, in words."""
    there_and_back = 2 * facts.number(f"orbits.{orbit}.latency_one_way", "s")
    most = facts.number(f"services.{service}.max_latency", "s")
    if there_and_back > most:
        return f"no: light takes {there_and_back:.3g} s there and back, {most:.3g} s are borne"
    alone = facts.number("links.cluster_alone", "kW/satellite")
    if facts.text(f"services.{service}.cluster") != "yes" or power_kw >= alone:
        return "yes"
    if facts.text(f"orbits.{orbit}.clusters") == "no":
        return f"no: below {alone:,.0f} kW it needs a cluster, and no formation holds there"
    members = facts.number("links.cluster_members", "satellite")
    return f"yes, in a cluster of {members:.0f} within about 1 km"


def _refuse(facts: Facts, power_kw: float, orbit: str, level: str) -> None:
    known = [o for o in facts.children("orbits") if f"orbits.{o}.sun_fraction" in facts]
    issues = []
    if orbit not in known:
        issues.append(
            Issue("command line", "--orbit", repr(orbit), " | ".join(known), nearest_name(orbit, known))
        )
    if level not in LEVELS:
        issues.append(
            Issue("command line", "--level", repr(level), " | ".join(LEVELS), nearest_name(level, LEVELS))
        )
    if not 0 < power_kw < 1e7:
        issues.append(Issue("command line", "POWER_KW", f"{power_kw:g}", "more than 0 kW, less than 10 GW"))
    if issues:
        raise InputError(issues)
