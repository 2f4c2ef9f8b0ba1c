"""Commodities at the sites: what is made, landed or hauled in against what is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from lunarchain.industry.network import commodity_class
from lunarchain.plan.audit.case import Case, Site
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.deliveries import sent_kt_per_yr, thrown
from lunarchain.plan.audit.plant import kits_used
from lunarchain.plan.audit.power import BROUGHT, STORE_MATERIALS, figure, made_on_moon, standing
from lunarchain.plan.audit.tracks import built_at, launch_structure_kt_per_yr, stators_at

BALANCE = Statement(
    "commodity balance", "used <= made + landed + hauled in; the rest is disposed of [commodity unit/yr]"
)
# what an array made on the Moon may need beyond the standard one
EXTRA = ("al_parts", "steel_parts", "wire", "ceramic")


@dataclass
class Tally:
    """Supply and use of one commodity at one site, by cause."""

    made: dict[str, Vector] = field(default_factory=dict)  # by process
    landed: Vector = field(default_factory=lambda: np.zeros(1))
    hauled_in: Vector = field(default_factory=lambda: np.zeros(1))
    used: dict[str, Vector] = field(default_factory=dict)  # by cause

    @property
    def supply(self) -> Vector:
        """Everything there is to use."""
        return np.asarray(sum(self.made.values(), 0.0) + self.landed + self.hauled_in)

    @property
    def use(self) -> Vector:
        """What all processes and builds take of the commodity, by period [commodity unit/yr]."""
        return np.asarray(sum(self.used.values(), 0.0))


def tallies(case: Case, site: Site) -> dict[str, Tally]:
    """Every commodity of a site; resources in the ground are free to take and have no supply."""
    books: dict[str, Tally] = defaultdict(Tally)
    for process in site.network.values():
        activity = case.activity(site.id, process.id)
        for name, amount in process.outputs.items():
            books[name].made[process.id] = amount * activity
        for name, amount in process.inputs.items():
            books[name].used[process.id] = amount * activity
    for node, name, _, mass in case.rows("imports"):
        if node == site.id:
            books[name].landed = mass
    for cause, name, flow in _uses(case, site):
        books[name].used[cause] = books[name].used.get(cause, case.zero) + flow
    for pair_, item, way, mass in case.rows("haulage"):
        if item == "kit" and pair_.split(">")[1] == site.id:
            books["kit"].hauled_in = books["kit"].hauled_in + (1 - case.number(f"haulage.{way}.loss")) * mass
    return dict(books)


def _uses(case: Case, site: Site) -> Iterator[tuple[str, str, Vector]]:
    """(cause, commodity, amount a year) of everything but processes."""
    i = site.id
    yield "plant", "kit", kits_used(case, i)
    yield from _power_uses(case, site)
    yield "radiators", "radiator", case.of("power", i, "radiators", "added from moon")
    for launcher, built in built_at(case, i):
        for name, one_track in launcher.lunar_mass_kt.items():
            yield "tracks", name, one_track * built
    for name, mass in stators_at(case, i)[0].items():
        yield "tracks", name, mass
    yield "shots", "al_parts", launch_structure_kt_per_yr(case, i)
    for throw, _, mass in thrown(case):
        if throw.site == i:
            yield "shots", "lox", throw.oxygen * mass
            yield "shots", "ceramic", throw.shell * mass
            yield "shots", "al_parts", throw.stage * mass
    yield "oxygen thrown", "lox", sent_kt_per_yr(case, i, "oxygen")
    for name, amount in case.pair.lunar.items():
        yield "hulls", name, amount * case.of("lunar_goods", i, "hull", "made")
    yield "satellites shipped", "satellite", case.of("lunar_goods", i, "satellite", "shipped")
    yield from _haulage_uses(case, i)
    for node, route, _, mass in case.rows("transport"):
        if node == i:
            yield "landers", "lox", case.number(f"routes.{route}.lunar_oxygen") * mass


def _power_uses(case: Case, site: Site) -> Iterator[tuple[str, str, Vector]]:
    for option in site.power_options:
        if not made_on_moon(case, option):
            continue
        new = case.of("power", site.id, option, "added from moon")
        spares = figure(case, option, "spares", "1/yr") * standing(case, site.id, option)
        made = new + spares - case.of("power", site.id, option, BROUGHT)
        yield "power", "power", made
        for name in EXTRA:
            yield "power", name, figure(case, option, f"extra_{name}", "kt/GW") * made
    stored = case.of("power", site.id, "storage", "added from moon")
    mass = stored / case.number("power.storage.specific_energy", "GWh/kt")
    for name in STORE_MATERIALS:
        yield "storage", name, case.number(f"power.storage.lunar_{name}") * mass


def _haulage_uses(case: Case, site: str) -> Iterator[tuple[str, str, Vector]]:
    for pair_, item, way, amount in case.rows("haulage"):
        if pair_.split(">")[0] != site:
            continue
        if item == "kit":
            yield "hauled out", "kit", amount
        if item in ("hull", "kit") and f"haulage.{way}.oxygen" in case.facts:
            yield "hops", "lox", case.number(f"haulage.{way}.oxygen") * amount
        if item == "line":
            yield (
                "lines",
                "steel_parts",
                case.number(f"haulage.{way}.track_mass", "kt") * amount / case.years.lengths,
            )


def lines(case: Case) -> Iterator[Line]:
    """The balance of every commodity at every site."""
    for site in case.sites.values():
        for name, tally in tallies(case, site).items():
            if not is_resource(case, name):
                yield BALANCE.within(
                    f"{name} at {site.id}", tally.use + case.zero, tally.supply + case.zero, name
                )


def is_resource(case: Case, commodity: str) -> bool:
    """Whether a commodity lies in the ground, free to take."""
    known = f"commodities.{commodity}.class" in case.facts
    return known and commodity_class(case.facts, commodity) == "resource"
