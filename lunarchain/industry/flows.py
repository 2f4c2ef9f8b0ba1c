"""Who hands what to whom: the mass that moves between the processes of a network at given activities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lunarchain.industry.balance import BUY
from lunarchain.industry.network import Process, family, mass_kt
from lunarchain.scenario.facts import Facts

GROUND, EARTH, DISPOSED, PRODUCT = "ground", "earth", "disposed of", "product"


@dataclass(frozen=True)
class Flow:
    """Mass of one commodity from a maker (process, ground, Earth) to a taker (process, disposal, product)."""

    source: str
    target: str
    commodity: str
    mass_kt: float


def mass_flows(
    facts: Facts, network: Mapping[str, Process], activity: Mapping[str, float], goal: str
) -> list[Flow]:
    """All flows at the activities, which may hold ``buy:`` entries; a pool gives to every taker in like proportion.

    What makes more than is taken goes to disposal, or to the product where it is the goal.
    """
    made, taken = _sides(facts, network, activity)
    for key in made[goal]:  # a product need not be tabled by mass: it is what its maker has left
        others = sum(sides[key] for name, sides in made.items() if name != goal and key in sides)
        made[goal][key] = sum(sides[key] for sides in taken.values() if key in sides) - others
    found: list[Flow] = []
    for name in sorted(made.keys() | taken.keys()):
        makers, takers = made[name], dict(taken[name])
        missing = sum(takers.values()) - sum(makers.values())
        bought = activity.get(f"{BUY}{name}", 0.0) * mass_kt(facts, name)
        if bought > 0:
            makers = makers | {EARTH: bought}
        elif not makers:
            makers = {GROUND: missing}
        total = sum(makers.values())
        surplus = total - sum(takers.values())
        takers[PRODUCT if name == goal else DISPOSED] = max(surplus, 0.0)
        found += _shared(name, makers, takers, total)
    return found


def _sides(
    facts: Facts, network: Mapping[str, Process], activity: Mapping[str, float]
) -> tuple[defaultdict[str, dict[str, float]], defaultdict[str, dict[str, float]]]:
    """Mass of every commodity made and taken, by process; what has no row among the commodities is work, not matter."""
    made: defaultdict[str, dict[str, float]] = defaultdict(dict)
    taken: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for key, process in network.items():
        for side, streams in ((made, process.outputs), (taken, process.inputs)):
            for name, amount in streams.items():
                if f"commodities.{family(facts, name)}.class" in facts:
                    side[name][key] = amount * activity.get(key, 0.0) * mass_kt(facts, name)
    return made, taken


def _shared(name: str, makers: dict[str, float], takers: dict[str, float], total: float) -> Iterator[Flow]:
    for source, given in makers.items():
        for target, wanted in takers.items():
            if given > 0 and wanted > 0:
                yield Flow(source, target, name, given / total * wanted)
