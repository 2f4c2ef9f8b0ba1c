"""Policy: every cap the scenario sets, from what the plan's tables emit, land and mine."""

from __future__ import annotations

from collections.abc import Iterator

from lunarchain.industry.network import mass_kt
from lunarchain.plan.audit.cargo import landed_needs
from lunarchain.plan.audit.case import BUILDS, Case
from lunarchain.plan.audit.certificate import Line, Statement, Vector
from lunarchain.plan.audit.launch import flights
from lunarchain.plan.audit.materials import is_resource
from lunarchain.units import factor

LICENCES = Statement("launch licences", "flights of all vehicles <= licences [flight/yr]")
SOOT = Statement("black carbon cap", "black carbon above 15 km <= cap [kt/yr]")
CO2 = Statement("launch CO2 cap", "carbon dioxide of launches <= cap [kt/yr]")
ALUMINA = Statement("alumina cap", "alumina of satellites that ended in the air <= cap [kt/yr]")
CHIPS = Statement("chip export cap", "chips landed on the Moon <= cap [kt/yr]")
IMPORTS = Statement("lunar import cap", "mass needed on the Moon from Earth <= cap [kt/yr]")
SUPPLY = Statement(
    "import supply", "a commodity from Earth for lunar-made goods <= its yearly supply [kt/yr]"
)
EXPORTS = Statement("lunar export cap", "mass thrown off the Moon, loaded <= cap [kt/yr]")
OZONE = Statement("ozone cap", "ozone column lost to launches <= cap [fraction]")
REACTORS = Statement("reactors allowed", "reactors added before they are allowed <= none [GW/yr]")
MINING = Statement("mining cap", "ground dug on the Moon <= cap [kt/yr]")


def lines(case: Case) -> Iterator[Line]:
    """The caps that are set; the others say nothing."""
    policy, per_mt = case.scenario.policy, factor("Mt", "kt")
    vehicles = case.scenario.launch.vehicles
    if policy.launch_licences_per_yr is not None:
        flown = sum((flights(case, v) for v in vehicles), case.zero)
        yield LICENCES.within("all vehicles", flown, policy.launch_licences_per_yr * case.ones)
    if policy.black_carbon_cap_kt is not None:
        yield SOOT.within(
            "all vehicles", emitted_kt(case, "black_carbon"), policy.black_carbon_cap_kt * case.ones
        )
    if policy.launch_co2_cap_mt is not None:
        yield CO2.within(
            "all vehicles", emitted_kt(case, "co2"), policy.launch_co2_cap_mt * per_mt * case.ones
        )
    if policy.alumina_cap_kt is not None:
        yield ALUMINA.within("all orbits", alumina_kt(case), policy.alumina_cap_kt * case.ones)
    if policy.ozone_loss_cap_percent is not None:
        lost = sum(
            (case.number(f"emissions.{v}.ozone_loss", "1/flight") * flights(case, v) for v in vehicles),
            case.zero,
        )
        yield OZONE.within(
            "all vehicles", lost, policy.ozone_loss_cap_percent * factor("percent", "") * case.ones
        )
    yield from _reactors(case)
    yield from _lunar(case, per_mt)


def _reactors(case: Case) -> Iterator[Line]:
    """Reactors are added in no period whose middle lies before the year they are allowed from."""
    first = case.scenario.policy.lunar_nuclear_from
    if first is None:
        return
    for site in case.sites.values():
        for option in site.power_options:
            if case.facts.text(f"power.{option}.nuclear") != "no":
                added = case.total("power", site.id, option, ("added from earth", "added from moon"))
                early = case.years.middles < first
                yield REACTORS.within(f"{option} at {site.id}", added * early, added * ~early)


def _lunar(case: Case, per_mt: float) -> Iterator[Line]:
    policy, needs = case.scenario.policy, landed_needs(case)
    if policy.moon_chip_export_cap_kt is not None:
        chips = sum((mass for (_, cargo), mass in needs.items() if cargo == "chips"), case.zero)
        yield CHIPS.within("all sites", chips, policy.moon_chip_export_cap_kt * case.ones)
    if policy.moon_import_cap_kt is not None:
        yield IMPORTS.within(
            "all sites", sum(needs.values(), case.zero), policy.moon_import_cap_kt * case.ones
        )
    for name, cap in case.scenario.moon.import_caps_kt.items() if case.sites else ():
        yield SUPPLY.within(name, supplied_kt(case, name), cap * case.ones, name)
    if policy.moon_export_cap_kt is not None:
        thrown = sum((mass for *_, mass in case.rows("thrown")), case.zero)
        yield EXPORTS.within("all tracks", thrown, policy.moon_export_cap_kt * case.ones)
    if policy.lunar_mining_cap_mt is not None:
        dug = sum((soil_dug_kt(case, site) for site in case.sites), case.zero)
        yield MINING.within("all sites", dug, policy.lunar_mining_cap_mt * per_mt * case.ones)


def supplied_kt(case: Case, name: str) -> Vector:
    """A commodity Earth supplies for lunar-made goods [kt/yr]: landed, and joined with hulls in orbit."""
    if name == "imp_plant":
        return sum((mass for (_, cargo), mass in landed_needs(case).items() if cargo == "plant"), case.zero)
    landed = sum((mass for _, item, _, mass in case.rows("imports") if item == name), case.zero)
    joined = (case.of("satellites", o, "hybrid", "added") for o in case.scenario.satellites.orbits)
    return landed + case.pair.imports.get(name, 0.0) * sum(joined, case.zero)


def emitted_kt(case: Case, what: str) -> Vector:
    """Emission of all launches [kt/yr]."""
    vehicles = case.scenario.launch.vehicles
    return sum(
        (case.number(f"emissions.{v}.{what}", "kt/flight") * flights(case, v) for v in vehicles), case.zero
    )


def alumina_kt(case: Case) -> Vector:
    """Alumina [kt/yr] of satellites whose life ended in the year before, in orbits from which they fall."""
    share, life = case.number("emissions.alumina_per_sat"), case.number("compute.satellite_life", "yr")
    total = case.zero
    for orbit in case.scenario.satellites.orbits:
        if case.facts.text(f"orbits.{orbit}.reenters") == "yes":
            for build in BUILDS:
                mass = case.pair.earth_mass_kt if build == "earth" else case.pair.moon_mass_kt
                ended = case.years.standing(case.of("satellites", orbit, build, "added"), 1.0, life)
                total = total + share * mass * ended
    return total


def soil_dug_kt(case: Case, site: str) -> Vector:
    """Mass taken from the ground of a site [kt/yr]."""
    dug = case.zero
    for process in case.sites[site].network.values():
        for name, amount in process.inputs.items():
            if is_resource(case, name):
                dug = dug + amount * mass_kt(case.facts, name) * case.activity(site, process.id)
    return dug
