"""Nothing made, nothing lost: the mass of each site as a whole, and every element that passes through it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lunarchain.industry.chemistry import LEDGER
from lunarchain.industry.network import IMPORT_PREFIX, Process, mass_kt
from lunarchain.plan.audit.case import Case, Site
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.deliveries import thrown
from lunarchain.plan.audit.goods import hauled
from lunarchain.plan.audit.materials import Tally, is_resource, tallies
from lunarchain.plan.audit.policy import soil_dug_kt
from lunarchain.plan.audit.tracks import shots_at

MASS = Statement(
    "site mass",
    "soil + imports + fuel + hauled in = shots + built in + hauled out + landers + disposed of [kt/yr]",
)
ELEMENT = Statement(
    "site element", "element dug and brought = element in goods, plant and what is disposed of [kt/yr]"
)

# uses that leave the site as shots and are counted there as what flies
_FLOWN = ("shots", "oxygen thrown", "hulls", "satellites shipped")


def lines(case: Case) -> Iterator[Line]:
    """Mass and elements of every site."""
    for site in case.sites.values():
        books = tallies(case, site)
        mass = {name: unit_mass_kt(case, name) for name in books}
        yield MASS.equal(site.id, _taken(case, site, books, mass), _given(case, site, books, mass))
        brought, left = elements(case, site, books, mass)
        for k, element in enumerate(LEDGER):
            yield ELEMENT.equal(f"{element} at {site.id}", brought[:, k], left[:, k], element)


def unit_mass_kt(case: Case, commodity: str) -> float:
    """Mass of one unit of a commodity; a satellite weighs what its bill says."""
    return case.pair.moon_mass_kt if commodity == "satellite" else mass_kt(case.facts, commodity)


def _taken(case: Case, site: Site, books: dict[str, Tally], mass: dict[str, float]) -> Vector:
    landed = sum((mass[name] * tally.landed for name, tally in books.items()), case.zero)
    fuel = sum((throw.fuel * flow for throw, _, flow in thrown(case) if throw.site == site.id), case.zero)
    came = hauled(case, site.id, "hull")[0] + hauled(case, site.id, "kit")[0]
    return soil_dug_kt(case, site.id) + landed + fuel + came


def _given(case: Case, site: Site, books: dict[str, Tally], mass: dict[str, float]) -> Vector:
    out = sum((flow for _, _, flow in shots_at(case, site.id)), case.zero)
    out = out + hauled(case, site.id, "hull")[1]
    for name, tally in books.items():
        if is_resource(case, name):
            continue
        # disposed of, and built into plant, tracks, power and radiators, hauled out as kits, drawn by landers
        stays = sum((flow for cause, flow in tally.used.items() if not _leaves(site, cause)), case.zero)
        out = out + mass[name] * (tally.supply - tally.use + stays)
    consumed = sum(mass.get(name, 1.0) * amount for name, amount in case.pair.lunar.items())
    rejects = consumed - case.pair.hull_mass_kt
    return out + rejects * case.of("lunar_goods", site.id, "hull", "made")


def _leaves(site: Site, cause: str) -> bool:
    """Whether a use is a process's own, or flies and is counted as shots."""
    return cause in site.network or cause in _FLOWN


def elements(
    case: Case, site: Site, books: dict[str, Tally], mass: dict[str, float]
) -> tuple[Vector, Vector]:
    """Elements brought to a site and elements that leave its processes [kt/yr], periods by elements.

    Every commodity has the mean composition of what supplied it that year. A process passes on what it took:
    a substance keeps its own composition, the residue takes the rest, everything else is an even mix. A
    residue with less than none of an element would be matter from nothing, and shows as a difference.
    """
    pools = _Pools(case, books, mass, site.substances)
    left = np.zeros((case.years.count, len(LEDGER)))
    waiting = list(site.network.values())
    while ready := [process for process in waiting if pools.ready(process, waiting)]:
        for process in ready:
            pools.run(process, case.activity(site.id, process.id))
        waiting = [process for process in waiting if process not in ready]
    for name, tally in books.items():
        if not is_resource(case, name):
            inside = sum((flow for cause, flow in tally.used.items() if cause in site.network), case.zero)
            outside = np.asarray(sum(tally.made.values(), case.zero) + tally.landed - inside)
            left += (mass[name] * outside)[:, None] * pools.mean(name)
    return pools.brought, left


class _Pools:
    """Element content of every commodity at a site while its processes are followed from soil to goods."""

    def __init__(
        self, case: Case, books: dict[str, Tally], mass: dict[str, float], fixed: dict[str, Vector]
    ) -> None:
        self.case, self.books, self.mass, self.fixed = case, books, mass, fixed
        self.shape = (case.years.count, len(LEDGER))
        self.content: dict[str, Vector] = {}  # made or landed [kt of each element a year]
        self.brought = np.zeros(self.shape)
        for name, tally in books.items():
            if name.startswith(IMPORT_PREFIX):
                landed = np.outer(mass[name] * (tally.landed + case.zero), fixed[name])
                self.content[name] = landed
                self.brought += landed

    def is_fixed(self, name: str) -> bool:
        """Whether a commodity is one substance, wherever it comes from."""
        return name in self.fixed and not name.startswith(IMPORT_PREFIX)

    def ready(self, process: Process, waiting: list[Process]) -> bool:
        """Whether everything that could supply its inputs has run."""
        later = {name for other in waiting if other is not process for name in other.outputs}
        return not any(name in later and not self.is_fixed(name) for name in process.inputs)

    def mean(self, name: str) -> Vector:
        """Element fractions of a commodity, periods by elements; zero where there is none of it."""
        if self.is_fixed(name):
            return np.broadcast_to(self.fixed[name], self.shape)
        content = self.content.get(name, np.zeros(self.shape))
        total = content.sum(axis=1, keepdims=True)
        return np.divide(content, total, out=np.zeros(self.shape), where=total > 0)

    def run(self, process: Process, activity: Vector) -> None:
        """Pass the elements a process took on to what it gave."""
        charge = np.zeros(self.shape)
        for name, amount in process.inputs.items():
            taken = (amount * self.mass[name] * activity)[:, None] * self.mean(name)
            charge += taken
            if is_resource(self.case, name):
                self.brought += taken
        total = charge.sum(axis=1, keepdims=True)
        even = np.divide(charge, total, out=np.zeros(self.shape), where=total > 0)
        rest = charge.copy()
        for name, amount in process.outputs.items():
            if name != process.residue:
                share = self.fixed[name] if self.is_fixed(name) else even
                given = (amount * self.mass[name] * activity)[:, None] * share
                rest -= given
                self._add(name, given)
        if process.residue:
            self._add(process.residue, np.maximum(rest, 0.0))

    def _add(self, name: str, given: Vector) -> None:
        self.content[name] = self.content.get(name, np.zeros(self.shape)) + given
