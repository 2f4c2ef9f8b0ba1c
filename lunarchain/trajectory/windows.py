"""Launch windows of any site and direction, and the map of what each longitude reaches."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from lunarchain.errors import InputError, Issue
from lunarchain.trajectory import search
from lunarchain.trajectory.dispersion import with_trims
from lunarchain.trajectory.ephemeris import DAY_S, Array, Ephemeris, calendar, tdb_seconds
from lunarchain.trajectory.inputs import DepartureInputs, Track
from lunarchain.trajectory.site import check_site

WINDOW_COLUMNS = (
    "epoch", "feasible", "exit_speed_km_s", "azimuth_deg", "flight_time_d", "delta_v_km_s", "trim_m_s", "reason",
)  # fmt: skip


def windows(
    longitude_deg: float, latitude_deg: float, azimuth_deg: float, destination: str, mode: str | None,
    from_: str, until: str, *, inputs: DepartureInputs, eph: Ephemeris, step_s: float | None = None,
    azimuth_range_deg: float | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Departures of one site and direction between two ISO dates (TDB), one row per epoch.

    Exit speed and delta-v after launch in km/s, trim at the set quantile in m/s. ``mode`` defaults to the
    destination's first; the step to that of the departure table; elevation and steering to those of the first
    track. Raises ``InputError`` for a place on no body, dates outside the ephemeris, unknown names.
    """
    goal = inputs.destination(destination)
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
    inputs: DepartureInputs,
    eph: Ephemeris,
    longitudes_deg: Array,
    azimuths_deg: tuple[float, ...],
    epoch: str,
) -> pd.DataFrame:
    """Which destinations equatorial longitudes reach by each direction at one epoch, with the exit speed (m/s).

    One row per (longitude, azimuth, destination) in the destination's first mode and without steering: the ring
    law as a table. A plane that must be aimed for is out of reach without steering and left out.
    """
    t_s = tdb_seconds(epoch)
    rows = []
    for longitude in longitudes_deg:
        for azimuth in azimuths_deg:
            track = probe_track(inputs, float(longitude), 0.0, azimuth, 0.0)
            grid = search.track_grid(inputs, eph, track, t_s)
            for goal in (
                d for d in inputs.destinations if search.needs_grid(d) and not getattr(d, "aimed", False)
            ):
                case = search.case_for(inputs, eph, track, goal, goal.modes[0])
                found = search.find(case, t_s, grid)
                rows.append(
                    (float(longitude), azimuth, goal.name, bool(found.feasible[0]), float(found.speed_m_s[0]))
                )
    return pd.DataFrame(
        rows, columns=["longitude_deg", "azimuth_deg", "destination", "feasible", "exit_speed_m_s"]
    )
