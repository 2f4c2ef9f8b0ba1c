"""Lunar plant: capacity from what was built, activity within it, and the parts that plant and spares take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lunarchain.plan.audit.case import SLICES, Case, Site
from lunarchain.plan.audit.certificate import Line, Statement, Vector

CAPACITY = Statement(
    "capacity", "capacity = plant landed and built here, commissioned and not worn out [unit/yr]"
)
ACTIVITY = Statement(
    "activity", "activity in a slice <= availability x share of the year x capacity [unit/yr]"
)
DARK = Statement(
    "dark capacity", "melt that runs in the dark + melt kept hot <= usable capacity in the dark [unit/yr]"
)
STRUCTURE = Statement(
    "plant structure",
    "structure for plant, spares, vehicles, robots and worn tracks <= made or landed [kt/yr]",
)
PRECISION = Statement(
    "precision parts",
    "precision parts for plant, spares, vehicles and robots <= served by the grades [kt/yr]",
)
MADE = Statement(
    "plant experience", "lunar plant made so far = that of the period before + kits used since [kt]"
)
GRADE = Statement("plant grade", "plant of a better grade <= its rate x lunar plant made so far [kt/yr]")
RAMP = Statement(
    "commissioning", "kits put to use <= a seed a year and growth on those before, year upon year [kt/yr]"
)


def lines(case: Case) -> Iterator[Line]:
    """Every statement about plant."""
    for site in case.sites.values():
        yield from _capacity(case, site)
        wanted = plant_wanted(case, site)
        supplied = case.total("plant", site.id, "structure", (*case.grades, "landed"))
        for name, grade in case.grades.items():  # crude plant imports more than its precision parts
            beyond = max(grade.import_factor - 1, 0.0)
            supplied = supplied + beyond * case.of("plant", site.id, "precision", name)
        yield STRUCTURE.within(site.id, wanted[0], supplied)
        yield PRECISION.within(
            site.id, wanted[1], case.total("plant", site.id, "precision", tuple(case.grades))
        )
    if case.sites:
        yield from _experience(case)


def _capacity(case: Case, site: Site) -> Iterator[Line]:
    lag = case.number("operations.commissioning_lag", "yr")
    available = case.number("maintenance.availability")
    for process in site.network.values():
        place = f"{process.id} at {site.id}"
        stated = case.of("capacity", site.id, process.id)
        built = case.total("builds", site.id, process.id, ("landed", "local"))
        yield CAPACITY.equal(place, stated, case.years.standing(built, process.life_yr, lag), process.unit)
        for slice_ in SLICES:
            usable = available * site.share(slice_) * stated
            active = case.of("activity", site.id, process.id, slice_)
            yield ACTIVITY.within(f"{place}, {slice_}", active, usable, process.unit)
        if process.hot_idle > 0:
            hot = case.of("activity", site.id, process.id, "kept hot")
            usable = available * site.share("dark") * stated
            yield DARK.within(
                place, case.of("activity", site.id, process.id, "dark") + hot, usable, process.unit
            )


def plant_wanted(case: Case, site: Site) -> tuple[Vector, Vector]:
    """Structure and precision parts [kt/yr] for a site's local plant, spares, vehicles and robots."""
    structure, precision = case.zero, case.zero
    machines = case.number("closure.grade.reference.import_share")
    for pair_, item, _, added in case.rows("haulage"):
        if item == "vehicles" and pair_.split(">")[0] == site.id:
            structure, precision = structure + (1 - machines) * added, precision + machines * added
    robots = robot_mass_kt(case) * case.of("builds", site.id, "robots", "local")
    electronics = case.number("labour.robot_import_share")
    structure, precision = structure + (1 - electronics) * robots, precision + electronics * robots
    for process in site.network.values():
        spares = process.spares_per_yr * case.of("capacity", site.id, process.id)
        mass = process.plant_kt * (case.of("builds", site.id, process.id, "local") + spares)
        structure = structure + (1 - process.import_share) * mass
        precision = precision + process.import_share * mass
    return structure, precision


def robot_mass_kt(case: Case) -> float:
    """Mass of robots per mass they can handle in a year [yr]; the tables count robots by the latter."""
    per_robot = case.number("labour.handled_per_robot", "kt/robot/yr")
    return case.number("labour.robot_mass", "kt/robot") / per_robot


def kits_used(case: Case, site: str) -> Vector:
    """Kits [kt/yr] that a site's structure and precision parts take, crudeness included."""
    used = case.zero
    for name, grade in case.grades.items():
        made_here = max(1 - grade.import_factor, 0.0)  # of the precision parts; crude plant imports them all
        used = used + grade.crudeness * case.of("plant", site, "structure", name)
        used = used + grade.crudeness * made_here * case.of("plant", site, "precision", name)
    return used


def _experience(case: Case) -> Iterator[Line]:
    used = np.sum([kits_used(case, site) for site in case.sites], axis=0)
    stated = case.of("plant", "moon", "made so far")
    made = np.concatenate([[0.0], np.cumsum(used * case.years.lengths)[:-1]])
    yield MADE.equal("moon", stated, made)
    for name, grade in case.grades.items():
        if np.isfinite(grade.experience_per_yr):
            served = sum(
                (case.of("plant", i, pool, name) for i in case.sites for pool in ("structure", "precision")),
                case.zero,
            )
            yield GRADE.within(name, served, grade.experience_per_yr * stated)
    seed, rate = (
        case.number("operations.commissioning_seed", "kt/yr"),
        case.number("operations.commissioning_rate", "1/yr"),
    )
    before = np.concatenate([[0.0], used[:-1]])
    yield RAMP.within("moon", used, case.years.grown(before, rate, seed))
