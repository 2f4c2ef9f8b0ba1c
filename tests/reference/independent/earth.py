"""Launch from Earth, routes onward, opening the Moon, and policy on all of it."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.reference.independent.periods import compounded, seeds
from tests.reference.independent.problem import INF, Terms, scaled
from tests.reference.independent.setting import Setting


def cadence_limits(s: Setting, v: str) -> list[float]:
    """Most flights a year in each period, by growth, supply and licences."""
    n = s.number
    first, growth, seed = (
        n(f"vehicles.{v}.first_flights", "flight/yr"),
        n(f"vehicles.{v}.cadence_growth", "1/yr"),
        n(f"vehicles.{v}.cadence_seed", "flight/yr"),
    )
    top = n(f"vehicles.{v}.flights_limit", "flight/yr")
    licences = s.scenario.policy.launch_licences_per_yr
    limits: list[float] = []
    for t in s.p.all:
        gap = s.p.since_last(t) if t else 0.0
        grown = first if t == 0 else seeds(seed, growth, gap) + compounded(limits[-1], growth, gap)
        limits.append(min(grown, top))
    return [min(x, INF if licences is None else licences) for x in limits]


def add_vehicles(s: Setting) -> None:
    """Flights, what sustains them, and what has been lifted so far."""
    for v in s.scenario.launch.vehicles:
        most = cadence_limits(s, v)
        for t in s.p.all:
            whole = most[t] <= s.scenario.launch.integer_flights_below
            s.problem.column("flights", v, t, upper=most[t], whole=whole)
            top = s.number(f"vehicles.{v}.flights_limit", "flight/yr")
            s.problem.column("cadence", v, t, upper=top)
            s.problem.column("ships_added", v, t, upper=s.number(f"vehicles.{v}.ship_build_rate", "ship/yr"))
            for name in ("pads_added", "lifted_so_far"):
                s.problem.column(name, v, t)
            _cadence(s, v, t)
            _lifted(s, v, t)
        _bill(s, v, most)


def _cadence(s: Setting, v: str, t: int) -> None:
    n, x = s.number, s.problem
    cadence, first = x.get("cadence", v, t), n(f"vehicles.{v}.first_flights", "flight/yr")
    x.row("flights", x.get("flights", v, t) + scaled(-1, cadence), upper=0.0)
    if t == 0:
        x.row("growth", cadence, upper=first)
    else:
        growth = n(f"vehicles.{v}.cadence_growth", "1/yr")
        ratio = compounded(1.0, growth, s.p.since_last(t))
        seed = seeds(n(f"vehicles.{v}.cadence_seed", "flight/yr"), growth, s.p.since_last(t))
        x.row("growth", cadence + scaled(-ratio, x.get("cadence", v, t - 1)), upper=seed)
    per_pad, per_ship = (
        n("pads.flights_per_pad", "flight/pad/yr"),
        n(f"vehicles.{v}.flights_per_ship", "flight/ship/yr"),
    )
    pads = s.stock(("pads_added", v), t, n("pads.life", "yr"), n("pads.build_time", "yr"))
    x.row("pads", cadence + scaled(-per_pad, pads), upper=per_pad * n("pads.first", "pad"))
    faster, crews = n("pads.build_rate_growth", "1/yr"), n("pads.build_rate_seed", "pad/yr")
    added = x.get("pads_added", v, t)
    if t == 0:
        x.row("pad building", added, upper=crews)
    else:
        ratio = compounded(1.0, faster, s.p.since_last(t))
        before = scaled(-ratio, x.get("pads_added", v, t - 1))
        x.row("pad building", added + before, upper=seeds(crews, faster, s.p.since_last(t)))
    ships = s.stock(("ships_added", v), t, n(f"vehicles.{v}.ship_life", "yr"))
    x.row("ships", cadence + scaled(-per_ship, ships), upper=first)
    s.pay(t, n("pads.capex", "GUSD/pad"), x["pads_added", v, t], n("pads.life", "yr"), "orbital")


def _lifted(s: Setting, v: str, t: int) -> None:
    payload, x = s.number(f"vehicles.{v}.payload_leo", "kt/flight"), s.problem
    before = scaled(-1, x.get("lifted_so_far", v, t - 1))
    flown = scaled(-payload * s.p.length(t), x.get("flights", v, t))
    x.row("lifted", x.get("lifted_so_far", v, t) + before + flown, 0.0, 0.0)


def cost_curve(s: Setting, v: str) -> Callable[[float], float]:
    """Cost of everything lifted [G$] under a learning price with a floor, a subsidy taken off."""
    name = f"vehicles.{v}"
    b = -math.log2(1 - s.number(f"{name}.learning_rate"))
    off = 1e-3 * (s.scenario.policy.launch_subsidy_usd_kg or 0.0)
    first = max(s.number(f"{name}.first_price", "GUSD/kt") - off, 0.0)
    floor = max(s.number(f"{name}.floor_price", "GUSD/kt") - off, 0.0)
    reference = s.number(f"{name}.reference_lift", "kt")
    if b == 0 or first <= floor:
        return lambda x: max(first, floor) * x
    knee = reference * ((first / floor) ** (1 / b) - 1) if floor else INF

    def falling(x: float) -> float:
        return first * reference / (1 - b) * ((1 + x / reference) ** (1 - b) - 1)

    return lambda x: falling(x) if x <= knee else falling(knee) + floor * (x - knee)


def _bill(s: Setting, v: str, most: list[float]) -> None:
    """The launch bill with the cost curve replaced by its chord from nothing to all that can be lifted."""
    payload = s.number(f"vehicles.{v}.payload_leo", "kt/flight")
    cost, reach = cost_curve(s, v), 0.0
    rate = [s.p.present(t) / s.p.length(t) for t in s.p.all] + [0.0]
    for t in s.p.all:
        reach += payload * s.p.length(t) * most[t]
        slope = cost(reach) / reach if reach else 0.0
        s.problem.pay((rate[t] - rate[t + 1]) * slope, s.problem["lifted_so_far", v, t])


def close_routes(s: Setting) -> None:
    """Carry what was asked for, within what flights lift and depots hold."""
    x = s.problem
    lifted: dict[int, Terms] = {t: [] for t in s.p.all}
    drawn: dict[int, Terms] = {t: [] for t in s.p.all}
    for key in [k for k in x.sums if k[0] == "carry"]:
        _, kind, place, cargo, t = key
        carried: Terms = []
        for r in _routes(s, "moon" if kind == "moon" else place, cargo, t):
            column = x.column("carried", r, kind, place, cargo, t)
            carried.append((1.0, column))
            s.pay(t, s.number(f"routes.{r}.price", "GUSD/kt"), column)
            lifted[t].append((s.number(f"routes.{r}.lift"), column))
            drawn[t].append((s.number(f"routes.{r}.orbital_oxygen"), column))
            if kind == "moon":
                s.need("goods", place, "lox", t, terms=[(-s.number(f"routes.{r}.lunar_oxygen"), column)])
        x.row("carried", carried + scaled(-1, x.sums[key]), lower=0.0)
    for t in s.p.all:
        up = [(_delivered(s, v), x["flights", v, t]) for v in s.scenario.launch.vehicles]
        x.row("lift", lifted[t] + scaled(-1, up), upper=0.0)
        x.row("depots", drawn[t] + scaled(-1, x.sums["depot oxygen", t]), upper=0.0)


def _delivered(s: Setting, v: str) -> float:
    lost = s.number(f"vehicles.{v}.failure_probability")
    return s.number(f"vehicles.{v}.payload_leo", "kt/flight") * (1 - lost)


def _routes(s: Setting, end: str, cargo: str, t: int) -> list[str]:
    """Routes that end there, may carry the cargo and exist by the middle of the period."""
    allowed = s.scenario.launch.routes or tuple(s.facts.children("routes"))
    return [
        r
        for r in allowed
        if s.facts.text(f"routes.{r}.to") == end
        and s.facts.text(f"routes.{r}.cargo")
        in ("any", *(("plant",) if cargo in ("plant", "parts") else ()), cargo)
        and s.number(f"routes.{r}.available_from", "yr") <= s.p.middle(t)
    ]


def close_settlement(s: Setting) -> None:
    """One programme, then sites one by one; only then does anything land."""
    x = s.problem
    if not s.sites:
        return
    for t in s.p.all:
        programme = x.column("programme", t, upper=1.0, whole=True)
        s.pay(t, s.number("prices.programme", "GUSD") / s.p.length(t), programme)
        for i in s.sites:
            earliest = s.number(f"sites.{i}.earliest_landing", "yr")
            opened = x.column("opened", i, t, upper=1.0 if s.p.middle(t) >= earliest else 0.0, whole=True)
            s.pay(t, s.number(f"sites.{i}.opening_cost", "GUSD") / s.p.length(t), opened)
    for t in s.p.all:
        lift = sum(_delivered(s, v) * cadence_limits(s, v)[t] for v in s.scenario.launch.vehicles)
        leanest = min((s.number(f"routes.{r}.lift") for r in _routes(s, "moon", "plant", t)), default=INF)
        begun = [(-1.0, x["programme", u]) for u in range(t + 1)]
        for i in s.sites:
            sofar = [(1.0, x["opened", i, u]) for u in range(t + 1)]
            x.row("programme first", sofar + begun, upper=0.0)
            x.row("once", sofar, upper=1.0)
            landing = [
                term for cargo in ("plant", "parts", "chips") for term in x.sums["carry", "moon", i, cargo, t]
            ]
            first = s.number("operations.first_landing", "kt") / s.p.length(t)
            x.row("first landing", [*landing, (-first, x["opened", i, t])], lower=0.0)
            x.row("landing", landing + scaled(-lift / leanest, sofar), upper=0.0)
    x.row("one programme", [(1.0, x["programme", t]) for t in s.p.all], upper=1.0)


def close_policy(s: Setting) -> None:
    """Caps and prices that the scenario sets."""
    policy, x = s.scenario.policy, s.problem
    for t in s.p.all:
        landed = {
            c: [y for i in s.sites for y in x.sums["carry", "moon", i, c, t]]
            for c in ("plant", "parts", "chips")
        }
        mined = [y for i in s.sites for sl in ("lit", "dark") for y in x.get("activity", i, "P01", t, sl)]
        caps = {
            "licences": (policy.launch_licences_per_yr, _flown(s, t, None)),
            "black carbon": (policy.black_carbon_cap_kt, _flown(s, t, "black_carbon")),
            "launch CO2": (_mega(policy.launch_co2_cap_mt), _flown(s, t, "co2")),
            "alumina": (policy.alumina_cap_kt, x.sums["alumina", t]),
            "chip export": (policy.moon_chip_export_cap_kt, landed["chips"]),
            "imports": (policy.moon_import_cap_kt, [y for terms in landed.values() for y in terms]),
            "exports": (policy.moon_export_cap_kt, _leaving(s, t)),
            "ozone": (_percent(policy.ozone_loss_cap_percent), _destroyed(s, t)),
            "mining": (_mega(policy.lunar_mining_cap_mt), mined),
        }
        for c, most in s.scenario.moon.import_caps_kt.items() if s.sites else ():
            taken = landed["plant"] if c == "imp_plant" else _supplied(s, c, t)
            x.row("supply of " + c, taken, upper=most)
        for name, (cap, terms) in caps.items():
            if cap is not None:
                x.row(name, terms, upper=cap)
        paid = (
            ("co2", policy.launch_co2_price_usd_t),
            ("nox_reentry", policy.launch_nox_price_usd_t),
            ("h2o", policy.launch_h2o_price_usd_t),
        )
        for what, price in paid:
            for amount, column in _flown(s, t, what) if price else ():
                s.pay(t, 1e-6 * (price or 0.0) * amount, column)
        _reactors(s, t)


def _reactors(s: Setting, t: int) -> None:
    """No reactor before its year."""
    first = s.scenario.policy.lunar_nuclear_from
    for key in s.problem.names if first is not None and s.p.middle(t) < first else ():
        if key[0] == "power_added" and key[-1] == t and s.facts.text(f"power.{key[2]}.nuclear") != "no":
            s.problem.row("reactors", [(1.0, s.problem.names[key])], upper=0.0)


def _percent(share: float | None) -> float | None:
    return None if share is None else share / 100


def _destroyed(s: Setting, t: int) -> Terms:
    """Share of the ozone column that a year's flights destroy."""
    lost = {v: s.number(f"emissions.{v}.ozone_loss", "1/flight") for v in s.scenario.launch.vehicles}
    return [(share, s.problem["flights", v, t]) for v, share in lost.items()]


def _leaving(s: Setting, t: int) -> Terms:
    """Everything thrown off the Moon."""
    return [(1.0, column) for key, column in s.problem.names.items() if key[0] == "thrown" and key[-2] == t]


def _supplied(s: Setting, c: str, t: int) -> Terms:
    """What Earth sends of a commodity: to sites, and to orbits for lunar hulls."""
    to_sites = [y for i in s.sites for y in s.problem.get("imported", i, c, t)]
    orbits = s.scenario.satellites.orbits
    to_orbits = [(s.pair.imports.get(c, 0.0), s.problem["added", o, "hybrid", t]) for o in orbits]
    return to_sites + to_orbits


def _mega(cap: float | None) -> float | None:
    return None if cap is None else 1000 * cap


def _flown(s: Setting, t: int, what: str | None) -> Terms:
    """Flights, or what they emit."""
    return [
        (1.0 if what is None else s.number(f"emissions.{v}.{what}", "kt/flight"), s.problem["flights", v, t])
        for v in s.scenario.launch.vehicles
    ]
