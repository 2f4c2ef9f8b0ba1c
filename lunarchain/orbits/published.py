"""Published figures on satellites, orbits, their price and the air, beside the same figures computed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lunarchain.comparison import CONTRADICTION, Comparison
from lunarchain.orbits.earth import earth
from lunarchain.orbits.sizing import assumptions, radiated_w_m2, size
from lunarchain.orbits.sunlight import eclipse_free_altitude_km, sun_synchronous_sunlight
from lunarchain.scenario.facts import Fact, Facts
from lunarchain.units import factor

COMPUTE = "benchmark_orbital_compute"
CLOSE, AREAS, BUDGETS = 1e-3, 0.2, 0.3  # arithmetic; unstated sinks and margins; whole mass budgets
PRICES = 0.0144  # 1.4 %, as the rounded power of the published table allows


def rows(facts: Facts) -> list[Comparison]:
    """Every comparison of this room."""
    parts = (_launched_power, _calculator, _sunlight, _areas, _budgets, _ground, _air)
    return [row for part in parts for row in part(facts)]


def _row(
    what: str, fact: Fact, ours: float, unit: str, tolerance: float, remark: str = "", finding: str = ""
) -> Comparison:
    return Comparison(
        what, fact.to(unit), ours, unit, tolerance, fact.source, fact.kind, remark, finding=finding
    )


def launched_power_price(mass_kg: float, power_kw: float, life_yr: float, usd_kg: float) -> float:
    """What launch costs a kW of satellite for a year [$/kW/yr]."""
    return mass_kg * usd_kg / (power_kw * life_yr)


def _launched_power(facts: Facts) -> Iterator[Comparison]:
    for name in ("starlink_v2mini", "starlink_v1", "oneweb"):
        at = f"{COMPUTE}.suncatcher.{name}"
        mass, power, life = (
            facts.number(f"{at}.{x}", u) for x, u in (("mass", "kg"), ("power", "kW"), ("life", "yr"))
        )
        for usd_kg in (3600, 200):
            key = f"{at}.price_at_{usd_kg}"
            key = key if key in facts else "claims.comp_suncatcher_v2mini_200"
            ours = launched_power_price(mass, power, life, usd_kg)
            what = f"Suncatcher: launched power of {name} at {usd_kg} $/kg"
            yield _row(what, facts[key], ours, "USD/kW/yr", PRICES, "published with rounded power")


def orbital_bill(facts: Facts) -> dict[str, float]:
    """The public calculator's orbital case from its inputs: power to launch [GW], mass [kt], bills [G$], $/MWh.

    Cells age yearly, so the array is larger by the mean of what is left; failures and upkeep are shares of hardware.
    """

    def number(name: str, unit: str) -> float:
        return facts.number(f"{COMPUTE}.mccalip.{name}", unit)

    years, kept = number("life", "yr"), 1 - number("degradation", "1/yr")
    left = sum(kept**year for year in range(round(years))) / years
    power = number("power", "GW") / (left * number("sun", "dimensionless"))
    mass = power / number("specific_power", "GW/kt")
    hardware = power * number("hardware_price", "GUSD/GW")
    launch = mass * number("launch_price", "GUSD/kt")
    kept_up = years * (number("operations", "1/yr") + number("gpu_failure", "1/yr")) * hardware
    total = hardware + launch + kept_up + number("development", "GUSD")
    hours = years * 365 * factor("day", "hour")  # its years have 365 days
    levelised = total / (number("power", "GW") * hours) * factor("GUSD/GWh", "USD/MWh")
    return {
        "power": power,
        "mass": mass,
        "hardware": hardware,
        "launch": launch,
        "total": total,
        "lcoe": levelised,
    }


def _calculator(facts: Facts) -> Iterator[Comparison]:
    ours, at = orbital_bill(facts), f"{COMPUTE}.mccalip"
    yield _row("McCalip calculator: mass launched", facts[f"{at}.mass"], ours["mass"], "kt", CLOSE)
    yield _row("McCalip calculator: hardware", facts[f"{at}.hardware_cost"], ours["hardware"], "GUSD", CLOSE)
    yield _row("McCalip calculator: launch", facts[f"{at}.launch_cost"], ours["launch"], "GUSD", CLOSE)
    per_w = ours["total"] / facts.number(f"{at}.power", "GW")
    yield _row("McCalip calculator: total per watt", facts["claims.comp_mccalip_orb"], per_w, "USD/W", CLOSE)
    yield _row("McCalip calculator: levelised cost", facts[f"{at}.lcoe"], ours["lcoe"], "USD/MWh", CLOSE)


def _sunlight(facts: Facts) -> Iterator[Comparison]:
    body, source = earth(facts), "closed form and ray sweep of an earlier study of our own"
    light = sun_synchronous_sunlight(body, 650)
    yield Comparison(
        "dawn-dusk orbit at 650 km: sunlit share, mean",
        0.961,
        light.mean_share,
        "dimensionless",
        CLOSE,
        source,
        "derived",
    )
    yield Comparison(
        "dawn-dusk orbit at 650 km: days with eclipses",
        88,
        light.eclipse_days,
        "day",
        0.02,
        source,
        "derived",
    )
    yield Comparison(
        "dawn-dusk orbit at 650 km: longest eclipse",
        19.7,
        light.longest_eclipse_min,
        "minute",
        0.02,
        source,
        "derived",
    )
    above = eclipse_free_altitude_km(body)
    yield Comparison("dawn-dusk orbit: no eclipse above", 1392, above, "km", CLOSE, source, "derived")
    spec, why = "public specification file", "it leaves out that the plane is tilted by more than 90 degrees"
    yield Comparison(
        "dawn-dusk orbit: no eclipse above, as a public file says",
        574,
        above,
        "km",
        0.05,
        spec,
        "secondary",
        why,
        finding=CONTRADICTION,
    )
    package, label = (
        "spacedc-mdao 0.4.2",
        "0.64 is the share with the Sun in the orbit's plane, not of a dawn-dusk orbit",
    )
    yield Comparison(
        "orbit labelled dawn-dusk: sunlit share",
        0.64,
        light.mean_share,
        "dimensionless",
        0.05,
        package,
        "secondary",
        label,
        finding=CONTRADICTION,
    )


def _areas(facts: Facts) -> Iterator[Comparison]:
    figure, number = "satellite_figures", facts.number
    peak_w = facts[f"{figure}.ai1_avg_power"].high * factor("kW", "W")
    flux = number(f"{figure}.ai1_radiator_flux", "W/m**2")
    yield _row(
        "AI1: radiator area at peak power", facts[f"{figure}.ai1_radiator_area"], peak_w / flux, "m**2", 0.05
    )
    emissivity = number("sizing.emissivity", "dimensionless")
    warm = radiated_w_m2(342, emissivity, 2, facts)
    yield _row(
        "AI1: flux of a two-sided radiator at 342 K",
        facts[f"{figure}.ai1_radiator_flux"],
        warm,
        "W/m**2",
        0.01,
    )
    at = f"{COMPUTE}.turyshev"
    power = number(f"{at}.power", "W")
    sun, overhead = number("orbits.sso.sun_fraction", "dimensionless"), facts[f"{figure}.pue_orbital"].high
    areal = number("constants.solar_constant", "W/m**2") * facts[f"{figure}.pv_efficiency"].low
    remark = "overhead 1.25 and cells of 22 %; margins of the published design are not stated"
    yield _row(
        "Turyshev: array of 1 MW",
        facts[f"{at}.array_area"],
        power * overhead / sun / areal,
        "m**2",
        AREAS,
        remark,
    )
    cold = radiated_w_m2(350, emissivity, 1, facts)
    remark = "one side at 350 K; sink and margins of the published design are not stated"
    yield _row(
        "Turyshev: radiator of 1 MW",
        facts[f"{at}.radiator_area"],
        power * overhead / cold,
        "m**2",
        AREAS,
        remark,
    )
    array_kg = (
        number(f"{at}.array_area", "m**2") * areal / number(f"{figure}.pv_specific_power_today", "W/kg")
    )
    radiator_kg = (
        number(f"{at}.radiator_area", "m**2")
        * facts[f"{COMPUTE}.mach33.starlink_v3.radiator_areal_mass"].value
    )
    ours = (array_kg + radiator_kg) / (power * factor("W", "kW"))
    yield _row(
        "Turyshev: array and radiator from its areas",
        facts[f"{at}.partial_mass"],
        ours,
        "kg/kW",
        0.02,
        "at 100 W/kg and 5 kg/m2",
    )


def _budgets(facts: Facts) -> Iterator[Comparison]:
    for level, pair in (("light", "low"), ("nominal", "nominal"), ("heavy", "high")):
        found = size(100, assumptions(facts, level))
        fact = facts[f"satellites.{pair}.earth.mass"]
        yield _row(
            f"component table, {level} satellite of 100 kW",
            fact,
            found.mass_kg / found.power_kw,
            "kg/kW",
            0.005,
        )
    plain = assumptions(facts)
    solar = facts.number("constants.solar_constant", "W/m**2")
    for name, efficiency in (("v1", 0.32), ("v2", 0.40)):
        at = f"{COMPUTE}.mach33.{name}"
        theirs = replace(
            plain,
            array_areal_power_w_m2=solar * efficiency,
            array_areal_mass_kg_m2=facts.number(f"{at}.array_areal_mass", "kg/m**2"),
            radiator_flux_w_m2=radiated_w_m2(
                370, facts.number("sizing.emissivity", "dimensionless"), 2, facts
            ),
            radiator_areal_mass_kg_m2=facts.number(f"{at}.radiator_areal_mass", "kg/m**2"),
        )
        ours = size(facts.number(f"{at}.power", "kW"), theirs)
        remark = "array and radiator as published, everything else at our nominal"
        yield _row(
            f"Mach33 {name}: whole satellite", facts[f"{at}.mass"], ours.mass_kg, "kg", BUDGETS, remark
        )
    for name in ("starlink_v3", "v1", "v2"):
        at = f"{COMPUTE}.mach33.{name}"
        ours_w_kg = facts.number(f"{at}.power", "W") / facts.number(f"{at}.mass", "kg")
        yield _row(f"Mach33 {name}: specific power", facts[f"{at}.specific_power"], ours_w_kg, "W/kg", CLOSE)


def ground_power_usd_kw_yr(usd_kwh: float, pue: float) -> float:
    """Electricity of a kW of compute on the ground for a year [$/kW/yr]."""
    return usd_kwh * pue * factor("yr", "hour")


def _ground(facts: Facts) -> Iterator[Comparison]:
    fact = facts["ground.dc_power_spend"]
    pue = facts["ground.pue"]
    for what, usd_kwh, level, end in (
        ("least", 0.06, pue.low, fact.low),
        ("most", 0.25, pue.high, fact.high),
    ):
        ours = ground_power_usd_kw_yr(usd_kwh, level)
        yield Comparison(
            f"power of a kW on the ground, {what}", end, ours, "USD/kW/yr", 0.03, fact.source, fact.kind
        )


def _air(facts: Facts) -> Iterator[Comparison]:
    number = facts.number
    soot = 10_000 * number("emissions.starship.black_carbon", "kt/flight")
    source = "an earlier study of our own, at 5,250 t a flight"
    yield Comparison(
        "black carbon above 15 km of 10,000 methane flights",
        26,
        soot,
        "kt",
        0.06,
        source,
        "derived",
        "2.6 times the high case of Maloney et al. 2022",
    )
    mean = (
        number("emissions.bc_global_current", "kt/yr") / 102
    )  # world launches of 2019, launch.falcon_orbital_launches_2025
    ours = number("emissions.falcon9.black_carbon", "kt/flight")
    brown = facts["emissions.bc_global_current"]
    remark = "published: the launches of 2019, all fuels, 15 to 50 km; ours: one kerosene flight at 35 g/kg"
    yield Comparison(
        "Brown 2024: black carbon of a mean launch of 2019",
        mean * factor("kt", "t"),
        ours * factor("kt", "t"),
        "t",
        0.5,
        brown.source,
        brown.kind,
        remark,
    )
    ratio = number("emissions.emis2019_co2", "kt/yr") / number("emissions.emis2019_h2o", "kt/yr")
    methane = number("emissions.starship.co2", "t/flight") / number("emissions.starship.h2o", "t/flight")
    stoichiometric = 44.009 / (2 * 18.015)
    yield Comparison(
        "methane flight: carbon dioxide over water",
        stoichiometric,
        methane,
        "dimensionless",
        0.01,
        "complete combustion of CH4",
        "derived",
    )
    co2 = facts["emissions.emis2019_co2"]
    yield Comparison(
        "Brown 2024: carbon dioxide over water, fleet of 2019",
        ratio,
        methane,
        "dimensionless",
        0.5,
        co2.source,
        co2.kind,
        "their fleet burnt kerosene, hydrogen and solids",
    )
    few = facts["emissions.o3_revell_2040"]
    straight = few.low * 2040 / 884
    remark = "0.17 % at 884 launches carried on in a straight line: the published loss grows more slowly, so no line is carried past its points"  # noqa: E501
    yield _row("Revell 2025: ozone loss at 2,040 launches", few, straight, "percent", 0.1, remark)
    large = facts["emissions.o3_larson_1e5"]
    remark = (
        "hydrogen flights; the slope of the mixed fleet of 2,040 would give far more: fuels are not alike"
    )
    yield _row(
        "Larson 2017: ozone loss at 100,000 hydrogen flights",
        large,
        few.value * 1e5 / 2040,
        "percent",
        0.1,
        remark,
        CONTRADICTION,
    )
    ash = facts["emissions.alumina_100gw"]
    ours = number("claims.seed_mass_rate", "kt/yr") * number("emissions.alumina_per_sat", "dimensionless")
    remark = "30 kg of oxide from a satellite of 250 kg, as Ferreira 2024 computes"
    yield _row("alumina when 1 Mt of satellites re-enters a year", ash, ours, "kt/yr", CLOSE, remark)
