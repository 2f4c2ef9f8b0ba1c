r"""Mass drivers: whole tracks by (track, design), fed by the site, limited by shots, windows, energy and wear.

Variables: tracks built $n_{jdt}$ (integer, per period), tracks standing $N_{jdt}$ (mean of the period),
mass thrown by each design $z_{jdts}$ [kt/yr].

Thrown mass $y$ on arcs is cargo; a shot $z$ also carries the launch structure its acceleration asks for ($\sigma_d$).

Constraints, with $q_d$ the throughput of one track:
$N_{jdt} = \sum_{t'} w_{dtt'} n_{jdt'}$, $w$ the share of period $t$ in which those
built in $t'$ stand (lag and life in years);
$z_{jdts} \le q_d\,a_d\,\phi_{is} N_{jdt}$; per payload class and exit speed $v$ asked for,
$\sum_{arcs: v_a \ge v} y \le \sum_{d: v_d \ge v} z / (1 + \sigma_d)$;
per arc $y_{ats} \le \omega_{as} \sum_d q_d a_d \phi_{is} N_{jdt}$ with $\omega$ the open share of the slice (window);
energy per kg from the design, drawn in the slice in which it is shot; wear returns as spares per mass thrown.
The window limits the rate only: the energy is per shot.
"""

from __future__ import annotations

import pyomo.environ as pyo

from lunarchain.driver.design import LauncherDesign
from lunarchain.model.arcs import SLICES
from lunarchain.model.context import Context
from lunarchain.model.ledger import linear


def add(context: Context) -> None:
    """Add tracks and what they cost, draw and carry."""
    m, inputs = context.model, context.inputs
    places = [(j, d.id) for j, designs in inputs.menu.items() for d in designs]
    m.tracks_built = pyo.Var(
        [(j, d, t) for j, d in places for t in context.periods],
        bounds=(0, 30),
        domain=pyo.NonNegativeIntegers,
        doc="mass-driver tracks built [track, once]",
    )
    m.tracks_standing = pyo.Var(
        list(m.tracks_built),
        bounds=lambda _, j, d, t: (0, sum(m.tracks_built[j, d, b].ub for b in range(t + 1))),
        doc="mass-driver tracks standing [track]",
    )
    m.shot_mass = pyo.Var(
        [(j, d, t, s) for j, d in places for t in context.periods for s in SLICES],
        bounds=(0, inputs.flow_cap_kt),
        doc="mass shot by the tracks of a design, launch structure included [kt/yr]",
    )
    _stock_rows(context)
    _rate_rows(context)
    _window_rows(context)
    for track, designs in inputs.menu.items():
        for design in designs:
            for t in context.periods:
                _post_build(context, track, design, t)
                _post_shots(context, track, design, t)


def designs_by_id(context: Context, track: str) -> dict[str, LauncherDesign]:
    """The menu of one track by design id."""
    return {design.id: design for design in context.inputs.menu[track]}


def site_of(context: Context, track: str) -> str:
    """The site a track stands at."""
    return next(arc.site for arc in context.inputs.arcs if arc.track == track)


def _stock_rows(context: Context) -> None:
    """Tracks standing, once for every row that needs them: they are counted when built, not per year."""
    m, lengths = context.model, context.inputs.calendar.lengths

    def stock(_: pyo.ConcreteModel, j: str, d: str, t: int) -> object:
        design = designs_by_id(context, j)[d]
        terms = context.stock_terms(m.tracks_built, (j, d), t, design.life_yr, design.build_time_yr)
        standing = [(-weight / lengths[built.index()[-1]], built) for weight, built in terms]
        return linear([(1, m.tracks_standing[j, d, t]), *standing]) == 0

    m.track_stock = pyo.Constraint(
        list(m.tracks_standing),
        rule=stock,
        doc="definition: tracks standing add up from what was built [track]",
    )


def _rate(context: Context, track: str, design: LauncherDesign, s: str) -> float:
    """Mass [kt/yr] one standing track throws at most within a slice."""
    site = context.inputs.sites[site_of(context, track)]
    return design.throughput_kt_per_yr * design.availability * site.share(s)


def _rate_rows(context: Context) -> None:
    m, menu = context.model, context.inputs.menu

    def rate(_: pyo.ConcreteModel, j: str, d: str, t: int, s: str) -> object:
        most = _rate(context, j, designs_by_id(context, j)[d], s)
        return linear([(1, m.shot_mass[j, d, t, s]), (-most, m.tracks_standing[j, d, t])]) <= 0

    def carried(_: pyo.ConcreteModel, j: str, c: str, speed: float, t: int, s: str) -> object:
        """Shots to the arcs that need at least this speed come from designs that reach it."""
        arcs = [
            (1, m.thrown[(*a.key, t, s)])
            for a in context.inputs.arcs
            if a.key[:2] == (j, c) and a.open_share[s] > 0 and a.exit_speed_max_m_s >= speed
        ]
        fit = [d for d in menu[j] if d.payload_class == c and d.exit_speed_m_s >= speed]
        return (
            linear(arcs + [(-1 / (1 + d.structure_fraction), m.shot_mass[j, d.id, t, s]) for d in fit]) <= 0
        )

    arcs = context.inputs.arcs
    classes = dict.fromkeys((a.track, a.payload_class, a.exit_speed_max_m_s) for a in arcs if a.track in menu)
    m.track_rate = pyo.Constraint(
        list(m.shot_mass), rule=rate, doc="price: shots of a mass-driver design [kt/yr]"
    )
    m.track_load = pyo.Constraint(
        [(*key, t, s) for key in classes for t in context.periods for s in SLICES],
        rule=carried,
        doc="price: cargo room in shots of a speed [kt/yr]",
    )


def _window_rows(context: Context) -> None:
    m = context.model
    arcs = {arc.key: arc for arc in context.inputs.arcs}
    narrow = [key for key in m.thrown if arcs[key[:4]].open_share[key[5]] < 1]

    def window(_: pyo.ConcreteModel, j: str, c: str, o: str, mode: str, t: int, s: str) -> object:
        share = arcs[j, c, o, mode].open_share[s]
        speed = arcs[j, c, o, mode].exit_speed_max_m_s
        fit = [d for d in context.inputs.menu[j] if d.payload_class == c and d.exit_speed_m_s >= speed]
        capacity = [
            (-share * _rate(context, j, d, s) / (1 + d.structure_fraction), m.tracks_standing[j, d.id, t])
            for d in fit
        ]
        return linear([(1, m.thrown[j, c, o, mode, t, s]), *capacity]) <= 0

    m.window = pyo.Constraint(narrow, rule=window, doc="limit: departure window of a track [kt/yr]")


def _post_build(context: Context, track: str, design: LauncherDesign, t: int) -> None:
    books, built, site = (
        context.ledgers,
        context.model.tracks_built[track, design.id, t],
        site_of(context, track),
    )
    per_year = 1 / context.inputs.calendar.lengths[t]
    for commodity, mass in design.lunar_mass_kt.items():
        books.commodity.post((site, commodity, t), -mass * per_year, built)
    books.labour.post((site, t), sum(design.lunar_mass_kt.values()) * per_year, built)
    books.landed.post((site, "plant", t), design.imported_mass_kt * per_year, built)
    context.pay("mass drivers", t, design.capital_g_usd * per_year, built, design.life_yr)


def _post_shots(context: Context, track: str, design: LauncherDesign, t: int) -> None:
    """Energy in the slice of the shot, the launch structure that flies along, and the wear of the track."""
    books, site = context.ledgers, site_of(context, track)
    structure = design.structure_fraction / (1 + design.structure_fraction)
    for s in SLICES:
        variable = context.model.shot_mass[track, design.id, t, s]
        books.energy.post((site, t, s), design.wall_energy_kwh_per_kg, variable)  # kWh/kg is GWh/kt
        books.commodity.post((site, "al_parts", t), -structure, variable)
        books.structure.post((site, t), design.wear_kt_per_yr / design.throughput_kt_per_yr, variable)
