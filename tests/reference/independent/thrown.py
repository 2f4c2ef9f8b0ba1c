"""Mass drivers and what becomes of a thrown kilogram."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lunarchain.driver.design import LauncherDesign
from lunarchain.driver.menu import menu
from lunarchain.industry.network import mass_kt
from tests.reference.independent.problem import Terms, scaled
from tests.reference.independent.setting import SLICES, Setting

DEPOTS = ("nrho", "eml1", "eml2")
GOODS = {"satellite": "satellite", "parts": "hull", "bulk": "lox"}


@dataclass(frozen=True)
class Throw:
    """One row of the departure table for one payload class; masses per mass of product."""

    track: str
    site: str
    payload_class: str
    destination: str
    mode: str
    open: dict[str, float]
    arrives: float
    speed: float
    oxygen: float
    fuel: float
    shell: float
    stage: float

    @property
    def loaded(self) -> float:
        return 1 + self.oxygen + self.fuel + self.shell + self.stage

    @property
    def name(self) -> tuple[str, str, str, str]:
        return (self.track, self.payload_class, self.destination, self.mode)


def throws(s: Setting) -> list[Throw]:
    """Every departure the scenario can use. Oxygen goes to the depot, satellites and hulls to their orbits."""
    found = []
    for row in s.departures.to_dict("records"):
        if (
            not row["feasible"]
            or row["site"] not in s.sites
            or row["track"] not in s.scenario.launcher.tracks
        ):
            continue
        if s.scenario.launcher.modes and row["mode"] not in s.scenario.launcher.modes:
            continue
        for c in s.scenario.launcher.payload_classes:
            ends = DEPOTS if c == "bulk" else s.scenario.satellites.orbits
            if row["destination"] in ends and row["destination"] in (*s.scenario.satellites.orbits, "nrho"):
                found += _throw(s, row, c)
    return found


def _throw(s: Setting, row: dict, c: str) -> list[Throw]:
    n, mode = s.number, row["mode"]
    electric = mode == "electric"
    if electric and c != "satellite":
        return []
    shell = 0.0
    if mode == "aerobrake":
        shell = n("propulsion.aero_shell_multi" if c == "satellite" else "propulsion.aero_shell_single")
    speed = n("kick_stage.electric_isp" if electric else "kick_stage.isp", "s") * n(
        "kick_stage.standard_gravity", "m/s**2"
    )
    trim = row["trim_m_s"] * _launch_errors(s, c, row["exit_speed_mean_m_s"])
    if trim > n("trajectory.errors.trim_limit", "m/s"):
        return []
    burn = math.expm1((row["delta_v_m_s"] + trim) / speed)
    dry = 0.0 if electric else n("kick_stage.dry_share")
    if dry * burn >= 1:
        return []
    propellant = (1 + shell) * burn / (1 - dry * burn)
    oxygen = 0.0 if electric else n("kick_stage.oxygen_share")
    opened = {sl: row[f"open_{sl}_fraction"] for sl in SLICES}
    spent = (
        (1 + shell + (1 + dry) * propellant) * n("kick_stage.catcher_reaction") if mode == "catcher" else 0.0
    )
    arrives = (1 - 1 / n("driver.operations.shots_between_failures", "shot")) * (1 - row["loss_fraction"])
    return [Throw(row["track"], row["site"], c, row["destination"], mode, opened, arrives,
                  row["exit_speed_max_m_s"], oxygen * propellant + spent, (1 - oxygen) * propellant, shell,
                  dry * propellant)]  # fmt: skip


def _launch_errors(s: Setting, c: str, speed: float) -> float:
    """How much worse than the table's the hardest throw of a class is aimed."""
    n, g = s.number, "standard_g"
    tried = [f.to(g) for f in s.facts.below(f"driver.menu.{c}.acceleration").values()]
    hardest = max(x for x in tried if x <= n(f"driver.class.{c}.acceleration_limit", g))
    slower = n("driver.accuracy.reference_speed", "m/s") / speed
    return math.sqrt(hardest / n("driver.accuracy.reference_acceleration", g)) * max(slower, 1)


def places(s: Setting) -> dict[str, tuple[str, ...]]:
    """Where tracks can stand, and the directions a track there fires in."""
    alone = {track: (track,) for track in sorted({a.track for a in throws(s)})}
    paired = {}
    for name in s.facts.children("stands") if s.scenario.launcher.two_way else ():
        ends = tuple(s.facts.text(f"stands.{name}.directions").split())
        if set(ends) <= set(alone):
            paired[name] = ends
    return {**alone, **paired}


def designs(s: Setting, track: str) -> list[LauncherDesign]:
    """Launchers of a track for each class it throws, sized for the fastest departure of each group of speeds."""
    if track not in s.menus:
        every, ends = throws(s), places(s)[track]
        mine = [a for a in every if a.track in ends]
        classes = [c for c in s.scenario.launcher.payload_classes if any(a.payload_class == c for a in mine)]
        turn = max(s.number(f"tracks.{end}.azimuth_range", "radian") for end in ends)
        least = max(min(a.speed for a in every if a.track == end) for end in ends)
        offered = int(s.number("driver.menu.designs_per_level"))
        s.menus[track] = [
            d
            for c in classes
            for v in _heads([a.speed for a in mine])
            if v >= least
            for d in menu(s.facts, c, v, offered, len(ends) > 1, turn)
        ]
    return s.menus[track]


def _heads(speeds: list[float]) -> list[float]:
    """The fastest of each group of speeds that lie within one step of it."""
    heads: list[float] = []
    for speed in sorted(set(speeds), reverse=True):
        if not heads or heads[-1] - speed > SPEED_STEP_M_S:
            heads.append(speed)
    return heads


def add_launchers(s: Setting) -> None:
    """Tracks, shots, and the shares of them that arcs may take."""
    every = throws(s)
    sites = {a.track: a.site for a in every}
    for place, ends in places(s).items():
        for t in s.p.all:
            for d in designs(s, place):
                _track(s, sites[ends[0]], place, ends, d, t)
        if designs(s, place):
            _stators(s, sites[ends[0]], place, ends)
    for track, site in sorted(sites.items()):
        for t in s.p.all:
            for c in s.scenario.launcher.payload_classes:
                mine = [a for a in every if (a.track, a.payload_class) == (track, c)]
                _share_out(s, site, track, c, mine, t)


def _track(s: Setting, site: str, place: str, ends: tuple[str, ...], d: LauncherDesign, t: int) -> None:
    x, length = s.problem, s.p.length(t)
    built = x.column("tracks_built", place, d.id, t, upper=TRACKS, whole=True)
    _bill(s, site, t, d.lunar_mass_kt, d.imported_mass_kt, 1 / length, built)
    s.pay(t, s.bought * d.capital_g_usd / length, built, d.life_yr)
    for sl in SLICES:
        shots = [x.column("shot_mass", end, d.id, t, sl) for end in ends]
        room = scaled(-1, _capacity(s, site, place, d, t, sl))
        x.row("rate", [*((1.0, shot) for shot in shots), *room], upper=0.0)
        packing = d.structure_fraction / (1 + d.structure_fraction)
        for shot in shots:
            s.need("energy", site, t, sl, terms=[(d.wall_energy_kwh_per_kg, shot)])
            s.need("goods", site, "al_parts", t, terms=[(-packing, shot)])


def _bill(
    s: Setting, site: str, t: int, lunar: Mapping[str, float], imported: float, each: float, column: int
) -> None:
    """What building or renewing takes: lunar materials put together there, the rest landed."""
    s.need("labour", site, t, terms=[(sum(lunar.values()) * each, column)])
    for c, mass in lunar.items():
        s.need("goods", site, c, t, terms=[(-mass / mass_kt(s.facts, c) * each, column)])
    s.need("carry", "moon", site, "plant", t, terms=[(imported * each, column)])


def _stators(s: Setting, site: str, place: str, ends: tuple[str, ...]) -> None:
    """Stator mass worn by all shots so far is never more than was brought so far, with tracks or in exchange [t]."""
    x, so_far = s.problem, []
    for t in s.p.all:
        renewed = x.column("stators_renewed", place, t)
        so_far.append((-s.p.length(t), renewed))
        for d in designs(s, place):
            stator_t = 1e3 * (sum(d.stator_lunar_mass_kt.values()) + d.stator_imported_mass_kt)
            so_far.append((-stator_t, x["tracks_built", place, d.id, t]))
            shots = (
                s.p.length(t) / (d.shot_mass_t * 1e-3) / d.life_shots
            )  # lives of a stator in a kilotonne a year
            so_far += [(stator_t * shots, x["shot_mass", end, d.id, t, sl]) for end in ends for sl in SLICES]
        x.row("stators", list(so_far), upper=0.0)
        d = designs(s, place)[0]
        stator_t = 1e3 * (sum(d.stator_lunar_mass_kt.values()) + d.stator_imported_mass_kt)
        _bill(s, site, t, d.stator_lunar_mass_kt, d.stator_imported_mass_kt, 1 / stator_t, renewed)


SPEED_STEP_M_S = 120.0
# More of one design than any case here can use in a period.
TRACKS = 1e4


def _capacity(s: Setting, site: str, track: str, d: LauncherDesign, t: int, sl: str) -> Terms:
    """Mass the tracks standing can throw in a slice; a period's tracks are spread evenly through it."""
    standing = s.stock(("tracks_built", track, d.id), t, d.life_yr, d.build_time_yr)
    rate = d.throughput_kt_per_yr * d.availability * s.share(site, sl)
    position = {column: b for b in s.p.all for _, column in s.problem.get("tracks_built", track, d.id, b)}
    return [(rate * w / s.p.length(position[column]), column) for w, column in standing]


def _share_out(s: Setting, site: str, track: str, c: str, arcs: list[Throw], t: int) -> None:
    x = s.problem
    mine = [
        (k, d)
        for k, ends in places(s).items()
        if track in ends
        for d in designs(s, k)
        if d.payload_class == c
    ]
    for sl in SLICES:
        cargo: dict[float, Terms] = {a.speed: [] for a in arcs}
        for a in arcs:
            if a.open[sl] > 0:
                thrown = x.column("thrown", *a.name, t, sl)
                cargo[a.speed].append((1.0, thrown))
                most = [
                    y
                    for k, d in mine
                    if d.exit_speed_m_s >= a.speed
                    for y in _cargo_capacity(s, site, k, d, t, sl)
                ]
                x.row("window", [(1.0, thrown), *scaled(-a.open[sl], most)], upper=0.0)
                _load(s, a, thrown, t)
        for place in {a.destination for a in arcs}:
            here = [a for a in arcs if a.destination == place and 0 < a.open[sl] < 1]
            if len(here) > 1:
                able = [(k, d) for k, d in mine if d.exit_speed_m_s >= min(a.speed for a in here)]
                most = [y for k, d in able for y in _cargo_capacity(s, site, k, d, t, sl)]
                hours = scaled(-max(a.open[sl] for a in here), most)
                x.row("window", [*((1.0, x["thrown", *a.name, t, sl]) for a in here), *hours], upper=0.0)
        for speed in cargo:
            faster = [y for v, terms in cargo.items() if v >= speed for y in terms]
            able = [d for _, d in mine if d.exit_speed_m_s >= speed]
            shots = [(1 / (1 + d.structure_fraction), x["shot_mass", track, d.id, t, sl]) for d in able]
            x.row("carried by shots", faster + scaled(-1, shots), upper=0.0)


def _cargo_capacity(s: Setting, site: str, track: str, d: LauncherDesign, t: int, sl: str) -> Terms:
    return scaled(1 / (1 + d.structure_fraction), _capacity(s, site, track, d, t, sl))


def _load(s: Setting, a: Throw, thrown: int, t: int) -> None:
    """What a site puts on a shot, and what arrives."""
    per = 1 / a.loaded
    product = per / s.pair.moon_mass_kt if a.payload_class == "satellite" else per
    s.need("goods", a.site, GOODS[a.payload_class], t, terms=[(-product, thrown)])
    for c, amount in (("lox", a.oxygen), ("ceramic", a.shell), ("al_parts", a.stage)):
        s.need("goods", a.site, c, t, terms=[(-amount * per, thrown)])
    s.need("carry", "moon", a.site, "parts", t, terms=[(a.fuel * per, thrown)])
    s.pay(t, s.bought * s.number("prices.fuel", "GUSD/kt") * a.fuel * per, thrown)
    arrives = [(a.arrives * per, thrown)]
    if a.payload_class == "bulk":
        s.need("depot oxygen", t, terms=arrives)
        return
    if a.payload_class == "satellite":
        s.need("labour", a.site, t, terms=[(per, thrown)])
        s.pay(t, s.number("prices.lunar_operations", "GUSD/kt") * per, thrown)
    s.need("arrived", a.destination, GOODS[a.payload_class], t, terms=arrives)
    if a.mode == "catcher":
        catcher = s.number("kick_stage.catcher_mass", "kt/(kt/yr)") * per
        s.need("carry", "orbit", a.destination, "plant", t, terms=[(catcher, thrown)])
        s.pay(t, s.bought * s.number("prices.parts", "GUSD/kt") * catcher, thrown)


def add_lunar_goods(s: Setting) -> None:
    """Hulls made from the lunar parts of the bill, and who waits for them in orbit."""
    x, pair = s.problem, s.pair
    for i in s.sites:
        for t in s.p.all:
            hull = x.column("hulls", i, t)
            for c, amount in pair.lunar.items():
                s.need("goods", i, c, t, terms=[(-amount, hull)])
            s.need("goods", i, "hull", t, terms=[(pair.hull_mass_kt, hull)])
            s.need("labour", i, t, terms=[(pair.hull_mass_kt, hull)])
            s.pay(t, s.number("prices.lunar_operations", "GUSD/kt") * pair.hull_mass_kt, hull)
    for o in s.scenario.satellites.orbits:
        for t in s.p.all:
            for k, good, mass in (
                ("hybrid", "hull", pair.hull_mass_kt),
                ("moon", "satellite", pair.moon_mass_kt),
            ):
                added = scaled(-mass, x.get("added", o, k, t))
                x.row("joined", x.sums["arrived", o, good, t] + added, lower=0.0)
