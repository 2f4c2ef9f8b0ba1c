r"""Mass drivers: whole tracks by (stand, design), fed by the site, limited by shots, windows, energy and wear.

A stand $k$ is a place for tracks: it fires in one direction $j$, or in two, and its tracks share their time among all
directions and destinations. Variables: tracks built $n_{kdt}$ (integer, per period), tracks standing $N_{kdt}$ (mean
of the period), mass shot in each direction $z_{jdts}$ [kt/yr], stators renewed $r_{kt}$ [t/yr] and the mass of
stator not yet worn out $L_{kt}$ [t].

Thrown mass $y$ on arcs is cargo; a shot $z$ also carries the launch structure its acceleration asks for ($\sigma_d$).

Constraints, with $q_d$ the throughput of one track, $a_d$ its availability, $\phi_{is}$ the share of a slice:
$N_{kdt} = \sum_{t'} w_{dtt'} n_{kdt'}$, $w$ the share of period $t$ in which those built in $t'$ stand (lag and life);
$\sum_{j \in k} z_{jdts} \le q_d\,a_d\,\phi_{is} N_{kdt}$ (the seconds of a track, whatever it shoots at);
per payload class and exit speed $v$ asked for, $\sum_{arcs: v_a \ge v} y \le \sum_{d: v_d \ge v} z / (1 + \sigma_d)$;
per arc $y_{ats} \le \omega_{as} \sum_{k \ni j, d} q_d a_d \phi_{is} N_{kdt} / (1 + \sigma_d)$ with $\omega$ the open
share of the slice (window); ways of braking at one destination share the widest of their windows;
$L_{kt} = L_{k,t-1} + \sum_d m_d n_{kdt} + \delta_t (r_{kt} - \sum_{j \in k, d, s} (m_d / W_d) z_{jdts})$ with $m_d$ the
mass of a stator and $W_d$ what it throws in its life: vintages counted in shots, not in years.
Energy per kg comes from the design and is drawn in the slice in which it is shot. The window limits the rate only:
the energy is per shot.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from lunarchain.driver.design import LauncherDesign
from lunarchain.model import algebra
from lunarchain.model.arcs import SLICES, Arc
from lunarchain.model.context import Context, Inputs
from lunarchain.model.ledger import linear, negated
from lunarchain.units import factor

_T_PER_KT = factor("kt", "t")


def add(context: Context) -> None:
    """Add tracks and what they cost, draw and carry."""
    _add_variables(context)
    _stock_rows(context)
    _rate_rows(context)
    _window_rows(context)
    _wear_rows(context)
    for stand, designs in context.inputs.menu.items():
        _post_stators(context, stand)
        for design in designs:
            _post_build(context, stand, design)
            _post_shots(context, stand, design)


def _add_variables(context: Context) -> None:
    m, inputs = context.model, context.inputs
    most = {(k, d.id): most_tracks(inputs, k, d) for k, designs in inputs.menu.items() for d in designs}
    m.tracks_built = algebra.Var(
        [(*place, ...) for place in most],
        bounds=lambda _, k, d: (0, most[k, d]),
        domain=algebra.NonNegativeIntegers,
        doc="mass-driver tracks built [track, once]",
    )
    m.tracks_standing = algebra.Var(
        m.tracks_built.declared(),
        bounds=lambda _, k, d: (0, most[k, d] * context.over(lambda t: t + 1)),
        doc="mass-driver tracks standing [track]",
    )
    shots = [
        (j, d.id) for k, designs in inputs.menu.items() for d in designs for j in inputs.stands[k].directions
    ]
    m.shot_mass = algebra.Var(
        [(*shot, ..., s) for shot in shots for s in SLICES],
        bounds=(0, inputs.flow_cap_kt),
        doc="mass shot by the tracks of a design, launch structure included [kt/yr]",
    )
    worn_t = {k: max(map(worn_t_per_kt, designs)) * inputs.flow_cap_kt for k, designs in inputs.menu.items()}
    new_t = {k: max(d.stator_mass_kt * most[k, d.id] for d in v) * _T_PER_KT for k, v in inputs.menu.items()}
    last = inputs.calendar.edges[-1] - inputs.calendar.edges[0]
    stators = [(k, ...) for k in inputs.menu]
    m.stators_renewed = algebra.Var(
        stators, bounds=lambda _, k: (0, worn_t[k]), doc="stator mass replaced for wear [t/yr]"
    )
    m.stator_left = algebra.Var(
        stators,
        bounds=lambda _, k: (0, worn_t[k] * last + new_t[k] * inputs.calendar.count),
        doc="stator mass not yet worn out by shots [t]",
    )


def most_tracks(inputs: Inputs, stand: str, design: LauncherDesign) -> int:
    """More tracks of a design than any plan can use at once: the largest demand, all of it through the narrowest
    window its arcs have."""
    arcs = list(arcs_of(inputs, stand, design))
    product_kt = inputs.pair.moon_mass_kt * inputs.most_gw_per_yr
    if design.payload_class == "bulk":  # oxygen for landers, which bring no more than satellites would weigh
        product_kt *= _most_orbital_oxygen(inputs)
    thrown_kt = product_kt * max((arc.loaded / (1 - arc.loss) for arc in arcs), default=0.0)
    site = inputs.sites[inputs.stands[stand].site]
    shares = [site.share(s) * min(arc.open_share[s], 1.0) for arc in arcs for s in SLICES]
    narrowest = min((share for share in shares if share > 0), default=1.0)
    return math.ceil(thrown_kt / (design.cargo_kt_per_yr * narrowest))


def _most_orbital_oxygen(inputs: Inputs) -> float:
    """Oxygen drawn in orbit per mass landed, on the route that draws most."""
    keys = (f"routes.{route}.orbital_oxygen" for route in inputs.facts.children("routes"))
    return max((inputs.number(key, "kg/kg") for key in keys if key in inputs.facts), default=0.0)


def arcs_of(inputs: Inputs, stand: str, design: LauncherDesign) -> Iterator[Arc]:
    """The arcs a design of a stand can serve: its class, its directions, fast enough."""
    directions = inputs.stands[stand].directions
    for arc in inputs.arcs:
        fits = arc.track in directions and arc.payload_class == design.payload_class
        if fits and arc.exit_speed_max_m_s <= design.exit_speed_m_s:
            yield arc


def worn_t_per_kt(design: LauncherDesign) -> float:
    """Stator worn out [t] by a kilotonne shot."""
    return design.stator_mass_kt / design.stator_life_kt * _T_PER_KT


def launchers_of(inputs: Inputs, direction: str) -> list[tuple[str, LauncherDesign]]:
    """Every stand and design that can fire in a direction."""
    return [
        (k, d)
        for k, designs in inputs.menu.items()
        for d in designs
        if direction in inputs.stands[k].directions
    ]


def designs_by_id(context: Context) -> dict[tuple[str, str], LauncherDesign]:
    """Every design by stand and id."""
    return {(k, d.id): d for k, designs in context.inputs.menu.items() for d in designs}


def _stock_rows(context: Context) -> None:
    """Tracks standing, once for every row that needs them: they are counted when built, not per year."""
    m, designs = context.model, designs_by_id(context)

    def stock(_: algebra.Model, k: str, d: str) -> object:
        life, lag = designs[k, d].life_yr, designs[k, d].build_time_yr
        standing = context.stock(m.tracks_built[k, d, ...], life, lag, once=True)
        return linear([(1, m.tracks_standing[k, d, ...]), (-1, standing)]) == 0

    m.track_stock = algebra.Constraint(
        m.tracks_standing.declared(),
        rule=stock,
        doc="definition: tracks standing add up from what was built [track]",
    )


def _rate(context: Context, stand: str, design: LauncherDesign, s: str) -> float:
    """Mass [kt/yr] one standing track throws at most within a slice."""
    site = context.inputs.sites[context.inputs.stands[stand].site]
    return design.throughput_kt_per_yr * design.availability * site.share(s)


def _room(
    context: Context, shot: tuple[str, str], share: float, speed_m_s: float, s: str
) -> list[algebra.Term]:
    """Cargo [kt/yr] that the tracks standing throw in a share of a slice in one direction, of a class, at a speed."""
    j, c = shot
    return [
        (
            share * _rate(context, k, d, s) / (1 + d.structure_fraction),
            context.model.tracks_standing[k, d.id, ...],
        )
        for k, d in launchers_of(context.inputs, j)
        if d.payload_class == c and d.exit_speed_m_s >= speed_m_s
    ]


def _rate_rows(context: Context) -> None:
    m, inputs, designs = context.model, context.inputs, designs_by_id(context)

    def rate(_: algebra.Model, k: str, d: str, s: str) -> object:
        most = _rate(context, k, designs[k, d], s)
        shots = [(1, m.shot_mass[j, d, ..., s]) for j in inputs.stands[k].directions]
        return linear([*shots, (-most, m.tracks_standing[k, d, ...])]) <= 0

    def carried(_: algebra.Model, j: str, c: str, speed: float, s: str) -> object:
        """Shots to the arcs that need at least this speed come from designs that reach it; all of them are laden."""
        arcs = [a for a in inputs.arcs if (a.track, a.payload_class) == (j, c) and a.open_share[s] > 0]
        asked = [(1, m.thrown[(*a.key, ..., s)]) for a in arcs if a.exit_speed_max_m_s >= speed]
        fit = [d for _, d in launchers_of(inputs, j) if d.payload_class == c and d.exit_speed_m_s >= speed]
        empty = linear(asked + [(-1 / (1 + d.structure_fraction), m.shot_mass[j, d.id, ..., s]) for d in fit])
        return empty == 0 if speed == slowest[j, c] else empty <= 0

    classes = dict.fromkeys((a.track, a.payload_class, a.exit_speed_max_m_s) for a in inputs.arcs)
    slowest = {(j, c): min(v for k, d, v in classes if (k, d) == (j, c)) for j, c, _ in classes}
    m.track_rate = algebra.Constraint(
        [(*key, s) for key in m.tracks_standing.declared() for s in SLICES],
        rule=rate,
        doc="price: shots of a mass-driver design [kt/yr]",
    )
    m.track_load = algebra.Constraint(
        [(*key, ..., s) for key in classes for s in SLICES],
        rule=carried,
        doc="price: cargo room in shots of a speed [kt/yr]",
    )


def _window_rows(context: Context) -> None:
    m, inputs = context.model, context.inputs
    arcs = {arc.key: arc for arc in inputs.arcs}
    narrow = [key for key in m.thrown.declared() if arcs[key[:4]].open_share[key[5]] < 1]

    def window(_: algebra.Model, j: str, c: str, o: str, mode: str, s: str) -> object:
        arc = arcs[j, c, o, mode]
        room = _room(context, (j, c), arc.open_share[s], arc.exit_speed_max_m_s, s)
        return linear([(1, m.thrown[j, c, o, mode, ..., s]), *negated(room)]) <= 0

    _shared_windows(context, {key[:4] for key in narrow})
    m.window = algebra.Constraint(narrow, rule=window, doc="limit: departure window of a track [kt/yr]")


def _shared_windows(context: Context, narrow: set[tuple[str, str, str, str]]) -> None:
    """Ways of braking at one destination open in the same hours: together they take no more than the widest."""
    m, inputs = context.model, context.inputs
    groups: dict[tuple[str, str, str], list[Arc]] = {}
    for arc in inputs.arcs:
        if arc.key in narrow:
            groups.setdefault(arc.key[:3], []).append(arc)
    shared = {key: arcs for key, arcs in groups.items() if len(arcs) > 1}

    def together(_: algebra.Model, j: str, c: str, o: str, s: str) -> object:
        arcs = [arc for arc in shared[j, c, o] if 0 < arc.open_share[s] < 1]
        if len(arcs) < 2:
            return algebra.Constraint.Skip
        widest, slowest = max(a.open_share[s] for a in arcs), min(a.exit_speed_max_m_s for a in arcs)
        room = _room(context, (j, c), widest, slowest, s)
        return linear([*((1, m.thrown[(*arc.key, ..., s)]) for arc in arcs), *negated(room)]) <= 0

    m.shared_window = algebra.Constraint(
        [(*key, ..., s) for key in shared for s in SLICES],
        rule=together,
        doc="limit: departure window of a destination, all ways of braking together [kt/yr]",
    )


def _wear_rows(context: Context) -> None:
    """Stators come with their tracks, wear by the shot and are renewed when nothing is left of them.

    The stators of a stand are one stock: their sections are alike and can be moved between its tracks.
    """
    m, inputs = context.model, context.inputs

    def wear(_: algebra.Model, k: str) -> object:
        left, years = m.stator_left[k, ...], context.years
        terms = [(1, left), (-years, m.stators_renewed[k, ...]), (-1, left.before())]
        for d in inputs.menu[k]:
            terms.append((-d.stator_mass_kt * _T_PER_KT, m.tracks_built[k, d.id, ...]))
            shots = [m.shot_mass[j, d.id, ..., s] for j in inputs.stands[k].directions for s in SLICES]
            terms += [(years * worn_t_per_kt(d), shot) for shot in shots]
        return linear(terms) == 0

    m.stator_wear = algebra.Constraint(
        m.stator_left.declared(),
        rule=wear,
        doc="definition: stators left are those brought less those worn out [t]",
    )


def _post_build(context: Context, stand: str, design: LauncherDesign) -> None:
    books, site = context.ledgers, context.inputs.stands[stand].site
    built, per_year = context.model.tracks_built[stand, design.id, ...], 1 / context.years
    for commodity, mass in design.lunar_mass_kt.items():
        books.commodity.post((site, commodity), -mass * per_year, built)
    books.labour.post(site, sum(design.lunar_mass_kt.values()) * per_year, built)
    books.landed.post((site, "plant"), design.imported_mass_kt * per_year, built)
    context.buy("mass drivers", design.capital_g_usd * per_year, built, design.life_yr)


def _post_stators(context: Context, stand: str) -> None:
    """What a renewed stator is made of: the same as the first one, by mass."""
    books, site = context.ledgers, context.inputs.stands[stand].site
    design, renewed = context.inputs.menu[stand][0], context.model.stators_renewed[stand, ...]
    per_t = 1 / (design.stator_mass_kt * _T_PER_KT)
    for commodity, mass in design.stator_lunar_mass_kt.items():
        books.commodity.post((site, commodity), -mass * per_t, renewed)
        books.labour.post(site, mass * per_t, renewed)
    books.landed.post((site, "plant"), design.stator_imported_mass_kt * per_t, renewed)


def _post_shots(context: Context, stand: str, design: LauncherDesign) -> None:
    """Energy in the slice of the shot, and the launch structure that flies along."""
    books, place = context.ledgers, context.inputs.stands[stand]
    structure = design.structure_fraction / (1 + design.structure_fraction)
    for j in place.directions:
        for s in SLICES:
            shot = context.model.shot_mass[j, design.id, ..., s]
            books.energy.post((place.site, s), design.wall_energy_kwh_per_kg, shot)  # kWh/kg is GWh/kt
            books.commodity.post((place.site, "al_parts"), -structure, shot)
