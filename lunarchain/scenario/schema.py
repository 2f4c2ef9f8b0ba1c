"""The whole input surface of a case. Unknown keys are refused; a loaded scenario cannot change.

A scenario holds choices (what is allowed, when, how much is wanted, which limits a policy sets).
Sourced numbers stay in the fact tables; ``data`` and ``scale`` replace or multiply them by id.
"""

from __future__ import annotations

import itertools
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lunarchain.scenario.logistics import Logistics

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Step(_Strict):
    """Periods of ``years`` length up to the year ``until``."""

    until: int
    years: Positive


class Calendar(_Strict):
    """Model years: short steps early, long later, then a flat tail that reports leave out."""

    start: int = 2028
    steps: tuple[Step, ...] = (Step(until=2050, years=1), Step(until=2065, years=3))
    tail_periods: Annotated[int, Field(ge=0, le=4)] = 2
    tail_years: Positive = 5

    @model_validator(mode="after")
    def _ordered(self) -> Calendar:
        years = [float(self.start)] + [float(step.until) for step in self.steps]
        if not self.steps or any(late <= early for early, late in itertools.pairwise(years)):
            raise ValueError(
                f"years out of order: {' -> '.join(f'{year:.0f}' for year in years)}; each must be later"
            )
        for early, step in zip(years, self.steps, strict=False):
            count = (step.until - early) / step.years
            if abs(count - round(count)) > 1e-9:
                raise ValueError(
                    f"{early:.0f}..{step.until} is not a whole number of {step.years:g}-year steps"
                )
        return self


class Wanted(_Strict):
    """One point of a demand curve: what is wanted in service in a year."""

    year: float
    gw: Positive | str = Field(description="GW, or the id of a fact that measures power or energy a year")


class Demand(_Strict):
    """Compute wanted in service [GW], growing to a ceiling; its value falls as more is served."""

    curve: tuple[Wanted, ...] = Field(
        default=(),
        description="points joined by steady growth, instead of first_gw; outside them, growth holds",
    )
    reference_gw: Positive | None = Field(
        default=None,
        description="GW in service at which compute is worth its value; more is worth less, in any year."
        " Absent: the reference grows with what is wanted",
    )
    by_class: dict[str, Annotated[tuple[Wanted, ...], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="a curve for each service class, instead of curve and the shares of the classes; all or none",
    )
    first_gw: Positive = 10
    growth: Annotated[float, Field(gt=-0.5, lt=3)] = 0.22
    ceiling_gw: Positive = 6000
    tiers: tuple[Positive, ...] = Field(
        default=(0.25, 0.5, 0.75, 1.0),
        description="upper edges of the price tiers, in multiples of the wanted GW",
    )

    @model_validator(mode="after")
    def _rising(self) -> Demand:
        edges = (0.0, *self.tiers)
        if not self.tiers or any(high <= low for low, high in itertools.pairwise(edges)):
            raise ValueError("tiers that do not rise, as [0.5, 1.0] do")
        curves = (self.curve, *self.by_class.values())
        if any(late.year <= early.year for c in curves for early, late in itertools.pairwise(c)):
            raise ValueError("years of a demand curve that do not rise")
        return self


class Moon(_Strict):
    """What may be done on the Moon."""

    allowed: bool = True
    sites: tuple[str, ...] = ("south_pole", "mare_33e", "procellarum_55w")
    processes: tuple[str, ...] = Field(
        default=("P03b", "P16"), description="optional processes allowed, by id"
    )
    assembly: bool = Field(default=True, description="whole satellites may be assembled on the Moon")
    orbital_yards: bool = Field(default=True, description="lunar hulls may be joined with compute in orbit")
    haulage: tuple[str, ...] = Field(default=("rover",), description="ways to move goods between sites")
    power: tuple[str, ...] = Field(
        default=(), description="power options allowed; empty means all of the table"
    )
    import_caps_kt: dict[str, NotNegative] = Field(
        default_factory=dict,
        description="most that Earth supplies in a year [kt/yr] of a commodity for lunar-made goods, landed or joined "
        "in orbit, by id (imp_compute = 50); imp_plant is all machines landed",
    )


class Launcher(_Strict):
    """Which mass-driver tracks and payload classes may be built."""

    tracks: tuple[str, ...] = ("south_pole_ridge", "mare_33e_east", "mare_33e_west", "procellarum_55w_east")
    payload_classes: tuple[str, ...] = ("satellite", "parts", "bulk")
    two_way: bool = Field(
        default=True, description="one track may fire both ways where the table of stands allows it"
    )
    modes: tuple[str, ...] = Field(
        default=(), description="braking modes allowed; empty means all of the table"
    )


class Launch(_Strict):
    """Earth launch vehicles and the routes onward from low orbit."""

    vehicles: tuple[str, ...] = Field(default=("starship",), min_length=1)
    routes: tuple[str, ...] = Field(default=(), description="routes allowed; empty means all of the table")
    integer_flights_below: NotNegative = Field(
        default=20, description="flights per year are whole numbers while no more than this many can fly"
    )


class Satellites(_Strict):
    """The pair of satellite designs compared (Earth-built and Moon-built of one design philosophy)."""

    pair: str = "claim"
    orbits: tuple[str, ...] = Field(default=("leo", "sso", "heo", "eml2", "helio"), min_length=1)
    slots: Literal["low", "nominal", "high"] = "nominal"


class Ground(_Strict):
    """Data centres on the ground."""

    allowed: bool = True


class Policy(_Strict):
    """Levers. Each is one constraint or one price; absent means not applied."""

    launch_licences_per_yr: NotNegative | None = None
    licensed_sites: tuple[str, ...] = Field(
        default=(),
        description="launch sites whose licences (`policy.licences.*`) add up; empty means all may be used",
    )
    licence_multiple: NotNegative = Field(
        default=1, description="how many times what those sites are licensed for"
    )
    black_carbon_cap_kt: NotNegative | None = None
    launch_co2_cap_mt: NotNegative | None = None
    launch_co2_price_usd_t: NotNegative | None = None
    launch_nox_price_usd_t: NotNegative | None = Field(
        default=None, description="nitrogen oxides of upper stages that come back"
    )
    launch_h2o_price_usd_t: NotNegative | None = Field(default=None, description="water vapour of launches")
    ozone_loss_cap_percent: NotNegative | None = Field(
        default=None, description="near-global column loss by launches"
    )
    alumina_cap_kt: NotNegative | None = None
    moon_chip_export_cap_kt: NotNegative | None = None
    moon_import_cap_kt: NotNegative | None = None
    moon_export_cap_kt: NotNegative | None = Field(
        default=None, description="mass thrown off the Moon a year, loaded"
    )
    lunar_nuclear: bool = True
    lunar_nuclear_from: float | None = Field(
        default=None, description="first year in which reactors may be added on the Moon"
    )
    lunar_mining_cap_mt: NotNegative | None = None
    ground_grid_cap_gw: NotNegative | None = None
    ground_carbon_price_usd_t: NotNegative | None = None
    launch_subsidy_usd_kg: NotNegative | None = None
    investment_tax_credit: Share | None = Field(
        default=None, description="share of every asset's price that is returned"
    )
    chip_supply_cap_gw: NotNegative | None = None


class Goals(_Strict):
    """What a plan must reach. Absent means not asked: whatever is not served is then only priced."""

    least_share_served: Share | None = Field(
        default=None, description="least share of the compute wanted at any price that must be in service"
    )
    served_from: int | None = Field(default=None, description="first year of that; the start when absent")
    satellites_gw_per_yr: NotNegative | None = Field(
        default=None, description="satellites that must be added in the year satellites_in"
    )
    satellites_in: int | None = None

    @model_validator(mode="after")
    def _whole(self) -> Goals:
        if (self.satellites_gw_per_yr is None) != (self.satellites_in is None):
            raise ValueError(
                "one of satellites_gw_per_yr and satellites_in, which belong together: a rate, and the year to reach it"
            )
        if self.served_from is not None and self.least_share_served is None:
            raise ValueError("served_from (from when) without what must be served: set least_share_served too")
        return self


class Actors(_Strict):
    """Who owns what, and the id of the fact that holds its cost of capital. Absent: the rate of the case.

    An owner's rate sets the yearly payment for its assets; payments of all owners are then worth what they are at
    the rate of the case, so that a dearer lender never makes the same spending look cheaper because it is late.
    """

    orbital: str | None = Field(
        default=None, description="satellites and their chips, parts, yards, relays, launch pads"
    )
    ground: str | None = Field(default=None, description="ground halls and their chips")
    lunar: str | None = Field(default=None, description="plant, power, robots and mass drivers on the Moon")


class Economics(_Strict):
    """Discounting and the value of what is left at the end."""

    discount_rate: str = Field(
        default="economics.wacc_ground", description="id of the fact that holds the rate"
    )
    actors: Actors = Actors()
    remaining_life_value: bool = True


class Solve(_Strict):
    """When to stop."""

    gap: Annotated[float, Field(gt=0, lt=1)] = 1e-3
    decision_gap: Positive = 0.1
    time_limit_s: Positive = 300
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    fly_rounds: Annotated[int, Field(ge=0, le=20)] = 5
    fly_sample: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        default=2000, description="launches drawn at random and aimed anew, besides every kind of departure"
    )


class Scenario(_Strict):
    """One case: the choices made, and which sourced numbers are replaced."""

    title: str
    question: str = ""
    calendar: Calendar = Calendar()
    demand: Demand = Demand()
    moon: Moon = Moon()
    launcher: Launcher = Launcher()
    launch: Launch = Launch()
    satellites: Satellites = Satellites()
    ground: Ground = Ground()
    policy: Policy = Policy()
    goals: Goals = Goals()
    economics: Economics = Economics()
    solve: Solve = Solve()
    logistics: Logistics | None = Field(
        default=None, description="a case about moving things only: the tables above it are then not read"
    )
    data: dict[str, float | str] = Field(default_factory=dict, description="facts replaced, by id")
    scale: dict[str, float] = Field(
        default_factory=dict, description="facts multiplied, by id pattern (* matches)"
    )
