"""Launch windows of any site and direction, and the map of what each longitude reaches."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from lunarchain.errors import InputError, Issue
from lunarchain.trajectory import search
from lunarchain.trajectory.dispersion import with_trims
from lunarchain.trajectory.ephemeris import DAY_S, Array, Ephemeris, calendar, tdb_seconds
from lunarchain.trajectory.inputs import DepartureInputs, Destination, EarthOrbit, Track
from lunarchain.trajectory.scan import Grid
from lunarchain.trajectory.site import check_site

REACH_COLUMNS = (
    "longitude_deg", "azimuth_deg", "destination", "mode", "feasible", "exit_speed_m_s", "flight_time_d",
    "delta_v_m_s", "reason",
)  # fmt: skip
# What counts as the local time asked for, where the destination says nothing.
_LOCAL_TIME_TOLERANCE_H = 0.5
WINDOW_COLUMNS = (
    "epoch", "feasible", "exit_speed_km_s", "azimuth_deg", "flight_time_d", "delta_v_km_s", "trim_m_s", "reason",
)  # fmt: skip


def windows(
    longitude_deg: float, latitude_deg: float, azimuth_deg: float, destination: str, mode: str | None,
    from_: str, until: str, *, inputs: DepartureInputs, eph: Ephemeris, step_s: float | None = None,
    azimuth_range_deg: float | None = None, inclination_deg: float | None = None,
    local_time_h: float | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Departures of one site and direction between two ISO dates (TDB), one row per epoch.

    Exit speed and delta-v after launch in km/s, trim at the set quantile in m/s. ``mode`` defaults to the
    destination's first; the step to that of the departure table; elevation and steering to those of the first
    track. For an orbit about the Earth the shot can be aimed at an inclination, and at a local time of the ascending
    node. Raises ``InputError`` for a place on no body, dates outside the ephemeris, unknown names, and a plane asked
    of a destination that has none.
    """
    goal = with_plane(inputs.destination(destination), inclination_deg, local_time_h)
    track = probe_track(inputs, longitude_deg, latitude_deg, azimuth_deg, azimuth_range_deg)
    case = search.case_for(inputs, eph, track, goal, mode or goal.modes[0])
    t_s = _epochs(from_, until, step_s or inputs.sample.step_s, eph, goal.flight_limit_s)
    found = search.find(case, t_s, search.prepare(inputs, eph, track, goal, t_s))
    found, trim, _ = with_trims(case, inputs.errors, inputs.braking.corridor_half_width_m, found)
    rows = {
        "epoch": [calendar(t) for t in t_s], "feasible": found.feasible,
        "exit_speed_km_s": found.speed_m_s / 1e3, "azimuth_deg": found.azimuth_deg,
        "flight_time_d": found.flight_s / DAY_S, "delta_v_km_s": found.delta_v_m_s / 1e3, "trim_m_s": trim,
        "reason": found.reason,
    }  # fmt: skip
    table = pd.DataFrame(rows, columns=list(WINDOW_COLUMNS))
    numbers = [name for name in WINDOW_COLUMNS if name not in ("epoch", "feasible", "reason")]
    table.loc[~table["feasible"], numbers] = np.nan
    return table


def with_plane(goal: Destination, inclination_deg: float | None, local_time_h: float | None) -> Destination:
    """The destination with the plane asked for, set by the shot itself."""
    if inclination_deg is None and local_time_h is None:
        return goal
    issues = []
    if not isinstance(goal, EarthOrbit):
        issues.append(
            Issue("windows", "plane", f"of {goal.name}", "an orbit about the Earth, such as leo or sso")
        )
    elif inclination_deg is None and not goal.inclination_deg:
        issues.append(Issue("windows", "local time", f"{local_time_h} h", "an inclination with it"))
    if inclination_deg is not None and not 0.0 < inclination_deg < 180.0:
        issues.append(
            Issue("windows", "inclination", f"{inclination_deg} degree", "between 0 and 180 degree")
        )
    if local_time_h is not None and not 0.0 <= local_time_h < 24.0:
        issues.append(Issue("windows", "local time", f"{local_time_h} h", "0 to 24 h"))
    if issues or not isinstance(goal, EarthOrbit):
        raise InputError(issues)
    tilt = goal.inclination_deg if inclination_deg is None else (inclination_deg,)
    hours = goal.local_times_h if local_time_h is None else (local_time_h,)
    tolerance = goal.local_time_tolerance_h or _LOCAL_TIME_TOLERANCE_H
    return replace(
        goal, inclination_deg=tilt, aimed=True, local_times_h=hours, local_time_tolerance_h=tolerance
    )


def probe_track(
    inputs: DepartureInputs, longitude_deg: float, latitude_deg: float, azimuth_deg: float,
    azimuth_range_deg: float | None = None,
) -> Track:  # fmt: skip
    """A track that is in no table, at any place on the Moon, otherwise like the first one of the tables."""
    check_site(longitude_deg, latitude_deg)
    if not math.isfinite(azimuth_deg) or not 0.0 <= azimuth_deg < 360.0:
        raise InputError(
            [Issue("windows", "direction", f"{azimuth_deg} degree", "0 to 360 degree, clockwise from north")]
        )
    model = inputs.tracks[0]
    reach = model.azimuth_range_deg if azimuth_range_deg is None else azimuth_range_deg
    name = f"{longitude_deg:g},{latitude_deg:g} to {azimuth_deg:g}"
    return replace(
        model, name=name, site=name, longitude_deg=longitude_deg, latitude_deg=latitude_deg,
        azimuth_deg=azimuth_deg, azimuth_range_deg=reach,
    )  # fmt: skip


def _epochs(from_: str, until: str, step_s: float, eph: Ephemeris, flight_s: float) -> Array:
    first, last = float(tdb_seconds(from_)[0]), float(tdb_seconds(until)[0])
    if not last > first:
        raise InputError([Issue("windows", "until", until, f"a date after {from_}")])
    if not step_s > 0.0:
        raise InputError([Issue("windows", "step", f"{step_s} s", "a positive time")])
    t_s = np.arange(first, last + step_s / 2, step_s)
    eph.check_span(t_s)
    eph.check_span(t_s[-1:] + flight_s)
    return t_s


def reach_map(
    inputs: DepartureInputs, eph: Ephemeris, longitudes_deg: Array, azimuths_deg: tuple[float, ...], epoch: str,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """What equatorial longitudes reach by each direction at one epoch: the ring law as a table.

    One row per (longitude, azimuth, destination), in the destination's first mode, steered within the usual range
    about the direction. A wanted local time is left out: it is a matter of waiting, not of the place.
    """
    t_s = tdb_seconds(epoch)
    eph.check_span(t_s)
    places = [(float(x), y) for x in longitudes_deg for y in azimuths_deg]
    rows = []
    for done, (longitude, azimuth) in enumerate(places):
        track = probe_track(inputs, longitude, 0.0, azimuth)
        grid = search.track_grid(inputs, eph, track, t_s)
        for goal in inputs.destinations:
            rows.append((longitude, azimuth, *_reached(inputs, eph, track, goal, grid, t_s)))
        if progress is not None:
            progress(done + 1, len(places))
    return pd.DataFrame(rows, columns=list(REACH_COLUMNS))


def _reached(
    inputs: DepartureInputs, eph: Ephemeris, track: Track, goal: Destination, grid: Grid, t_s: Array
) -> tuple[object, ...]:
    if isinstance(goal, EarthOrbit):
        goal = replace(goal, local_times_h=())
    ready = grid if search.needs_grid(goal) else search.prepare(inputs, eph, track, goal, t_s)
    found = search.find(search.case_for(inputs, eph, track, goal, goal.modes[0]), t_s, ready)
    numbers = (found.speed_m_s, found.flight_s / DAY_S, found.delta_v_m_s)
    return (
        goal.name, goal.modes[0], bool(found.feasible[0]), *(round(float(x[0]), 3) for x in numbers),
        str(found.reason[0]),
    )  # fmt: skip
