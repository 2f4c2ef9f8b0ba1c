"""What holds a plan back, and when: every limit beside what is used of it, from the tables and the facts.

The formulas repeat the meaning of the limits, not the model's code. What money alone can widen (pads, yards,
plant) is not a limit and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lunarchain.plan.growth import BINDING, commissioning, experience, ramp
from lunarchain.plan.launchers import BUSY, LAUNCHERS
from lunarchain.plan.merit import LUNAR_BUILDS, alumina_kt, lunar_power_gw, select, wanted_gw
from lunarchain.plan.periods import Series
from lunarchain.report.view import View, launcher, named, orbit_name, spoken
from lunarchain.units import factor

BUILDS = ("earth", *LUNAR_BUILDS)
GROUND_GRID = "Grid connections on the ground"
LAUNCH_LIMITS = ("Growth of", "Ceiling of", "Launch licences")


@dataclass(frozen=True)
class Limit:
    """One limit: what is used and what is allowed in each reported period, in ``unit``."""

    name: str
    unit: str
    used: Series
    allowed: Series
    forbids: bool = False  # an allowance of nothing holds too

    @property
    def share(self) -> Series:
        """Share of the limit that is used in each reported period."""
        nothing = np.full_like(self.used, float(self.forbids))
        return np.divide(self.used, self.allowed, out=nothing, where=self.allowed > 0)

    @property
    def binds(self) -> np.ndarray:
        """Periods in which the limit holds the plan back."""
        return self.share >= BINDING


def limits(view: View) -> list[Limit]:
    """Every limit of the case that is ever used by half: demand, Earth, orbits, Moon, policies."""
    makers = (_demand, _cadence, _chips, _grid, _links, _slots, _industry, _tracks, _land, _policies)
    return [limit for make in makers for limit in make(view) if limit.share.max() >= 1 / 2]


def binding_in(found: list[Limit], period: int) -> list[str]:
    """Names of the limits that hold in a period."""
    return [limit.name for limit in found if limit.binds[period]]


def _years(view: View) -> Series:
    return view.span.midpoints - view.span.edges[0]


def _demand(view: View) -> Iterator[Limit]:
    wanted, served = wanted_gw(view.scenario, view.span), select(view.tables["compute"], detail="served")
    for service in view.facts.children("services"):
        share = view.number(f"services.{service}.share", "dimensionless")
        name = named(view.facts, "services", service)
        yield Limit(f"Demand: {name}", "GW", view.span.series(select(served, item=service)), share * wanted)


def _cadence(view: View) -> Iterator[Limit]:
    launches, cap = view.tables["launches"], view.scenario.policy.launch_licences_per_yr
    for vehicle in view.scenario.launch.vehicles:
        key, rows = f"vehicles.{vehicle}", select(launches, node=vehicle)
        flights = view.span.series(select(rows, item="flights"))
        seed, growth = (
            view.number(f"{key}.cadence_seed", "flight/yr"),
            view.number(f"{key}.cadence_growth", "1/yr"),
        )
        reachable = ramp(view.span, view.span.series(select(rows, item="cadence")), seed, growth)
        reachable[0] = view.number(f"{key}.first_flights", "flight/yr")
        supply = view.number(f"{key}.flights_limit", "flight/yr")
        ceiling = supply if cap is None else min(supply, cap)
        grows = np.where(reachable < ceiling, reachable, np.inf)
        yield Limit(f"Growth of {spoken(vehicle)} flights", "flights/yr", flights, grows)
        yield Limit(
            f"Ceiling of {spoken(vehicle)} flights", "flights/yr", flights, np.full_like(flights, supply)
        )


def _chips(view: View) -> Iterator[Limit]:
    first, growth = (
        view.number("compute.chip_supply_first", "GW/yr"),
        view.number("compute.chip_supply_growth", "1/yr"),
    )
    cap = view.scenario.policy.chip_supply_cap_gw
    allowed = np.minimum(first * (1 + growth) ** _years(view), np.inf if cap is None else cap)
    yield Limit("Supply of chips", "GW/yr", np.sum(list(view.added.values()), axis=0), allowed)


def _grid(view: View) -> Iterator[Limit]:
    if view.scenario.ground.allowed:
        first, growth = view.number("ground.grid_first", "GW/yr"), view.number("ground.grid_growth", "1/yr")
        cap = view.scenario.policy.ground_grid_cap_gw
        allowed = np.minimum(first * (1 + growth) ** _years(view), np.inf if cap is None else cap)
        halls = view.span.series(select(view.tables["ground"], item="halls"))
        yield Limit(GROUND_GRID, "GW/yr", halls, allowed)


def _slots(view: View) -> Iterator[Limit]:
    life = view.number("compute.satellite_life", "yr")
    added = select(view.tables["satellites"], detail="added", item=BUILDS)
    for orbit in view.scenario.satellites.orbits:
        fact = view.facts[f"orbits.{orbit}.slots"]
        level = {"low": fact.low, "nominal": fact.value, "high": fact.high}[view.scenario.satellites.slots]
        slots_gw = (fact.value if np.isnan(level) else level) * view.number(
            "satellites.power", "GW/satellite"
        )
        rates = view.span.series(select(added, node=orbit))
        failed = 1 - view.number(f"orbits.{orbit}.disposal_success", "dimensionless")
        left = view.number(f"orbits.{orbit}.debris_residence", "yr")
        used = view.span.average_stock(rates, life) + failed * view.span.average_stock(rates, left, life)
        yield Limit(f"Slots: {orbit_name(view.facts, orbit)}", "GW", used, np.full_like(used, slots_gw))


def _land(view: View) -> Iterator[Limit]:
    output = lunar_power_gw(view.tables, view.facts)
    for (site, option), rows in output.groupby(["node", "item"]):
        land = view.number(f"power.{option}.land", "GW")
        used = view.span.series(rows)
        name = f"Land: {named(view.facts, 'power', str(option))}, {spoken(str(site))}"
        yield Limit(name, "GW", used, np.full_like(used, land))


def standing_tracks(view: View) -> dict[tuple[str, str], Series]:
    """Tracks standing in each reported period, by track and design: mean over the period."""
    found = {}
    for (track, design_id), rows in select(view.tables["tracks"], detail="built").groupby(["node", "item"]):
        built = launcher(view.facts, str(design_id))
        per_year = view.span.series(rows) / view.span.lengths
        found[str(track), str(design_id)] = view.span.average_stock(
            per_year, built.life_yr, built.build_time_yr
        )
    return found


def _tracks(view: View) -> Iterator[Limit]:
    busy = select(view.tables[LAUNCHERS], detail=BUSY)
    for (track, design_id), standing in standing_tracks(view).items():
        one = launcher(view.facts, design_id)
        used = view.span.series(select(busy, node=track, item=design_id))
        kind = f"{one.shot_mass_t * factor('t', 'kg'):,.0f} kg at {one.exit_speed_m_s * factor('m', 'km'):.2f} km/s"
        yield Limit(f"Tracks: {spoken(track)}, {kind}", "track", used, standing)


def _industry(view: View) -> Iterator[Limit]:
    for grade, limit in experience(view.tables, view.span, view.facts).items():
        yield Limit(f"Experience for {grade} lunar plant", "kt/yr", limit.used, limit.allowed)
    kits = commissioning(view.tables, view.span, view.facts)
    yield Limit("Commissioning of lunar plant", "kt/yr", kits.used, kits.allowed)


def _links(view: View) -> Iterator[Limit]:
    added = view.span.series(select(view.tables["links"], item="capacity"))
    standing = view.span.average_stock(added, view.number("links.relay_life", "yr"))
    first, growth = view.number("links.relay_first", "Tbit/s"), view.number("links.relay_growth", "1/yr")
    yield Limit("Growth of relay links", "Tbit/s", standing, first * ((1 + growth) ** _years(view) - 1))


def _policies(view: View) -> Iterator[Limit]:
    policy, flights = view.scenario.policy, select(view.tables["launches"], item="flights")
    sites = tuple(view.facts.children("sites"))

    def emitted(what: str) -> Series:
        rows = [view.number(f"emissions.{vehicle}.{what}", "kt/flight") for vehicle in flights["node"]]
        return view.span.series(flights.assign(value=flights["value"] * np.asarray(rows, dtype=float)))

    alumina = alumina_kt(view.tables, view.span, view.bill, view.facts)
    losses = [view.facts.number(f"emissions.{v}.ozone_loss", "percent/flight") for v in flights["node"]]
    ozone = view.span.series(flights.assign(value=flights["value"] * np.asarray(losses, dtype=float)))
    capped = (
        ("Launch licences", "flights/yr", policy.launch_licences_per_yr, view.span.series(flights)),
        ("Cap on black carbon", "kt/yr", policy.black_carbon_cap_kt, emitted("black_carbon")),
        ("Cap on launch CO2", "Mt/yr", policy.launch_co2_cap_mt, emitted("co2") * factor("kt", "Mt")),
        ("Cap on alumina", "kt/yr", policy.alumina_cap_kt, alumina),
        ("Cap on lunar imports", "kt/yr", policy.moon_import_cap_kt,
         view.span.series(select(view.tables["transport"], node=sites))),
        ("Cap on chips sent to the Moon", "kt/yr", policy.moon_chip_export_cap_kt,
         view.span.series(select(view.tables["transport"], node=sites, detail="chips"))),
        ("Cap on lunar exports", "kt/yr", policy.moon_export_cap_kt, view.span.series(view.tables["thrown"])),
        ("Cap on ozone loss", "%", policy.ozone_loss_cap_percent, ozone),
        ("Cap on lunar mining", "Mt/yr", policy.lunar_mining_cap_mt,
         view.span.series(select(view.tables["activity"], item="P01")) * factor("kt", "Mt")),
    )  # fmt: skip
    for name, unit, cap, used in capped:
        if cap is not None:
            yield Limit(name, unit, used, np.full_like(used, cap), forbids=True)
