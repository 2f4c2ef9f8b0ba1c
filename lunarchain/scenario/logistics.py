"""What a case about moving things says: places, goods, vehicles, legs between places, and what is wanted where.

An amount is a number in the unit of its field, a number with a unit of its own (``"4.04 km/s"``), or the id of a fact
(``"logistics.ship.dry_mass"``). Masses are in kg, delta-v in m/s, times in days, specific impulse in s.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Amount = float | str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Good(_Strict):
    """A commodity, measured by mass; or counted in whole units, like people, when a unit's mass is given."""

    unit_mass: Amount | None = Field(default=None, description="kg of one, for what is counted")
    uses: dict[str, Amount] = Field(
        default_factory=dict, description="kg of another good that each counted one uses a day"
    )


class FreeDesign(_Strict):
    """Sizes of a vehicle left to the search; its dry mass follows from a published equation."""

    law: str = Field(description="prefix of the facts that hold the coefficients of the dry-mass equation")
    payload: tuple[Amount, Amount]
    propellant: tuple[Amount, Amount]
    dry_mass: tuple[Amount, Amount]


class Vehicle(_Strict):
    """A kind of vehicle, flown in whole numbers. An absent capacity means no limit of that sort."""

    dry_mass: Amount = 0.0
    payload: Amount | None = Field(
        default=None, description="most of all goods that are not its propellants, kg"
    )
    propellant: Amount | None = Field(default=None, description="tank capacity for all its propellants, kg")
    lift: Amount | None = Field(default=None, description="most of everything carried, tanks included, kg")
    isp: Amount | None = Field(default=None, description="specific impulse, s; none for what never burns")
    mixture: dict[str, Amount] = Field(default_factory=dict, description="parts by mass of each propellant")
    upkeep: dict[str, Amount] = Field(
        default_factory=dict, description="spares used by a leg, as a share of the dry mass, by good"
    )
    free: FreeDesign | None = None


class Leg(_Strict):
    """A way between two places, flown within one phase."""

    start: str
    end: str
    delta_v: Amount = 0.0
    time: Amount = 0.0
    phases: tuple[str, ...] = Field(default=(), description="phases it is open in; empty means all")
    vehicles: tuple[str, ...] = Field(default=(), description="vehicles that may fly it; empty means all")
    limits: bool = Field(
        default=True, description="whether payload and tank capacities hold (not under a launcher)"
    )


class Stay(_Strict):
    """Waiting at a place from one phase to the next, in a vehicle or in a depot."""

    time: Amount = 0.0
    depot: bool = Field(default=False, description="goods may wait without a vehicle round them")
    boil_off: dict[str, Amount] = Field(default_factory=dict, description="share lost a day, by good")


class Place(_Strict):
    """Goods or vehicles there are, or that are wanted, at a place; without an amount as many as needed."""

    at: str
    good: str
    amount: Amount | None = None
    phases: tuple[str, ...] = ()


class Logistics(_Strict):
    """Vehicles that carry goods between places at the least mass leaving the first place."""

    places: tuple[str, ...] = Field(min_length=2)
    phases: tuple[str, ...] = Field(default=("cycle",), min_length=1)
    repeats: Amount = Field(default=1.0, description="how often the phases follow each other")
    steady: bool = Field(default=False, description="the last phase leads back to the first")
    gravity: Amount = "kick_stage.standard_gravity"
    goods: dict[str, Good]
    vehicles: dict[str, Vehicle]
    legs: tuple[Leg, ...]
    stays: dict[str, Stay] = Field(default_factory=dict)
    supplies: tuple[Place, ...]
    demands: tuple[Place, ...]
    most_vehicles: Annotated[int, Field(ge=1)] = Field(default=1000, description="most of a kind on a leg")
    count_from: str = Field(description="the place whose departures are the mass to be least")
