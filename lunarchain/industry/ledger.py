"""Nothing made, nothing lost: mass and every tracked element of every process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from lunarchain.errors import Issue
from lunarchain.industry.chemistry import LEDGER, Vector, extraction, modes, soil_elements
from lunarchain.industry.network import IMPORT_PREFIX, Process, mass_kt, tag
from lunarchain.scenario.facts import Facts

TOLERANCE = 1e-9  # relative closure demanded of every process

Compositions = Mapping[str, Vector]
Masses = Mapping[str, float]


def masses_kt(facts: Facts, network: Mapping[str, Process]) -> dict[str, float]:
    """Mass of one model unit of every commodity the network touches, kt."""
    names = {name for process in network.values() for name in (*process.inputs, *process.outputs)}
    return {name: mass_kt(facts, name) for name in sorted(names)}


def check_balances(facts: Facts, soil: str, network: Mapping[str, Process]) -> list[Issue]:
    """Every process of ``network`` that breaks mass or an element, as issues; empty when all close."""
    masses = masses_kt(facts, network)
    issues = [issue for process in network.values() for issue in _check_mass(process, masses)]
    if issues:  # compositions mean nothing where masses do not close
        return issues
    return list(_check_elements(soil, network, masses, fixed_compositions(facts, soil)))


def mass_residual(process: Process, masses: Masses) -> float:
    """(mass in - mass out) / mass in of one process."""
    taken = sum(amount * masses[name] for name, amount in process.inputs.items())
    given = sum(amount * masses[name] for name, amount in process.outputs.items())
    return (taken - given) / taken


def _check_mass(process: Process, masses: Masses) -> Iterator[Issue]:
    for stream, amount in (process.inputs | process.outputs).items():
        if amount < 0:
            yield Issue("processes.csv", f"{process.id}.{stream}", f"{amount:g}", "an amount of zero or more")
    residual = mass_residual(process, masses)
    if abs(residual) > TOLERANCE:
        got = f"{residual:.3g} kg lost per kg taken in"
        yield Issue("processes.csv", process.id, got, "mass in = mass out")


def fixed_compositions(facts: Facts, soil: str) -> dict[str, Vector]:
    """Element vectors that do not depend on the maker: soil, taps, pure substances, mixtures by recipe."""
    vectors = {"soil": soil_elements(facts, soil)}
    for mode in modes(facts):
        drawn = extraction(facts, soil, mode).compositions
        vectors |= {tag(facts, name, mode): v for name, v in drawn.items() if tag(facts, name, mode) != name}
    table = facts.below("commodities")
    for key, fact in table.items():
        name, _, rest = key.partition(".")
        if rest.startswith("element."):
            unit = np.eye(len(LEDGER))[LEDGER.index(rest.removeprefix("element."))]
            vectors[name] = vectors.get(name, np.zeros(len(LEDGER))) + fact.value * unit
    while mixed := _mixtures(facts, vectors):
        vectors |= mixed
    return vectors


def _mixtures(facts: Facts, vectors: Compositions) -> dict[str, Vector]:
    """Commodities given by their contents, as far as those contents are known and they are not."""
    found = {}
    for name in facts.children("commodities"):
        parts = {} if name in vectors else facts.below(f"commodities.{name}.content")
        if parts and all(part in vectors for part in parts):
            total = sum(fact.value for fact in parts.values())
            found[name] = np.sum([fact.value * vectors[part] for part, fact in parts.items()], axis=0) / total
    return found


def compositions(
    network: Mapping[str, Process], masses: Masses, fixed: Compositions
) -> dict[str, list[Vector]]:
    """Every composition each commodity can have, following the network from soil and imports onwards.

    Finished parts may come from several alloys; a process that takes them is checked at each corner, and
    because closure is linear in the composition of what goes in, the corners vouch for every mixture.
    """
    known: dict[str, list[Vector]] = {name: [vector] for name, vector in fixed.items()}
    waiting = list(network.values())
    while ready := [process for process in waiting if _sources_done(process, waiting, known, fixed)]:
        for process in ready:
            for taken in corners(process, known):
                for name, vector in outcome(process, taken, masses, fixed).items():
                    if not _is_fixed(name, fixed):
                        known.setdefault(name, []).append(vector)
        waiting = [process for process in waiting if process not in ready]
    return known


def _sources_done(
    process: Process, waiting: list[Process], known: Mapping[str, list[Vector]], fixed: Compositions
) -> bool:
    """Whether every input is known and no waiting process could still add a composition to it."""
    open_inputs = {name for name in process.inputs if not _is_fixed(name, fixed)}
    later = {name for other in waiting if other is not process for name in other.outputs}
    return all(name in known for name in process.inputs) and not open_inputs & later


def _is_fixed(name: str, fixed: Compositions) -> bool:
    """Whether a commodity has one composition; a part Earth sells may also be made here of other stuff."""
    return name in fixed and not name.startswith(IMPORT_PREFIX)


def corners(process: Process, known: Mapping[str, list[Vector]]) -> Iterator[dict[str, Vector]]:
    """Every way to pick one known composition for each input."""
    for choice in product(*(known[name] for name in process.inputs)):
        yield dict(zip(process.inputs, choice, strict=True))


def _charge(process: Process, taken: Compositions, masses: Masses) -> Vector:
    """Elements taken in per unit of activity, kt."""
    parts = [amount * masses[name] * taken[name] for name, amount in process.inputs.items()]
    return np.asarray(np.sum(parts, axis=0))


def outcome(process: Process, taken: Compositions, masses: Masses, fixed: Compositions) -> dict[str, Vector]:
    """Element vectors of a process's outputs for given vectors of its inputs.

    A substance with a fixed composition has it; the residue takes what is left; everything else has the mean
    composition of what went in.
    """
    charge = _charge(process, taken, masses)
    named = [name for name in process.outputs if name != process.residue]
    made = {name: fixed[name] if _is_fixed(name, fixed) else charge / charge.sum() for name in named}
    if process.residue and process.outputs[process.residue] > 0:
        rest = charge - sum(process.outputs[name] * masses[name] * vector for name, vector in made.items())
        made[process.residue] = rest / (process.outputs[process.residue] * masses[process.residue])
    return made


def element_residual(process: Process, taken: Compositions, masses: Masses, fixed: Compositions) -> Vector:
    """Element imbalance per mass taken in; a residue with less than none of an element is an imbalance."""
    charge = _charge(process, taken, masses)
    made = outcome(process, taken, masses, fixed)
    given = [process.outputs[name] * masses[name] * np.maximum(vector, 0) for name, vector in made.items()]
    return np.asarray((charge - np.sum(given, axis=0)) / charge.sum())


def _check_elements(
    soil: str, network: Mapping[str, Process], masses: Masses, fixed: Compositions
) -> Iterator[Issue]:
    known = compositions(network, masses, fixed)
    for process in network.values():
        missing = [name for name in process.inputs if name not in known]
        if missing:
            yield Issue(
                "processes.csv", process.id, f"no source of {', '.join(missing)}", "a process that makes it"
            )
            continue
        residuals = [element_residual(process, taken, masses, fixed) for taken in corners(process, known)]
        worst = max(residuals, key=lambda residual: float(np.abs(residual).max()))
        index = int(np.argmax(np.abs(worst)))
        if abs(worst[index]) > TOLERANCE:
            got = f"{worst[index]:.3g} kg of {LEDGER[index]} lost per kg taken in on {soil}"
            yield Issue("processes.csv", process.id, got, "every element in = every element out")
