"""Figures of merit: what a plan comes to, in the few numbers by which plans are compared.

Everything is computed from the plan's tables and the fact tables alone. Tail periods are left out. Rates
are yearly means of a period; "first year" is the year in which the first period that qualifies begins. A
figure that has no meaning for a plan (nothing built on the Moon, say) is ``None``.
"""

from __future__ import annotations

import math
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

from lunarchain.industry.satellites import SatellitePair, pair
from lunarchain.orbits.follow import following
from lunarchain.plan.growth import growth_figures
from lunarchain.plan.launchers import HEAT, LAUNCHERS, POWER, SHOTS
from lunarchain.plan.periods import Periods, Series, periods
from lunarchain.plan.tables import Tables
from lunarchain.scenario.facts import KINDS, Facts
from lunarchain.scenario.schema import Scenario
from lunarchain.units import factor

Figure = float | int | str | None

LUNAR_BUILDS = ("hybrid", "moon")
UNSERVED = "value of compute not served"
SLICES = ("lit", "dark")
TERAWATT_GW = factor("TW", "GW")
# A rate counts as reached when it is short by no more than the audit tolerates.
REACHED = 1 - 1e-6
# Fact tables (or parts of them) that the plan itself is computed from; the others are for comparison.
DECIDING = (
    "closure.grade.*", "commodities.*", "compute.*", "driver.*", "economics.*", "emissions.*", "extraction.*",
    "ground.*", "haulage.*", "heat.*", "kick_stage.*", "labour.*", "links.*", "maintenance.*", "operations.*",
    "orbits.*", "pads.*", "power.*", "prices.*", "processes.*", "propulsion.*", "routes.*", "satellites.*",
    "services.*", "sites.*", "soils.*", "vehicles.*",
)  # fmt: skip


def figures(
    run_tables: Tables, baseline_tables: Tables, scenario: Scenario, facts: Facts
) -> dict[str, Figure]:
    """Every figure of merit by name; names end in their unit, years are calendar years.

    ``baseline_tables`` are those of the best plan of the same case without the Moon.
    """
    facts, span = following(facts), periods(scenario, facts)
    wanted = wanted_gw(scenario, span)
    served = span.series(select(run_tables["compute"], detail="served"))
    found = {
        **_spent(run_tables, span),
        **_levelised(run_tables, span, served),
        **{f"{key}_without_moon": value for key, value in _spent(baseline_tables, span).items()},
        **_having_the_moon(run_tables, baseline_tables, span),
        **_additions(run_tables, span, facts),
        **_lift(run_tables, span, facts),
        **_imports(run_tables, span, pair(facts, scenario.satellites.pair), facts),
        **_energy(run_tables, span, facts),
        **_industry(run_tables, span, facts),
        "share_of_demand_served": _ratio(span.total(served), span.total(wanted)),
        "share_of_demand_served_final": _ratio(served[-1], wanted[-1]),
        **_kardashev(served[-1], facts),
        **_emissions(run_tables, span, pair(facts, scenario.satellites.pair), facts),
        **kinds_of_facts(scenario, facts),
    }
    return {key: _plain(value) for key, value in found.items()}


def select(table: pd.DataFrame, **wanted: str | tuple[str, ...]) -> pd.DataFrame:
    """Rows whose columns equal the wanted words (any of them, for a tuple)."""
    keep = np.ones(len(table), dtype=bool)
    for column, words in wanted.items():
        keep &= table[column].isin((words,) if isinstance(words, str) else words).to_numpy()
    return table[keep]


def wanted_gw(scenario: Scenario, span: Periods) -> Series:
    """Compute wanted in service in each reported period, at whatever price the last tier still bears [GW]."""
    demand = scenario.demand
    if not (demand.curve or demand.by_class):
        grown = demand.first_gw * (1 + demand.growth) ** (span.midpoints - span.edges[0])
        return np.minimum(grown, demand.ceiling_gw) * demand.tiers[-1]
    total = np.zeros_like(span.midpoints)
    for points in demand.by_class.values() or (demand.curve,):
        years, logs = [p.year for p in points], np.log([float(p.gw) for p in points])
        beyond = span.midpoints - np.clip(span.midpoints, years[0], years[-1])
        grown = np.exp(np.interp(span.midpoints, years, logs)) * (1 + demand.growth) ** beyond
        total = total + np.minimum(grown, demand.ceiling_gw)
    return total * demand.tiers[-1]


def added_gw(tables: Tables, span: Periods) -> dict[str, Series]:
    """New compute by source in each reported period [GW/yr]: satellites by where built, and ground."""
    satellites = select(tables["satellites"], detail="added")
    by_build = {build: span.series(select(satellites, item=build)) for build in ("earth", *LUNAR_BUILDS)}
    return by_build | {"ground": span.series(select(tables["ground"], item="chips"))}


def lifted_kt(tables: Tables, facts: Facts) -> pd.DataFrame:
    """The transport table as mass in low Earth orbit [kt/yr]: what is delivered times the route's ratio."""
    carried = tables["transport"]
    gear = {route: _lift_ratio(facts, route) for route in carried["item"].unique()}
    return carried.assign(value=carried["value"] * carried["item"].map(gear).astype(float))


def _lift_ratio(facts: Facts, route: str) -> float:
    return facts.number(f"routes.{route}.lift", "dimensionless")


def lunar_power_gw(tables: Tables, facts: Facts) -> pd.DataFrame:
    """Mean output over the year of the power standing at lunar sites, by site and option [GW]."""
    standing = select(tables["power"], detail="standing")
    keys = set(zip(standing["node"], standing["item"], strict=True))
    mean = {(site, option): _mean_output(facts, site, option) for site, option in keys}
    output = [mean[key] for key in zip(standing["node"], standing["item"], strict=True)]
    return standing.assign(value=standing["value"] * np.asarray(output, dtype=float))


def _mean_output(facts: Facts, site: str, option: str) -> float:
    lit = facts.number(f"sites.{site}.lit_fraction", "dimensionless")
    shares = dict(zip(SLICES, (lit, 1 - lit), strict=True))
    return sum(facts.number(f"power.{option}.{s}_output", "dimensionless") * shares[s] for s in SLICES)


def _plain(value: Figure) -> Figure:
    return float(value) if isinstance(value, np.floating) else value


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _spent(tables: Tables, span: Periods) -> dict[str, float]:
    """Present value of what is paid, and of the value of compute that is wanted and not served [G$]."""
    missing = tables["costs"]["item"] == UNSERVED
    paid, lost = (span.series(tables["costs"][rows]) @ span.discounted_years for rows in (~missing, missing))
    return {"discounted_cost_g_usd": float(paid), "discounted_unserved_value_g_usd": float(lost)}


def _having_the_moon(tables: Tables, baseline: Tables, span: Periods) -> dict[str, Figure]:
    """The plan beside the one without the Moon, discounted, reported years alone: what is paid more, the value of what
    is served more (at the assumed worth of compute, which nobody pays), and what that leaves; tail left out."""
    here, there = _spent(tables, span), _spent(baseline, span)
    paid = here["discounted_cost_g_usd"] - there["discounted_cost_g_usd"]
    value = there["discounted_unserved_value_g_usd"] - here["discounted_unserved_value_g_usd"]
    served, without = (span.series(select(t["compute"], detail="served")) for t in (tables, baseline))
    per_kw = factor("GUSD/(GW*yr)", "USD/(kW*yr)")
    return {
        "moon_paid_more_g_usd": paid,
        "moon_served_more_g_usd": value,
        "moon_served_more_usd_per_kw_yr": _ratio(per_kw * value, float((served - without) @ span.discounted_years)),
        "decision_value_reported_g_usd": value - paid,
    }


def _levelised(tables: Tables, span: Periods, served: Series) -> dict[str, Figure]:
    """Levelised: discounted cost over discounted compute in service, with and without chips."""
    paid = _spent(tables, span)["discounted_cost_g_usd"]
    chips = span.series(select(tables["costs"], item="chips")) @ span.discounted_years
    gw_yr = float(served @ span.discounted_years)
    per_kw = factor("GUSD/(GW*yr)", "USD/(kW*yr)")
    whole, without_chips = (_ratio(per_kw * float(cost), gw_yr) for cost in (paid, paid - chips))
    return {
        "levelised_cost_usd_per_kw_yr": whole,
        "levelised_cost_without_chips_usd_per_kw_yr": without_chips,
    }


def _additions(tables: Tables, span: Periods, facts: Facts) -> dict[str, Figure]:
    """Power added by source [GW], and when the Moon and the terawatt come in.

    Fleets renew in waves, so that the best year may be a crest: the best mean over a satellite's life stands beside it.
    """
    life = facts.number("compute.satellite_life", "yr")
    added = added_gw(tables, span)
    lunar = sum((added[build] for build in LUNAR_BUILDS), np.zeros(span.count))
    satellites = added["earth"] + lunar
    most = (lunar > 1.0) & (lunar > (satellites + added["ground"]) / 2)
    return {
        "gw_earth_built": span.total(added["earth"]),
        "gw_hybrid": span.total(added["hybrid"]),
        "gw_moon_built": span.total(added["moon"]),
        "gw_ground": span.total(added["ground"]),
        "first_year_moon_gives_1_gw_per_yr": span.first_year(lunar > 1.0),
        "first_year_moon_gives_most": span.first_year(most),
        "first_year_100_gw_per_yr_satellites": span.first_year(satellites >= REACHED * 100),
        **_terawatt("satellites", satellites, span, life),
        **_terawatt("moon_made", lunar, span, life),
    }


def _terawatt(name: str, rate: Series, span: Periods, life_yr: float) -> dict[str, Figure]:
    best = int(np.argmax(rate))
    return {
        f"first_year_1_tw_per_yr_{name}": span.first_year(rate >= REACHED * TERAWATT_GW),
        f"best_rate_{name}_gw_per_yr": float(rate[best]),
        f"best_rate_{name}_year": span.year(best) if rate[best] > 0 else None,
        f"best_rate_{name}_over_a_life_gw_per_yr": span.best_mean(rate, life_yr),
    }


def _lift(tables: Tables, span: Periods, facts: Facts) -> dict[str, Figure]:
    """Flights, and mass lifted to low Earth orbit for everything, per GW of satellites added."""
    flights = span.series(select(tables["launches"], item="flights"))
    satellites = select(tables["satellites"], detail="added", item=("earth", *LUNAR_BUILDS))
    lifted = span.total(span.series(lifted_kt(tables, facts)))
    return {
        "peak_flights_per_yr": float(flights.max()),
        "peak_flights_year": span.year(int(np.argmax(flights))) if flights.max() > 0 else None,
        "peak_flights_over_a_life_per_yr": span.best_mean(flights, facts.number("compute.satellite_life", "yr")),
        "earth_lift_kt_per_gw": _ratio(lifted, span.total(span.series(satellites))),
    }


def _imports(tables: Tables, span: Periods, bill: SatellitePair, facts: Facts) -> dict[str, Figure]:
    """What Moon-made satellites still take from Earth, and Metzger's two ratios for the transport of capital.

    Metzger (arXiv:2303.09011) weighs a gear ratio G for sending capital to the Moon against the production
    mass ratio phi of that capital. Here phi is lunar-made mass put in orbit over all mass landed, and G is
    the lift of a kilogram landed over the lift that a lunar-made kilogram in orbit saves; the Moon saves lift
    where phi > G.
    """
    sites = tuple(facts.children("sites"))
    carried, on_moon = tables["transport"], tables["transport"]["node"].isin(sites)
    added = select(tables["satellites"], detail="added", item=LUNAR_BUILDS)
    landed = span.total(span.series(carried[on_moon]))
    to_yards = span.total(span.series(carried[~on_moon & (carried["detail"] != "satellite")]))
    lunar_kt = bill.hull_mass_kt * span.total(span.series(added))
    if landed <= 0 or span.total(span.series(added)) < facts.number("satellites.power", "GW/satellite"):
        return {"import_share_moon_made": None, "metzger_g": None, "metzger_phi": None}
    gear = span.total(span.series(select(lifted_kt(tables, facts), node=sites))) / landed
    replaced = (bill.earth_mass_kt - bill.import_mass_kt) / bill.hull_mass_kt
    return {
        "import_share_moon_made": (landed + to_yards) / (landed + to_yards + lunar_kt),
        "metzger_g": gear / (replaced * _orbital_gear(span, added, facts)),
        "metzger_phi": lunar_kt / landed,
    }


def _orbital_gear(span: Periods, added: pd.DataFrame, facts: Facts) -> float:
    """Least lift per kilogram to the orbits that lunar goods go to, weighted by the power they get."""
    by_orbit = {orbit: span.total(span.series(rows)) for orbit, rows in added.groupby("node")}
    routes = [route for route in facts.children("routes") if f"routes.{route}.to" in facts]

    def least(orbit: str) -> float:
        return min(_lift_ratio(facts, route) for route in routes if facts.text(f"routes.{route}.to") == orbit)

    return sum(gw * least(str(orbit)) for orbit, gw in by_orbit.items()) / sum(by_orbit.values())


def _energy(tables: Tables, span: Periods, facts: Facts) -> dict[str, Figure]:
    """Peak mean lunar power, and the days in which a satellite's array gives back what its making took.

    Earth-built: heating value of the propellant that lifts it (making it on Earth is not in the tables).
    Moon-made: all lunar electricity, growth of the industry included, and the propellant of all lift for it.
    """
    power = span.series(lunar_power_gw(tables, facts))
    added = select(tables["satellites"], detail="added")
    lift, per_kt = lifted_kt(tables, facts), _propellant_gwh_per_kt(tables, span, facts)
    whole = lift["detail"] == "satellite"
    burned = [span.total(span.series(lift[rows])) * per_kt for rows in (whole, ~whole)]
    lunar_gwh = span.total(power) * factor("yr", "hour")
    earth, moon = (select(added, item=builds) for builds in (("earth",), LUNAR_BUILDS))
    return {
        "peak_lunar_power_gw": float(power.max()),
        "energy_payback_earth_built_d": _payback_d(burned[0], earth, span, facts),
        "energy_payback_moon_made_d": _payback_d(burned[1] + lunar_gwh, moon, span, facts),
    }


def _propellant_gwh_per_kt(tables: Tables, span: Periods, facts: Facts) -> float:
    """Heating value of the propellant burned per mass put into low orbit, over all flights."""
    energy = mass = 0.0
    for vehicle, rows in select(tables["launches"], item="flights").groupby("node"):
        flights, name = span.total(span.series(rows)), f"vehicles.{vehicle}"
        kept = 1 - facts.number(f"{name}.failure_probability", "dimensionless")
        energy += flights * facts.number(f"{name}.propellant_energy", "GWh/flight")
        mass += flights * kept * facts.number(f"{name}.payload_leo", "kt/flight")
    return energy / mass if mass > 0 else 0.0


def _payback_d(spent_gwh: float, added: pd.DataFrame, span: Periods, facts: Facts) -> float | None:
    sunlit_gw = 0.0
    for orbit, rows in added.groupby("node"):
        sun = facts.number(f"orbits.{orbit}.sun_fraction", "dimensionless")
        sunlit_gw += sun * span.total(span.series(rows))
    if sunlit_gw < facts.number("satellites.power", "GW/satellite"):  # not even one satellite to pay it back
        return None
    return spent_gwh / sunlit_gw * factor("hour", "day")


def _industry(tables: Tables, span: Periods, facts: Facts) -> dict[str, Figure]:
    """Mass-driver tracks built, how fast the mass of lunar-made plant doubled, and what held it."""
    built = select(tables["tracks"], detail="built")
    tracks = built[built["period"] < span.count]
    counted = tracks.groupby(["node", "item"], as_index=False)["value"].sum()
    counts = [f"{n:.0f} x {design} at {track}" for track, design, n in counted.to_numpy()]
    return {
        "tracks_built": round(counted["value"].sum()),
        "tracks_by_design": "; ".join(counts),
        **_launchers(tables, span),
        **growth_figures(tables, span, facts),
    }


def _launchers(tables: Tables, span: Periods) -> dict[str, Figure]:
    """What all launchers draw, lose as heat and fire in their busiest year."""
    table = tables[LAUNCHERS]
    draws, loses, fires = (span.series(select(table, detail=what)) for what in (POWER, HEAT, SHOTS))
    return {
        "peak_driver_power_gw": float(draws.max(initial=0.0)),
        "peak_driver_heat_gw": float(loses.max(initial=0.0)),
        "peak_driver_shots_per_yr": float(fires.max(initial=0.0)),
    }


def _kardashev(final_gw: float, facts: Facts) -> dict[str, Figure]:
    """Sagan's index K = (log10 P/W - 6) / 10 for the compute in service at the end, alone and with the
    world's present use of power."""
    world_w = 10 ** (10 * facts.number("economics.kardashev_formula", "dimensionless") + 6)
    fleet_w = final_gw * factor("GW", "W")
    return {
        "kardashev_index_final_fleet": (math.log10(fleet_w) - 6) / 10 if fleet_w > 0 else None,
        "kardashev_index_with_world_use": (math.log10(fleet_w + world_w) - 6) / 10,
    }


def _emissions(tables: Tables, span: Periods, bill: SatellitePair, facts: Facts) -> dict[str, Figure]:
    """Highest yearly emissions, and means over a life: carbon dioxide, water and nitrogen oxides of
    launches, black carbon (above 15 km), alumina."""
    flights = select(tables["launches"], item="flights")
    burned = {what: np.zeros(span.count) for what in ("co2", "black_carbon", "h2o", "nox_reentry")}
    for vehicle, rows in flights.groupby("node"):
        for what, total in burned.items():
            total += span.series(rows) * facts.number(f"emissions.{vehicle}.{what}", "kt/flight")
    life = facts.number("compute.satellite_life", "yr")
    aired = {
        "co2_mt": burned["co2"] * factor("kt", "Mt"),
        "h2o_mt": burned["h2o"] * factor("kt", "Mt"),
        "nox_kt": burned["nox_reentry"],
        "black_carbon_kt": burned["black_carbon"],
        "alumina_kt": alumina_kt(tables, span, bill, facts),
    }
    peaks: dict[str, Figure] = {f"peak_{name}_per_yr": float(rate.max()) for name, rate in aired.items()}
    return peaks | {f"peak_{name}_over_a_life_per_yr": span.best_mean(rate, life) for name, rate in aired.items()}


def alumina_kt(tables: Tables, span: Periods, bill: SatellitePair, facts: Facts) -> Series:
    """Alumina from satellites that burn up in the year after their life ends [kt/yr], by reported period."""
    life = facts.number("compute.satellite_life", "yr")
    share, total = facts.number("emissions.alumina_per_sat", "dimensionless"), np.zeros(span.count)
    added = select(tables["satellites"], detail="added", item=("earth", *LUNAR_BUILDS))
    for (orbit, build), rows in added.groupby(["node", "item"]):
        if facts.text(f"orbits.{orbit}.reenters") == "yes":
            mass = bill.earth_mass_kt if build == "earth" else bill.moon_mass_kt
            total += mass * share * span.average_stock(span.series(rows), life_yr=1.0, lag_yr=life)
    return total


def kinds_of_facts(scenario: Scenario, facts: Facts) -> dict[str, Figure]:
    """How many of the numbers the plan was computed from are of each kind (seen, ..., estimate)."""
    counts = dict.fromkeys(KINDS, 0)
    for key in deciding_facts(scenario, facts):
        counts[facts[key].kind] += 1
    return {f"facts_{kind}": count for kind, count in counts.items()}


def deciding_facts(scenario: Scenario, facts: Facts) -> list[str]:
    """Ids of the numbers the case is computed from; unused pairs, orbits, vehicles and sites are left out."""
    chosen = {
        "satellites": {scenario.satellites.pair, "power", "reject"},
        "orbits": set(scenario.satellites.orbits),
        "vehicles": set(scenario.launch.vehicles),
        "sites": set(scenario.moon.sites),
    }

    def counts(key: str) -> bool:
        table, part = key.split(".")[:2]
        known = any(fnmatchcase(key, pattern) for pattern in DECIDING) and ".published." not in key
        return known and part in chosen.get(table, {part}) and not math.isnan(facts[key].value)

    return [key for key in facts if counts(key)]
