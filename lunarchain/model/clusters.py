r"""Training in orbit: satellites within about a kilometre of each other, or satellites big enough to train alone.

Variables: power of satellites that begin service as members of a cluster $K_{ot}$ [GW/yr].

Constraints
$\sum_{q\,clustered} c_{oqt} \le$ sunlit share $\times$ members in service; $K_{ot} \le \sum_k A_{okt}$.
Members carry laser terminals to their neighbours (mass to lift, parts to buy). A cluster takes one place of a shell, so
what trains takes fewer slots (`fleet`). Orbits in which no formation holds train nothing. Satellites of
`links.cluster_alone` and more need none of this.
"""

from __future__ import annotations

import math

from lunarchain.model import algebra
from lunarchain.model.context import ALL, Context, Inputs
from lunarchain.model.ledger import linear


def needed(inputs: Inputs) -> bool:
    """Whether satellites are too small to train alone."""
    alone = inputs.number("links.cluster_alone", "GW/satellite")
    return inputs.number("satellites.power", "GW/satellite") < alone


def clustered(inputs: Inputs, service: str) -> bool:
    """Whether a class needs satellites that work as one."""
    return needed(inputs) and inputs.facts.text(f"services.{service}.cluster") == "yes"


def trained(context: Context, orbit: str) -> list[algebra.Line]:
    """Compute served from clusters of an orbit, a line for each class."""
    m, inputs = context.model, context.inputs
    services = inputs.facts.children("services")
    return [m.served[orbit, q, ...] for q in services if (orbit, q, ...) in m.served and clustered(inputs, q)]


def shared_share(context: Context, orbit: str) -> float:
    """Nameplate that takes no place of its own per GW served from clusters: all but one member, sunlit or not."""
    number = context.inputs.number
    members = number("links.cluster_members", "satellite")
    return (1 - 1 / members) / number(f"orbits.{orbit}.sun_fraction", "dimensionless")


def add(context: Context) -> None:
    """Add members, their terminals, and what they must be for training to be served."""
    m, inputs, number = context.model, context.inputs, context.inputs.number
    orbits = [o for o in inputs.scenario.satellites.orbits if trained(context, o)]
    index = [(o, ...) for o in orbits]
    m.clustered_added = algebra.Var(
        index, bounds=(0, inputs.most_gw_per_yr), doc="satellites that begin service in a cluster [GW/yr]"
    )
    loss = -math.log(1 - number("compute.array_degradation", "1/yr"))
    loss -= math.log(1 - number("compute.gpu_failure", "1/yr"))
    life = number("compute.satellite_life", "yr")

    def training(_: algebra.Model, o: str) -> object:
        sun = number(f"orbits.{o}.sun_fraction", "dimensionless")
        members = context.stock(m.clustered_added[o, ...], life, 0.0, loss)
        return linear([*((1, served) for served in trained(context, o)), (-sun, members)]) <= 0

    def satellites(_: algebra.Model, o: str) -> object:
        added = [(-1, m.added[key]) for key in m.added.declared() if key[0] == o]
        return linear([(1, m.clustered_added[o, ...]), *added]) <= 0

    m.cluster_training = algebra.Constraint(
        index, rule=training, doc="price: training in clusters of satellites [GW]"
    )
    m.cluster_members = algebra.Constraint(
        index, rule=satellites, doc="price: satellites that may be built as members of a cluster [GW/yr]"
    )
    mass = terminals_kt_per_gw(inputs)
    for o in orbits:
        context.ledgers.lifted.post((o, "satellite"), mass, m.clustered_added[o, ...])
        context.ledgers.parts.post(ALL, inputs.bought_per_flown * mass, m.clustered_added[o, ...])


def terminals_kt_per_gw(inputs: Inputs) -> float:
    """Laser terminals between neighbours in a GW of members [kt]."""
    per_satellite = inputs.number("links.cluster_terminals", "dimensionless")
    mass = inputs.number("links.cluster_terminal_mass", "kt")
    return per_satellite * mass / inputs.number("satellites.power", "GW/satellite")
