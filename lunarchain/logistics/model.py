r"""The logistics model: whole vehicles on arcs of a network laid out in time.

Sets: arcs $a$ (legs within a phase, stays into the next), vehicles $v$, goods $c$, places and phases.
Variables: vehicles on an arc $n_{va}$ (whole), goods aboard as it departs $x_{vca}$ [t, or a count].

What arrives follows from what departs. With $M_{va} = m_v n_{va} + \sum_c \mu_c x_{vca}$ the departing mass, $\varphi$
the burnt share of the leg and $\sigma_{vc}$ the mixture,
$y_{vca} = \kappa_{ca} x_{vca} - \sigma_{vc} \varphi_{va} M_{va} - \sum_{c'} u_{c'c} \tau_a x_{vc'a}
- \omega_{vc} m_v n_{va} \ge 0$
(boil-off, burn, use by people, spares). Vehicles of one kind on an arc share their load, so a count is exact where
copies would only be permutations of each other.

Constraints: hold, tanks by mixture, lift; nothing travels without a vehicle; at every place and phase what departs is
no more than what arrived and what there is, less what is wanted. Objective: mass leaving the first place.
"""

from __future__ import annotations

from typing import Any

from lunarchain.logistics.network import DEPOT, Network
from lunarchain.model import algebra
from lunarchain.model.ledger import linear

Terms = list[tuple[float, Any]]


def build(net: Network, into: Any = None) -> algebra.Model:
    """The whole model of a logistics case, masses in tonnes, declared to ``into`` or to a new recorded model."""
    m = algebra.Model("logistics") if into is None else into
    most = _most_carried(net)
    m.vehicles = algebra.Var(
        [(k, v) for k, v in net.flown if v != DEPOT],
        domain=algebra.NonNegativeIntegers,
        bounds=(0, net.most_vehicles),
    )
    m.aboard = algebra.Var(
        [(k, v, c) for k, v in net.flown for c in net.goods],
        bounds=lambda _, k, v, c: (0, most[c]),
        domain=lambda _, k, v, c: algebra.NonNegativeIntegers if net.goods[c].whole else algebra.Reals,
    )
    _arrivals(m, net)
    _capacities(m, net, most)
    _balances(m, net)
    leaving = [k for k, arc in enumerate(net.arcs) if arc.is_leg and arc.start == net.count_from]
    terms = [term for k, v in net.flown if k in leaving for term in departing_mass(m, net, k, v)]
    m.cost = algebra.Objective(expr=linear(terms), sense=algebra.minimize)
    return m


def departing_mass(m: algebra.Model, net: Network, k: int, v: str) -> Terms:
    """Terms of the mass [t] of a vehicle kind and its load as an arc begins."""
    load = [(net.goods[c].mass_t, m.aboard[k, v, c]) for c in net.goods]
    return load if v == DEPOT else [(net.craft[v].dry_t, m.vehicles[k, v]), *load]


def arriving(m: algebra.Model, net: Network, k: int, v: str, c: str) -> Terms:
    """Terms of the amount of a good at the end of an arc."""
    arc, craft = net.arcs[k], net.craft[v]
    terms: Terms = [(net.kept_share(arc, c), m.aboard[k, v, c])]
    burnt = craft.mixture.get(c, 0.0) * net.burnt_share(arc, v)
    terms += [(-burnt * mass, x) for mass, x in departing_mass(m, net, k, v)] if burnt else []
    for user, good in net.goods.items():
        if c in good.uses_t_day:
            terms.append((-good.uses_t_day[c] * arc.days, m.aboard[k, v, user]))
    if arc.is_leg and c in craft.upkeep and v != DEPOT:
        terms.append((-craft.upkeep[c] * craft.dry_t, m.vehicles[k, v]))
    return _merged(terms)


def _merged(terms: Terms) -> Terms:
    found: dict[int, tuple[float, Any]] = {}
    for coefficient, variable in terms:
        before, _ = found.get(id(variable), (0.0, variable))
        found[id(variable)] = (before + coefficient, variable)
    return list(found.values())


def _most_carried(net: Network) -> dict[str, float]:
    """Physical cap on each good on one arc: what all vehicles of the largest kind hold, or all there is to carry."""
    holds = [
        sum(x for x in (craft.payload_t, craft.propellant_t, craft.lift_t) if x is not None)
        for craft in net.craft.values()
    ]
    wanted = {
        c: sum(s.amount or 0.0 for s in (*net.demands, *net.supplies) if s.good == c) for c in net.goods
    }
    tonnes = net.most_vehicles * max(holds, default=0.0)
    return {c: min(wanted[c], tonnes) if g.whole else max(tonnes, wanted[c]) for c, g in net.goods.items()}


def _arrivals(m: algebra.Model, net: Network) -> None:
    m.arrival = algebra.Constraint(
        list(m.aboard), rule=lambda _, k, v, c: linear(arriving(m, net, k, v, c)) >= 0
    )


def _capacities(m: algebra.Model, net: Network, most: dict[str, float]) -> None:
    def held(k: int, v: str, goods: list[str]) -> Terms:
        return [(net.goods[c].mass_t, m.aboard[k, v, c]) for c in goods]

    limits: list[tuple[int, str, str]] = []
    rules: dict[tuple[int, str, str], tuple[Terms, float]] = {}
    for k, v in m.vehicles:
        craft, arc = net.craft[v], net.arcs[k]
        if not arc.limits:
            continue
        if craft.payload_t is not None:
            rules[k, v, "payload"] = (
                held(k, v, [c for c in net.goods if c not in craft.mixture]),
                craft.payload_t,
            )
        if craft.lift_t is not None:
            rules[k, v, "lift"] = (held(k, v, list(net.goods)), craft.lift_t)
        for c, share in craft.mixture.items():
            if craft.propellant_t is not None:
                rules[k, v, f"tank {c}"] = (held(k, v, [c]), share * craft.propellant_t)
    limits = list(rules)
    m.capacity = algebra.Constraint(
        limits,
        rule=lambda _, k, v, what: (
            linear([*rules[k, v, what][0], (-rules[k, v, what][1], m.vehicles[k, v])]) <= 0
        ),
    )
    # where no capacity holds (a launcher's leg) a load still needs a vehicle round it
    loose = [(k, v, c) for k, v in m.vehicles if not net.arcs[k].limits for c in net.goods]
    m.carried_by = algebra.Constraint(
        loose, rule=lambda _, k, v, c: linear([(1, m.aboard[k, v, c]), (-most[c], m.vehicles[k, v])]) <= 0
    )


def _balances(m: algebra.Model, net: Network) -> None:
    out: dict[tuple[str, int, str], Terms] = {}
    for k, v in net.flown:
        arc = net.arcs[k]
        for c in net.goods:
            out.setdefault((arc.start, arc.departs, c), []).append((1, m.aboard[k, v, c]))
            back = [(-w, x) for w, x in arriving(m, net, k, v, c)]
            out.setdefault((arc.end, arc.arrives, c), []).extend(back)
        if v != DEPOT:
            out.setdefault((arc.start, arc.departs, v), []).append((1, m.vehicles[k, v]))
            out.setdefault((arc.end, arc.arrives, v), []).append((-1, m.vehicles[k, v]))
    free = {(s.at, s.phase, s.good) for s in net.supplies if s.amount is None}
    there = dict.fromkeys(out, 0.0)
    for sign, stocks in ((1, net.supplies), (-1, net.demands)):
        for s in stocks:
            if s.amount is not None:
                there[s.at, s.phase, s.good] = there.get((s.at, s.phase, s.good), 0.0) + sign * s.amount
    keys = [key for key in there if key not in free]
    m.balance = algebra.Constraint(
        keys, rule=lambda _, i, t, c: linear(_merged(out.get((i, t, c), []))) <= there[i, t, c]
    )
