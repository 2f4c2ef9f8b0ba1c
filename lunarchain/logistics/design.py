r"""How large a vehicle should be: a search outside, the fast count model inside.

To multiply a free size by a whole number would make the model bilinear and its bound useless. So the sizes are
outside: (1) DIRECT scans payload and propellant, the count model answers each; (2) for the best patterns of counts the
sizes shrink to what that pattern needs. Step 2 is a fixed point: sizes give a dry mass, the dry mass gives the sizes
that the fixed counts need (one linear model), and so on; it converges because tanks are lighter than what they hold.

Dry mass of the crewed lander family (Isaji, Takubo, Ho 2022), root $d$ of
$d = a_1 d + a_2 p^{a_3} + a_4 (d + p) + a_5 q / a_6 + P + a_7 P^{a_8} + a_9 \tau
+ a_{10} n \tau d^{a_{11}} + a_{12} + a_{13} d$ with $P = a_{14} d^{a_{15}} + a_{16}$; payload $p$, propellant $q$.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lunarchain.logistics.model import build
from lunarchain.logistics.network import Network, Reader
from lunarchain.model import algebra
from lunarchain.model.ledger import linear
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.logistics import FreeDesign
from lunarchain.units import factor

# DIRECT looks at this many designs; patterns of counts repeat long before that
DESIGNS = 150
PATTERNS = 3
ROUNDS = 60
SETTLED = 1e-9

Counts = dict[tuple[int, str], int]
# a model to (objective, counts of vehicles), or nothing when there is no plan; and a model to its values by name
Plan = Callable[[algebra.Model], tuple[float, Counts] | None]
Values = Callable[[algebra.Model], dict[str, float] | None]


@dataclass(frozen=True)
class DryMassLaw:
    """Coefficients of the dry-mass equation by name, people and days of the crew stay. Masses in kg."""

    coefficients: dict[str, float]
    people: float
    days: float

    def excess(self, dry: float, payload: float, propellant: float) -> float:
        """Dry mass less what the equation makes of it [kg]; zero at the root."""
        a = self.coefficients
        power = a["power_factor"] * dry ** a["power_exponent"] + a["power_constant"]
        crew = (
            a["thermal"] * self.days
            + a["life_support"] * self.people * self.days * dry ** a["life_support_exponent"]
        )
        return dry - (
            a["structure"] * dry + a["avionics"] * payload ** a["avionics_exponent"]
            + a["frame"] * (dry + payload) + a["tank"] * propellant / a["propellant_density"]
            + power + a["power_system"] * power ** a["power_system_exponent"] + crew
            + a["fixed"] + a["margin"] * dry
        )  # fmt: skip

    def dry_mass_kg(self, payload: float, propellant: float, bounds: tuple[float, float]) -> float | None:
        """Smallest dry mass between bounds that satisfies the equation; ``None`` when none does."""
        trial = np.geomspace(*bounds, 200)
        over = [self.excess(float(dry), payload, propellant) for dry in trial]
        for k in range(len(trial) - 1):
            if over[k] <= 0 < over[k + 1]:
                from scipy.optimize import brentq  # slow to import, and no other case needs it

                root = brentq(
                    lambda dry: self.excess(dry, payload, propellant), trial[k], trial[k + 1], xtol=1e-9
                )
                return float(root)
        return None


def dry_mass_law(law: str, facts: Facts) -> DryMassLaw:
    """The equation whose coefficients stand under ``law`` in the fact tables."""
    rows = {name: fact.value for name, fact in facts.below(law).items()}
    people, days = rows.pop("people"), rows.pop("days")
    return DryMassLaw(rows, people, days)


@dataclass(frozen=True)
class Task:
    """One vehicle whose size is free, in its network. Bounds in kg."""

    network: Network
    vehicle: str
    law: DryMassLaw
    payload: tuple[float, float]
    propellant: tuple[float, float]
    dry_mass: tuple[float, float]

    def sized(self, dry: float, payload: float, propellant: float) -> Network:
        """The network with the vehicle in one size [kg]."""
        t = factor("kg", "t")
        craft = self.network.craft[self.vehicle].sized(dry * t, payload * t, propellant * t)
        return replace(self.network, craft={**self.network.craft, self.vehicle: craft})


def make_task(network: Network, vehicle: str, free: FreeDesign, facts: Facts) -> Task:
    """The task of sizing one vehicle of a case."""
    reader = Reader(facts)
    low_high = [
        tuple(reader.read(edge, "kg", f"vehicles.{vehicle}.free.{name}") for edge in getattr(free, name))
        for name in ("payload", "propellant", "dry_mass")
    ]
    payload, propellant, dry = ((low, high) for low, high in low_high)
    return Task(network, vehicle, dry_mass_law(free.law, facts), payload, propellant, dry)


def search(task: Task, plan: Plan, values: Values, progress: Callable[[float], None]) -> Network:
    """The network with the best size found. ``plan`` solves in whole numbers, ``values`` without.

    The caller learns of nothing feasible by an unsized network: raises ``ValueError`` then.
    """
    seen: dict[tuple[tuple[tuple[int, str], int], ...], tuple[float, float]] = {}

    def tried(size: np.ndarray) -> float:
        payload, propellant = float(size[0]), float(size[1])
        dry = task.law.dry_mass_kg(payload, propellant, task.dry_mass)
        found = None if dry is None else plan(build(task.sized(dry, payload, propellant)))
        if found is None or dry is None:
            return worst
        key = tuple(sorted(found[1].items()))
        if key not in seen or found[0] < seen[key][0]:
            seen[key] = (found[0], dry)
            progress(min(cost for cost, _ in seen.values()))
        return found[0]

    # what no plan can cost: every vehicle there may be, at its largest, on every arc
    worst = sum(task.network.most_vehicles * sum(bound[1] for bound in (task.payload, task.propellant, task.dry_mass))
                for _ in task.network.arcs) * factor("kg", "t")  # fmt: skip
    from scipy.optimize import direct  # slow to import, and only a search among designs needs it

    direct(tried, [task.payload, task.propellant], maxfun=DESIGNS, locally_biased=True)
    ranked = sorted(seen.items(), key=lambda item: item[1][0])[:PATTERNS]
    nets = [
        net for counts, (_, dry) in ranked if (net := _shrunk(task, dict(counts), dry, values)) is not None
    ]
    priced = [(found[0], k) for k, net in enumerate(nets) if (found := plan(build(net))) is not None]
    if not priced:
        raise ValueError(f"no size of '{task.vehicle}' within its bounds gives a plan")
    return nets[min(priced)[1]]


def _shrunk(task: Task, counts: Counts, dry: float, values: Values) -> Network | None:
    """The smallest vehicle that flies a fixed pattern of counts."""
    for _ in range(ROUNDS):
        size = _needed(task, counts, dry, values)
        again = None if size is None else task.law.dry_mass_kg(*size, task.dry_mass)
        if size is None or again is None:
            return None
        if abs(again - dry) <= SETTLED * dry:
            # a grain more, so that the plan fits inside solver tolerances
            return task.sized(again, size[0] * (1 + SETTLED), size[1] * (1 + SETTLED))
        dry = again
    return None


def _needed(task: Task, counts: Counts, dry: float, values: Values) -> tuple[float, float] | None:
    """Payload and propellant [kg] that the counts need at a dry mass: the pair that adds least dry mass."""
    net = task.sized(dry, task.payload[1], task.propellant[1])
    m, craft = build(net), net.craft[task.vehicle]
    for key in m.vehicles:
        algebra.fix(m.vehicles, key, counts[key])
    m.size = algebra.Var(["payload", "propellant"], bounds=(0, task.propellant[1] * factor("kg", "t")))
    fits = []
    for (k, v), count in counts.items():
        if v != task.vehicle or not net.arcs[k].limits:
            continue
        hold = [(net.goods[c].mass_t, m.aboard[k, v, c]) for c in net.goods if c not in craft.mixture]
        fits.append([*hold, (-count, m.size["payload"])])
        for c, share in craft.mixture.items():
            fits.append([(1, m.aboard[k, v, c]), (-count * share, m.size["propellant"])])
    m.fits = algebra.Constraint(range(len(fits)), rule=lambda _, k: linear(fits[k]) <= 0)
    at = (task.payload[1], task.propellant[1])
    slopes = [
        -(task.law.excess(dry, *more) - task.law.excess(dry, *at))
        for more in ((at[0] + 1, at[1]), (at[0], at[1] + 1))
    ]
    m.least = algebra.Objective(expr=linear(zip(slopes, m.size.values(), strict=True)))
    found = values(m)
    if found is None:
        return None
    kg = factor("t", "kg")
    return found["size[payload]"] * kg, found["size[propellant]"] * kg
