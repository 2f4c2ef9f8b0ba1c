r"""Links: what a served GW sends, through its own terminals and a relay network that must be paid for.

Variables: relay capacity added [Tbit/s per yr].
Constraints: per orbit $\sum_q \beta_q c_{oqt} \le$ terminal rate $\times$ satellites in service;
all orbits $\sum_{oq} \beta_q c_{oqt} \le \alpha\,(R_0 + \text{relay standing})$ and relay standing
$\le R_0 ((1+\rho)^{y} - 1)$.
"""

from __future__ import annotations

from lunarchain.model import algebra
from lunarchain.model.context import Context
from lunarchain.model.ground import GROUND
from lunarchain.model.ledger import linear


def add(context: Context) -> None:
    """Add what carries data down: laser terminals on satellites, relay capacity [Tbit/s] and how fast it may grow."""
    m, number = context.model, context.inputs.number
    m.relay_added = algebra.Var([...], bounds=(0, 1e6), doc="relay capacity added [Tbit/s/yr]")
    first, growth = number("links.relay_first", "Tbit/s"), number("links.relay_growth", "1/yr")
    available, life = number("links.ground_availability", "dimensionless"), number("links.relay_life", "yr")
    calendar = context.inputs.calendar

    def standing() -> algebra.Line:
        return context.stock(m.relay_added[...], life)

    def relay(_: algebra.Model) -> object:
        traffic = [
            (_traffic(context, q), m.served[o, q, ...]) for o, q, _ in m.served.declared() if o != GROUND
        ]
        return linear([*traffic, (-available, standing())]) <= available * first

    def growing(_: algebra.Model) -> object:
        most = context.over(lambda t: (1 + growth) ** (calendar.midpoint(t) - calendar.edges[0]) - 1)
        return linear([(1, standing())]) <= first * most

    def terminals(_: algebra.Model, o: str) -> object:
        per_gw = number("links.terminal_rate", "Tbit/s/satellite") / number(
            "satellites.power", "GW/satellite"
        )
        sent = [
            (_traffic(context, q), m.served[o, q, ...])
            for q in context.inputs.facts.children("services")
            if (o, q, ...) in m.served
        ]
        return linear([*sent, (-per_gw, m.in_service[o, ...])]) <= 0

    m.relay_capacity = algebra.Constraint([...], rule=relay, doc="price: relay links [Tbit/s]")
    m.relay_growth = algebra.Constraint(
        [...],
        rule=growing,
        doc="limit: growth of relay links [Tbit/s]; set by: links.relay_growth, links.relay_first",
    )
    m.terminal_capacity = algebra.Constraint(
        m.in_service.declared(), rule=terminals, doc="price: laser terminals of satellites [Tbit/s]"
    )
    price = number("links.relay_price", "GUSD/(Tbit/s)")
    context.pay("relays", price, m.relay_added[...], life, "orbital")


def _traffic(context: Context, service: str) -> float:
    return context.inputs.number(f"services.{service}.traffic", "Tbit/s/GW")
