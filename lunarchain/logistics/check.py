"""Everything wrong with a logistics case before any solve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.logistics.network import DEPOT, Craft, Network, make_network
from lunarchain.logistics.rocket import reachable_delta_v
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.logistics import Logistics


def logistics_issues(given: Logistics, facts: Facts, file: str) -> list[Issue]:
    """All issues: names first, then amounts, then legs no tank can fly and goods no vehicle can bring."""
    issues = list(_names(given, facts, file))
    if issues:
        return issues
    try:
        net = make_network(given, facts)
    except InputError as error:
        return error.issues
    return [*_engines(given, net, file), *_reach(given, net, file)]


def _names(given: Logistics, facts: Facts, file: str) -> Iterator[Issue]:
    stocked = [*given.goods, *given.vehicles]
    asked: list[tuple[str, Iterable[str], Iterable[str]]] = [
        ("count_from", [given.count_from], given.places),
        ("stays", given.stays, given.places),
    ]
    for leg in given.legs:
        at = f"legs {leg.start}>{leg.end}"
        asked += [
            (at, (leg.start, leg.end), given.places),
            (f"{at}.phases", leg.phases, given.phases),
            (f"{at}.vehicles", leg.vehicles, given.vehicles),
        ]
    for name, good in given.goods.items():
        asked.append((f"goods.{name}.uses", good.uses, given.goods))
    for name, vehicle in given.vehicles.items():
        asked += [
            (f"vehicles.{name}.{part}", getattr(vehicle, part), given.goods) for part in ("mixture", "upkeep")
        ]
    for place, stay in given.stays.items():
        asked.append((f"stays.{place}.boil_off", stay.boil_off, given.goods))
    for table in ("supplies", "demands"):
        for stock in getattr(given, table):
            asked += [
                (f"{table}.at", [stock.at], given.places),
                (f"{table}.good", [stock.good], stocked),
                (f"{table}.phases", stock.phases, given.phases),
            ]
    for key, names, valid in asked:
        known = list(valid)
        for name in names:
            if name not in known:
                yield Issue(
                    file,
                    f"logistics.{key}",
                    f"'{name}'",
                    "one of " + ", ".join(known),
                    nearest_name(name, known),
                )
    for name, vehicle in given.vehicles.items():
        if vehicle.free is not None and not facts.children(vehicle.free.law):
            yield Issue(
                file,
                f"logistics.vehicles.{name}.free.law",
                f"'{vehicle.free.law}'",
                "a prefix of facts with coefficients",
            )
    for stock in given.demands:
        if stock.amount is None:
            yield Issue(
                file, f"logistics.demands, {stock.good} at {stock.at}", "no amount", "how much is wanted"
            )


def _engines(given: Logistics, net: Network, file: str) -> Iterator[Issue]:
    """Legs that a vehicle meant for them cannot fly even empty with full tanks."""
    for leg in given.legs:
        arc = next((a for a in net.arcs if (a.start, a.end) == (leg.start, leg.end)), None)
        if arc is None or arc.delta_v_m_s == 0:
            continue
        most = {v: _reach_m_s(net, net.craft[v], arc.limits) for v in arc.vehicles if v != DEPOT}
        short = {v: reach for v, reach in most.items() if reach < arc.delta_v_m_s}
        for v, reach in short.items():
            if not leg.vehicles and len(short) < len(most):
                continue  # the others will fly it
            got = (
                f"{arc.delta_v_m_s:,.0f} m/s, and '{v}' has {reach:,.0f} m/s in full tanks and nothing aboard"
            )
            yield Issue(
                file, f"logistics.legs {leg.start}>{leg.end}", got, "a leg its tanks can give", "",
                "larger tanks, a higher specific impulse, or a place to refuel on the way",
            )  # fmt: skip


def _reach_m_s(net: Network, craft: Craft, limits: bool) -> float:
    if craft.isp_s is None or not craft.mixture:
        return 0.0
    if not limits or craft.propellant_t is None:
        return float("inf")
    return reachable_delta_v(craft.dry_t, craft.propellant_t, craft.isp_s, net.gravity_m_s2)


def _reach(given: Logistics, net: Network, file: str) -> Iterator[Issue]:
    """Places that want a good nothing can bring: no source of it, or no vehicle with room for it on the way."""
    for stock in net.demands:
        if stock.good not in net.goods or not stock.amount:
            continue
        sources = {s.at for s in net.supplies if s.good == stock.good}
        if stock.at in sources:
            continue
        reached = _spread(net, sources, stock.good)
        if stock.at not in reached:
            got = f"'{stock.good}' wanted, and no vehicle with room for it comes there from where it is"
            hint = "a payload (or lift) for the vehicle, a leg, or a supply of it"
            yield Issue(file, f"logistics.demands at {stock.at}", got, "a way to bring it", "", hint)


def _spread(net: Network, sources: set[str], good: str) -> set[str]:
    reached = set(sources)
    while True:
        more = {
            arc.end
            for arc in net.arcs
            if arc.start in reached and any(_room(net.craft[v], good, arc.limits) for v in arc.vehicles)
        }
        if more <= reached:
            return reached
        reached |= more


def _room(craft: Craft, good: str, limits: bool) -> bool:
    if not limits:
        return True
    own = craft.propellant_t if good in craft.mixture else craft.payload_t
    return own != 0 and craft.lift_t != 0
