"""What holds a plan back, and when: every limit beside what is used of it, from the tables and the facts.

The formulas repeat the meaning of the limits, not the model's code. What money alone can widen (pads, yards,
plant) is not a limit and is left out. Whether a limit holds the plan back is read off its shadow price where the run
stored any: an allowance that is used up and that nobody would pay to widen holds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lunarchain.plan.growth import BINDING, commissioning, experience, ramp
from lunarchain.plan.launchers import BUSY, LAUNCHERS
from lunarchain.plan.merit import LUNAR_BUILDS, alumina_kt, lunar_power_gw, select, wanted_gw
from lunarchain.plan.periods import Series
from lunarchain.report.view import View, launcher, named, orbit_name, spoken
from lunarchain.units import factor

BUILDS = ("earth", *LUNAR_BUILDS)
GROUND_GRID = "Grid connections on the ground"
_LITTLE = 0.01  # of what the limit that holds most is worth
# Families and places of the rows that limit lift; a place of "" is any.
LIFT = (("cadence_growth", ""), ("cadence", ""), ("policy", "licences"))


@dataclass(frozen=True)
class Limit:
    """One limit: what is used and what is allowed in each reported period, in ``unit``."""

    name: str
    unit: str
    used: Series
    allowed: Series
    forbids: bool = False  # an allowance of nothing holds too
    row: tuple[str, str] | None = None  # family and place of its shadow prices
    worth: Series | None = None  # what widening it would be worth [G$, discounted], where prices were stored

    @property
    def share(self) -> Series:
        """Share of the limit that is used in each reported period."""
        nothing = np.full_like(self.used, float(self.forbids))
        return np.divide(self.used, self.allowed, out=nothing, where=self.allowed > 0)

    @property
    def binds(self) -> np.ndarray:
        """Periods in which the limit holds the plan back: it has a price, or with none stored, is used up."""
        return self.share >= BINDING if self.worth is None else self.worth > 0


def limits(view: View) -> list[Limit]:
    """Every limit of the case that is ever used by half: demand, Earth, orbits, Moon, policies."""
    makers = (_demand, _cadence, _chips, _grid, _links, _slots, _industry, _tracks, _land, _policies)
    found = [_priced(view, limit) for make in makers for limit in make(view)]
    return [limit for limit in found if limit.share.max() >= 1 / 2 or limit.binds.any()]


def _priced(view: View, limit: Limit) -> Limit:
    """The limit with what widening it would be worth in each period, where the run stored prices."""
    rows = select(view.duals, kind="limit")
    if limit.row is None or not len(rows):
        return limit
    family, place = limit.row
    mine = select(rows, family=family, place=place)
    return replace(limit, worth=view.span.series(mine.assign(value=mine["worth_g_usd"])))


def limits_lift(limit: Limit) -> bool:
    """Whether a limit is one of flights."""
    return limit.row is not None and any(limit.row[0] == f and place in ("", limit.row[1]) for f, place in LIFT)


def binding_in(found: list[Limit], period: int) -> list[str]:
    """Names of the limits that hold in a period, by what widening them would be worth; what is worth little beside
    the first is left out."""
    holding = [limit for limit in found if limit.binds[period]]
    worths = {limit.name: 0.0 if limit.worth is None else float(limit.worth[period]) for limit in holding}
    most = max(worths.values(), default=0.0)
    ranked = sorted(holding, key=lambda limit: -worths[limit.name])
    return [limit.name for limit in ranked if limit.worth is None or worths[limit.name] >= _LITTLE * most]


def _years(view: View) -> Series:
    return view.span.midpoints - view.span.edges[0]


def _demand(view: View) -> Iterator[Limit]:
    wanted, served = wanted_gw(view.scenario, view.span), select(view.tables["compute"], detail="served")
    last = len(view.scenario.demand.tiers) - 1
    for service in view.facts.children("services"):
        share = view.number(f"services.{service}.share", "dimensionless")
        name = named(view.facts, "services", service)
        used = view.span.series(select(served, item=service))
        yield Limit(f"Demand: {name}", "GW", used, share * wanted, row=("tier", f"{service}|{last}"))


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
        name, most = spoken(vehicle), np.full_like(flights, supply)
        yield Limit(f"Growth of {name} flights", "flights/yr", flights, grows, row=("cadence_growth", vehicle))
        yield Limit(f"Ceiling of {name} flights", "flights/yr", flights, most, row=("cadence", vehicle))


def _chips(view: View) -> Iterator[Limit]:
    first, growth = (
        view.number("compute.chip_supply_first", "GW/yr"),
        view.number("compute.chip_supply_growth", "1/yr"),
    )
    cap = view.scenario.policy.chip_supply_cap_gw
    allowed = np.minimum(first * (1 + growth) ** _years(view), np.inf if cap is None else cap)
    used = np.sum(list(view.added.values()), axis=0)
    yield Limit("Supply of chips", "GW/yr", used, allowed, row=("chip_supply", ""))


def _grid(view: View) -> Iterator[Limit]:
    if view.scenario.ground.allowed:
        first, growth = view.number("ground.grid_first", "GW/yr"), view.number("ground.grid_growth", "1/yr")
        cap = view.scenario.policy.ground_grid_cap_gw
        allowed = np.minimum(first * (1 + growth) ** _years(view), np.inf if cap is None else cap)
        halls = view.span.series(select(view.tables["ground"], item="halls"))
        yield Limit(GROUND_GRID, "GW/yr", halls, allowed, row=("halls_added", ""))


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
        name = f"Slots: {orbit_name(view.facts, orbit)}"
        yield Limit(name, "GW", used, np.full_like(used, slots_gw), row=("slots", orbit))


def _land(view: View) -> Iterator[Limit]:
    output = lunar_power_gw(view.tables, view.facts)
    for (site, option), rows in output.groupby(["node", "item"]):
        land = view.number(f"power.{option}.land", "GW")
        used = view.span.series(rows)
        name = f"Land: {named(view.facts, 'power', str(option))}, {spoken(str(site))}"
        yield Limit(name, "GW", used, np.full_like(used, land), row=("power_land", f"{site}|{option}"))


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
        name = f"Experience for {grade} lunar plant"
        yield Limit(name, "kt/yr", limit.used, limit.allowed, row=("experience_limit", grade))
    kits = commissioning(view.tables, view.span, view.facts)
    name = "Commissioning of lunar plant"
    yield Limit(name, "kt/yr", kits.used, kits.allowed, row=("commissioning", ""))


def _links(view: View) -> Iterator[Limit]:
    added = view.span.series(select(view.tables["links"], item="capacity"))
    standing = view.span.average_stock(added, view.number("links.relay_life", "yr"))
    first, growth = view.number("links.relay_first", "Tbit/s"), view.number("links.relay_growth", "1/yr")
    allowed = first * ((1 + growth) ** _years(view) - 1)
    yield Limit("Growth of relay links", "Tbit/s", standing, allowed, row=("relay_growth", ""))


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
        ("Launch licences", "licences", "flights/yr", policy.launch_licences_per_yr, view.span.series(flights)),
        ("Cap on black carbon", "black_carbon", "kt/yr", policy.black_carbon_cap_kt, emitted("black_carbon")),
        ("Cap on launch CO2", "launch_co2", "Mt/yr", policy.launch_co2_cap_mt, emitted("co2") * factor("kt", "Mt")),
        ("Cap on alumina", "alumina", "kt/yr", policy.alumina_cap_kt, alumina),
        ("Cap on lunar imports", "moon_imports", "kt/yr", policy.moon_import_cap_kt,
         view.span.series(select(view.tables["transport"], node=sites))),
        ("Cap on chips sent to the Moon", "chip_export", "kt/yr", policy.moon_chip_export_cap_kt,
         view.span.series(select(view.tables["transport"], node=sites, detail="chips"))),
        ("Cap on lunar exports", "moon_exports", "kt/yr", policy.moon_export_cap_kt,
         view.span.series(view.tables["thrown"])),
        ("Cap on ozone loss", "ozone", "%", policy.ozone_loss_cap_percent, ozone),
        ("Cap on lunar mining", "mining", "Mt/yr", policy.lunar_mining_cap_mt,
         view.span.series(select(view.tables["activity"], item="P01")) * factor("kt", "Mt")),
    )  # fmt: skip
    for name, lever, unit, cap, used in capped:
        if cap is not None:
            yield Limit(name, unit, used, np.full_like(used, cap), forbids=True, row=("policy", lever))
