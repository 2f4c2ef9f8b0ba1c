"""Power, storage and heat at the sites: what stands, what it gives in each slice, what draws on it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lunarchain.plan.audit.case import HOURS_PER_YEAR, SLICES, Case, Site
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.tracks import shots_at

STOCK = Statement("power standing", "power standing = what was added, finished and not worn out [GW]")
LAND = Statement("power land", "mean output of an option <= what its land gives [GW]")
ENERGY = Statement("energy", "energy drawn in a slice <= generated, less stored or plus given back [GWh/yr]")
SPARES = Statement(
    "power spares", "spares of arrays brought from Earth <= all their spares (reactors: all of them) [GW/yr]"
)
STORAGE = Statement("storage size", "energy for the longest dark spell <= storage standing [GWh]")
HEAT = Statement("heat rejection", "radiators the processes ask for in a slice <= radiators standing [kt]")
SOURCES = ("added from earth", "added from moon")
BROUGHT = "spares from earth"
STORE_MATERIALS = ("al_parts", "lox")  # of storage made on the Moon


def figure(case: Case, option: str, name: str, unit: str) -> float:
    """A figure of a power option; zero where its table has none."""
    key = f"power.{option}.{name}"
    return case.number(key, unit) if key in case.facts else 0.0


def made_on_moon(case: Case, option: str) -> bool:
    """Whether an option can be made on the Moon from the standard array; if not, Earth sends its spares."""
    return case.facts.text(f"power.{option}.lunar_made") != "no"


def standing(case: Case, site: str, option: str) -> Vector:
    """Nameplate the plan says stands [GW]."""
    return case.of("power", site, option, "standing")


def lines(case: Case) -> Iterator[Line]:
    """Every statement about power."""
    for site in case.sites.values():
        for option in site.power_options:
            yield from _option(case, site, option)
        yield from _energy(case, site)
        yield from _storage(case, site)
        yield from _heat(case, site)


def _option(case: Case, site: Site, option: str) -> Iterator[Line]:
    place, stated = f"{option} at {site.id}", standing(case, site.id, option)
    added = case.total("power", site.id, option, SOURCES)
    life, lag = figure(case, option, "life", "yr"), figure(case, option, "build_time", "yr")
    yield STOCK.equal(place, stated, case.years.standing(added, life, lag))
    spares = figure(case, option, "spares", "1/yr") * stated
    brought = case.of("power", site.id, option, BROUGHT)
    yield (SPARES.within if made_on_moon(case, option) else SPARES.equal)(place, brought, spares)
    mean = sum(figure(case, option, f"{s}_output", "dimensionless") * site.share(s) for s in SLICES)
    yield LAND.within(place, mean * stated, figure(case, option, "land", "GW") * case.ones)


def _energy(case: Case, site: Site) -> Iterator[Line]:
    given = case.of("power", site.id, "storage", "given to the dark")
    stored = given / case.number("power.storage.round_trip")
    for slice_ in SLICES:
        made = case.zero
        for option in site.power_options:
            output = figure(case, option, f"{slice_}_output", "dimensionless")
            made = made + output * site.hours(slice_) * standing(case, site.id, option)
        drawn = energy_drawn(case, site, slice_)
        lit = slice_ == "lit"
        yield ENERGY.within(
            f"{site.id}, {slice_}", drawn + stored if lit else drawn, made if lit else made + given
        )


def energy_drawn(case: Case, site: Site, slice_: str) -> Vector:
    """Energy [GWh/yr] that processes, melts, shots and vehicles draw in a slice."""
    drawn = case.zero
    for process in site.network.values():
        drawn = drawn + process.electricity_gwh * case.of("activity", site.id, process.id, slice_)
        if process.hot_idle > 0:
            drawn = drawn + _melt(case, site, process.id, slice_)
    for launcher, s, mass in shots_at(case, site.id):
        if s == slice_:
            drawn = drawn + launcher.wall_energy_kwh_per_kg * mass  # kWh/kg is GWh/kt
    for pair_, item, way, mass in case.rows("haulage"):
        if item in ("hull", "kit") and pair_.split(">")[0] == site.id:
            drawn = drawn + case.number(f"haulage.{way}.energy", "GWh/kt") * site.share(slice_) * mass
    return drawn


def _melt(case: Case, site: Site, name: str, slice_: str) -> Vector:
    """Energy to keep a melt hot through the dark, or to melt again what froze."""
    process = site.network[name]
    hot = case.of("activity", site.id, name, "kept hot")
    if slice_ == "dark":
        return process.hot_idle * process.electricity_gwh * hot
    usable = case.number("maintenance.availability") * site.share("dark") * case.of("capacity", site.id, name)
    frozen = usable - case.of("activity", site.id, name, "dark") - hot
    # the frozen share of a year's throughput, times restart hours for every spell of dark hours
    full_power_hours = case.number("operations.melt_restart", "hour") / site.dark_spell_h
    return process.electricity_gwh * frozen * full_power_hours


def _storage(case: Case, site: Site) -> Iterator[Line]:
    spells_per_year = HOURS_PER_YEAR * site.share("dark") / site.dark_spell_h
    held = case.of("power", site.id, "storage", "given to the dark") / spells_per_year
    added = case.total("power", site.id, "storage", SOURCES)
    yield STORAGE.within(site.id, held, case.years.standing(added, case.number("power.storage.life", "yr")))


def _heat(case: Case, site: Site) -> Iterator[Line]:
    added = case.total("power", site.id, "radiators", SOURCES)
    there = case.years.standing(added, case.number("operations.radiator_life", "yr"))
    for slice_ in SLICES:
        asked = case.zero
        for process in site.network.values():
            drawn = process.electricity_gwh * case.of("activity", site.id, process.id, slice_)
            if process.hot_idle > 0:
                drawn = drawn + _melt(case, site, process.id, slice_)
            radiator = case.number(f"heat.{process.heat_class}.radiator", "kt/GW")
            asked = asked + radiator * drawn / site.hours(slice_)
        radiator = case.number(f"heat.{case.facts.text('power.storage.heat_class')}.radiator", "kt/GW")
        asked = asked + radiator * _storage_loss(case, site, slice_) / site.hours(slice_)
        yield HEAT.within(f"{site.id}, {slice_}", asked, there)


def _storage_loss(case: Case, site: Site, slice_: str) -> Vector:
    """Energy [GWh/yr] lost in storage: charging (lit) and discharging (dark) are equally good."""
    out = case.of("power", site.id, "storage", "given to the dark")
    held = out / np.sqrt(case.number("power.storage.round_trip"))
    taken = out / case.number("power.storage.round_trip")
    return taken - held if slice_ == "lit" else held - out
