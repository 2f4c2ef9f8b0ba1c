"""Plain inputs of the departure search: tracks, destinations, braking, errors. SI units, angles in degrees.

No value has a default: the numbers come from the sourced tables, filled in outside this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.trajectory.aerobrake import Campaign

PROPULSIVE, AEROBRAKE, ELECTRIC, CATCHER = "propulsive", "aerobrake", "electric", "catcher"
MODES = (PROPULSIVE, AEROBRAKE, ELECTRIC, CATCHER)


@dataclass(frozen=True)
class Track:
    """A launcher on the ground: where it stands and how far its switch-yard turns the shot either way.

    The site counts as lit when the Sun's centre stands above ``horizon_deg`` (negative on a ridge with masts).
    """

    name: str
    site: str
    longitude_deg: float
    latitude_deg: float
    azimuth_deg: float
    azimuth_range_deg: float
    elevation_deg: float
    horizon_deg: float


@dataclass(frozen=True)
class EarthOrbit:
    """A circular orbit about the Earth. ``inclination_deg`` or ``local_times_h`` empty: any will do.

    ``aimed``: the shot itself sets the inclination; otherwise the plane is turned by burning after arrival.
    """

    name: str
    modes: tuple[str, ...]
    flight_limit_s: float
    radius_m: float
    inclination_deg: tuple[float, ...]
    aimed: bool
    local_times_h: tuple[float, ...]
    local_time_tolerance_h: float


@dataclass(frozen=True)
class LibrationPoint:
    """A collinear point of Earth and Moon, 1 or 2, as it moves with the Moon."""

    name: str
    modes: tuple[str, ...]
    flight_limit_s: float
    point: int


@dataclass(frozen=True)
class ThreeBodyOrbit:
    """A closed orbit of the Earth-Moon problem, carried along with the Moon.

    ``start`` is (x, z, vy) at the perpendicular crossing, ``period`` the time to close, in units of the
    circular problem; any phase of the orbit will do for arrival. ``speeds_m_s``: exit speeds to scan, from, until
    and step, where they are others than those of :class:`Search`.
    """

    name: str
    modes: tuple[str, ...]
    flight_limit_s: float
    start: tuple[float, float, float]
    period: float
    speeds_m_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class Escape:
    """Heliocentric, drifting near the Earth's orbit: C3 at ``exit_radius_m``, then a burn to stop the drift."""

    name: str
    modes: tuple[str, ...]
    flight_limit_s: float
    c3_m2_s2: float
    exit_radius_m: float
    station_radius_m: float
    station_limit_s: float


@dataclass(frozen=True)
class LunarOrbit:
    """A circular orbit about the Moon at ``altitude_m``, reached at the first apolune."""

    name: str
    modes: tuple[str, ...]
    flight_limit_s: float
    altitude_m: float


Destination: TypeAlias = EarthOrbit | LibrationPoint | ThreeBodyOrbit | Escape | LunarOrbit


@dataclass(frozen=True)
class Braking:
    """What is done at the Earth: the aerobraking, the burns that go with it, and where a spiral begins.

    ``node_limit_m``: planes are turned no farther from the Earth than this.
    """

    aerobraking: Campaign
    aerobrake_allowance_m_s: float
    electric_perigee_m: float
    node_limit_m: float

    @property
    def corridor_altitude_m(self) -> float:
        """Perigee altitude of the first pass."""
        return self.aerobraking.perigee_altitude_m

    @property
    def corridor_half_width_m(self) -> float:
        """Miss of that altitude either way that is accepted."""
        return self.aerobraking.half_width_m

    @property
    def aerobrake_days(self) -> float:
        """Days from the first pass to the final orbit."""
        return self.aerobraking.days


@dataclass(frozen=True)
class Errors:
    """Errors of a shot (1 sigma), when they are trimmed, what the trim is sized for and how large it may be."""

    exit_speed_m_s: float
    aim_rad: float
    trim_after_s: float
    quantile: float
    trim_limit_m_s: float
    knowledge_m_s: float
    loss_by_mode: tuple[tuple[str, float], ...]

    def loss(self, mode: str) -> float:
        """Share of payloads lost in ``mode`` for reasons other than aim."""
        return dict(self.loss_by_mode)[mode]


@dataclass(frozen=True)
class Search:
    """Range and fineness of the search over exit speeds, steering and phases."""

    speed_min_m_s: float
    near_moon_speed_min_m_s: float
    near_moon_speed_max_m_s: float
    near_moon_speed_step_m_s: float
    speed_max_m_s: float
    speed_step_m_s: float
    azimuths: int
    clear_of_moon_m: float


@dataclass(frozen=True)
class Forces:
    """The force model's switches: lunar degree and reach, sunlight pressure at one astronomical unit."""

    lunar_degree: int
    lunar_reach_m: float
    earth_j2: bool
    pressure_m_s2: float
    planets_after_s: float


@dataclass(frozen=True)
class Proof:
    """What counts as borne out when a claim is flown."""

    delta_v_tolerance_m_s: float
    exit_speed_tolerance_m_s: float
    open_tolerance: float
    reference_tolerance_m: float
    terrain_distance_m: float
    terrain_rise_m: float
    least_spacing_m: float
    tank_margin: float


@dataclass(frozen=True)
class Sample:
    """Epochs sampled: ``months`` months of ``month_s`` every ``step_s``, spread from ``from_s`` to ``until_s``.

    Places near the Moon take every ``stride``-th epoch; ways that a local time opens for days only, ``window_months``.
    """

    months: int
    month_s: float
    step_s: float
    from_s: float
    until_s: float
    stride: int
    window_months: int


@dataclass(frozen=True)
class DepartureInputs:
    """Everything the departure search needs besides the ephemeris."""

    tracks: tuple[Track, ...]
    destinations: tuple[Destination, ...]
    braking: Braking
    errors: Errors
    search: Search
    forces: Forces
    sample: Sample
    proof: Proof

    def track(self, name: str) -> Track:
        """The track called ``name``; ``InputError`` with the nearest name otherwise."""
        return _named(self.tracks, name, "track")

    def destination(self, name: str) -> Destination:
        """The destination called ``name``; ``InputError`` with the nearest name otherwise."""
        return _named(self.destinations, name, "destination")


_Named = TypeVar("_Named", Track, Destination)


def _named(items: tuple[_Named, ...], name: str, kind: str) -> _Named:
    found = {item.name: item for item in items}
    if name not in found:
        near = nearest_name(name, found)
        raise InputError([Issue("trajectory", kind, name, " | ".join(found), near)])
    return found[name]
