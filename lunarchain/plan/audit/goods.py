"""Lunar goods: hulls and satellites from maker to orbit, and the robots that handle them."""

from __future__ import annotations

from collections.abc import Iterator

from lunarchain.industry.satellites import assembly
from lunarchain.plan.audit.case import Case, Site
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.deliveries import reached_kt_per_yr, sent_kt_per_yr
from lunarchain.plan.audit.plant import kits_used
from lunarchain.plan.audit.power import STORE_MATERIALS, figure, made_on_moon
from lunarchain.plan.audit.tracks import built_at, stators_at

HULLS = Statement("hull balance", "hulls made + hauled in = thrown + hauled out [kt/yr]")
WHOLE = Statement("satellite balance", "satellites shipped = thrown [kt/yr]")
JOINED = Statement(
    "delivered", "mass of lunar goods put in service in an orbit <= mass that reached it [kt/yr]"
)
YARDS = Statement("orbital yards", "satellites joined in an orbit <= yard capacity standing [GW/yr]")
VEHICLES = Statement(
    "haulage vehicles", "mass hauled x vehicle mass per throughput <= vehicles standing [kt]"
)
LINES = Statement(
    "haulage line", "mass hauled by a way that needs a line <= what the lines standing can carry [kt/yr]"
)
ROBOTS = Statement("robots", "mass handled <= what the robots at work can handle [kt/yr]")


def lines(case: Case) -> Iterator[Line]:
    """Every statement about lunar goods, haulage and robots."""
    for site in case.sites.values():
        i = site.id
        hulls = case.pair.hull_mass_kt * case.of("lunar_goods", i, "hull", "made")
        came, went = hauled(case, i, "hull")
        yield HULLS.equal(i, hulls + came, sent_kt_per_yr(case, i, "hull") + went)
        shipped = case.pair.moon_mass_kt * case.of("lunar_goods", i, "satellite", "shipped")
        yield WHOLE.equal(i, shipped, sent_kt_per_yr(case, i, "satellite"))
        yield ROBOTS.within(i, handled_kt_per_yr(case, site), _robots_at_work(case, i))
    for orbit in case.scenario.satellites.orbits:
        yield from _orbit(case, orbit)
    yield from _haulage(case)


def hauled(case: Case, site: str, good: str) -> tuple[Vector, Vector]:
    """Mass of a good that came to a site, losses taken off, and that left it [kt/yr]."""
    came, went = case.zero, case.zero
    for pair_, item, way, mass in case.rows("haulage"):
        start, end = pair_.split(">")
        if item == good and end == site:
            came = came + (1 - case.number(f"haulage.{way}.loss")) * mass
        if item == good and start == site:
            went = went + mass
    return came, went


def _orbit(case: Case, orbit: str) -> Iterator[Line]:
    goods = (("hybrid", "hull", case.pair.hull_mass_kt), ("moon", "satellite", case.pair.moon_mass_kt))
    for build, good, mass in goods:
        added = case.of("satellites", orbit, build, "added")
        yield JOINED.within(f"{build} in {orbit}", mass * added, reached_kt_per_yr(case, orbit, good))
    yard, lag = assembly(case.facts, case.pair), case.number("operations.commissioning_lag", "yr")
    standing = case.years.standing(case.of("satellites", orbit, "yard", "added"), yard.life_yr, lag)
    yield YARDS.within(orbit, case.of("satellites", orbit, "hybrid", "added"), standing)


def _haulage(case: Case) -> Iterator[Line]:
    ways = sorted({(pair_, way) for pair_, _, way, _ in case.rows("haulage")})
    for pair_, way in ways:
        key, mass = (
            f"haulage.{way}",
            case.of("haulage", pair_, "hull", way) + case.of("haulage", pair_, "kit", way),
        )
        standing = case.years.standing(
            case.of("haulage", pair_, "vehicles", way), case.number(f"{key}.life", "yr")
        )
        yield VEHICLES.within(f"{way} {pair_}", case.number(f"{key}.fleet", "yr") * mass, standing)
        if case.number(f"{key}.track_mass", "kt") > 0:
            laid = case.of("haulage", pair_, "line", way) / case.years.lengths
            life, lag = case.number(f"{key}.life", "yr"), case.number("operations.line_build_time", "yr")
            most = case.number(f"{key}.capacity", "kt/yr")
            yield LINES.within(f"{way} {pair_}", mass, most * case.years.standing(laid, life, lag))


def handled_kt_per_yr(case: Case, site: Site) -> Vector:
    """Mass put together at a site by robots: plant, power, storage, tracks, lines, hulls and satellites."""
    i, pair = site.id, case.pair
    mass = kits_used(case, i)
    mass = mass + pair.hull_mass_kt * case.of("lunar_goods", i, "hull", "made")
    mass = mass + pair.moon_mass_kt * case.of("lunar_goods", i, "satellite", "shipped")
    for option in site.power_options:
        if made_on_moon(case, option):
            mass = mass + figure(case, option, "imported_mass_earth", "kt/GW") * case.of(
                "power", i, option, "added from moon"
            )
    stored = case.of("power", i, "storage", "added from moon")
    lunar = sum(case.number(f"power.storage.lunar_{name}") for name in STORE_MATERIALS)
    mass = mass + lunar * stored / case.number("power.storage.specific_energy", "GWh/kt")
    for launcher, built in built_at(case, i):
        mass = mass + sum(launcher.lunar_mass_kt.values()) * built
    mass = mass + sum(stators_at(case, i)[0].values(), case.zero)
    for pair_, item, way, laid in case.rows("haulage"):
        if item == "line" and pair_.split(">")[0] == i:
            mass = mass + case.number(f"haulage.{way}.track_mass", "kt") * laid / case.years.lengths
    return mass


def _robots_at_work(case: Case, site: str) -> Vector:
    """Mass the robots of a site can handle a year; the table counts robots by it."""
    life, lag = case.number("labour.robot_life", "yr"), case.number("operations.commissioning_lag", "yr")
    return case.years.standing(case.total("builds", site, "robots", ("landed", "local")), life, lag)
