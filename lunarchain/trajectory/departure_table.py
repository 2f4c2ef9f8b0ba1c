"""The departure table: every (track, destination, mode) over the span of the ephemeris, aggregated for planning."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lunarchain.trajectory import arrival, search, site
from lunarchain.trajectory.dispersion import with_trims
from lunarchain.trajectory.earth import LOCAL_TIME
from lunarchain.trajectory.ephemeris import DAY_S, Array, Ephemeris, Flags, calendar
from lunarchain.trajectory.inputs import DepartureInputs, Destination, EarthOrbit, Track
from lunarchain.trajectory.scan import Grid
from lunarchain.trajectory.solution import Departures
from lunarchain.trajectory.stored import COLUMNS

_FINE_STEP_S = 3600.0
_YEAR_S = 365.25 * DAY_S
_GOLDEN = (5**0.5 - 1) / 2
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Tables:
    """The aggregated table and the epochs behind it."""

    departures: pd.DataFrame
    epochs: pd.DataFrame


def sample_epochs(inputs: DepartureInputs) -> Array:
    """Epochs of the sampled months (months, steps): evenly spread over the span and, besides, over the seasons."""
    # Whole years apart, plus a growing share of a year: otherwise every month would show the same season.
    return _months(inputs, np.arange(inputs.sample.months) / inputs.sample.months)


def window_epochs(inputs: DepartureInputs) -> Array:
    """Epochs (months, steps) of many more months, for ways that a local time leaves open for days of each only.

    Seasons follow the golden section, so that each meets the Moon's orbit in every part of its 18.6 years.
    """
    return _months(inputs, np.arange(float(inputs.sample.window_months)) * _GOLDEN % 1.0)


def _months(inputs: DepartureInputs, season: Array) -> Array:
    """Epochs of one month for each season (share of a year), in years evenly spread over the span."""
    sample = inputs.sample
    years = (sample.until_s - sample.from_s) / _YEAR_S - 1
    number = np.arange(len(season))
    starts = sample.from_s + (np.floor(number * years / len(season)) + season) * _YEAR_S
    return starts[:, None] + np.arange(0.0, sample.month_s, sample.step_s)


def content_hash(inputs: DepartureInputs, eph: Ephemeris) -> str:
    """Short hash of all that makes the table: the ephemeris and the inputs, but not those for proving it."""
    made_of = (
        inputs.tracks,
        inputs.destinations,
        inputs.braking,
        inputs.errors,
        inputs.search,
        inputs.forces,
    )
    digest = hashlib.sha256(repr((*made_of, inputs.sample)).encode())
    digest.update(eph.moon.coefficients.tobytes())
    digest.update(eph.field_c.tobytes())
    return digest.hexdigest()[:16]


def build_departures(
    inputs: DepartureInputs, eph: Ephemeris, progress: Progress | None = None, tracks: tuple[str, ...] = ()
) -> Tables:
    """Search every (track, destination, mode) at the sampled epochs and aggregate.

    ``tracks`` restricts the work to some tracks; ``progress`` is told each finished row.
    """
    months = sample_epochs(inputs)
    rows, details = [], []
    for track in inputs.tracks:
        if tracks and track.name not in tracks:
            continue
        wide = any(search.needs_grid(goal) for goal in inputs.destinations)
        grid = search.track_grid(inputs, eph, track, months.ravel()) if wide else None
        for destination in inputs.destinations:
            used, ready = _searched(inputs, eph, track, destination, months, grid)
            for mode in destination.modes:
                row, detail = _row(inputs, eph, track, destination, mode, used, ready)
                rows.append(row)
                details.append(detail)
                if progress is not None:
                    progress(
                        f"{track.name} to {destination.name} by {mode}: {row['epochs_feasible']}/{row['epochs']}"
                    )
    table = pd.DataFrame(rows).assign(content_hash=content_hash(inputs, eph))
    return Tables(table[list(COLUMNS)], pd.concat(details, ignore_index=True))


def _searched(
    inputs: DepartureInputs,
    eph: Ephemeris,
    track: Track,
    destination: Destination,
    months: Array,
    grid: Grid | None,
) -> tuple[Array, search.Prepared]:
    """The epochs at which a destination is searched, and the scan or the first guesses for them."""
    if grid is None or not search.needs_grid(destination):
        used = months[:, :: min(inputs.sample.stride, months.shape[1] - 1)]
        return used, search.prepare(inputs, eph, track, destination, used.ravel())
    if not isinstance(destination, EarthOrbit) or not destination.local_times_h:
        return months, grid
    case = search.case_for(inputs, eph, track, destination, destination.modes[0])
    if not np.isfinite(search.find(case, months.ravel(), grid).local_time_h).any():
        return months, grid
    many = window_epochs(inputs)
    return many, search.track_grid(inputs, eph, track, many.ravel())


def _row(
    inputs: DepartureInputs, eph: Ephemeris, track: Track, destination: Destination, mode: str,
    used: Array, ready: search.Prepared,
) -> tuple[dict[str, object], pd.DataFrame]:  # fmt: skip
    case = search.case_for(inputs, eph, track, destination, mode)
    found = search.find(case, used.ravel(), ready)
    found, trim, loss = with_trims(case, inputs.errors, inputs.braking.corridor_half_width_m, found)
    row = aggregate(found, trim, loss) | open_shares(eph, track, destination, used, found)
    row |= {
        "track": track.name, "site": track.site, "destination": destination.name, "mode": mode,
        "span_from": calendar(used.min()), "span_until": calendar(used.max()),
    }  # fmt: skip
    return row, _epoch_rows(track.name, destination.name, mode, found, trim)


def aggregate(found: Departures, trim: Array, loss: Array) -> dict[str, object]:
    """Ranges and means over the feasible epochs; the commonest reason when there is none."""
    ok = found.feasible
    row: dict[str, object] = {
        "feasible": int(ok.any()), "epochs": len(ok), "epochs_feasible": int(ok.sum()), "reason": "",
    }  # fmt: skip
    if not ok.all():
        row["reason"] = pd.Series(found.reason[~ok]).mode().iloc[0]
    numbers: dict[str, tuple[Callable[[Array], float], Array]] = {
        "exit_speed_min_m_s": (np.min, found.speed_m_s), "exit_speed_mean_m_s": (np.mean, found.speed_m_s),
        "exit_speed_max_m_s": (np.max, found.speed_m_s), "azimuth_min_deg": (np.min, found.azimuth_deg),
        "azimuth_max_deg": (np.max, found.azimuth_deg), "flight_time_d": (np.mean, found.flight_s / DAY_S),
        "delta_v_m_s": (np.mean, found.delta_v_m_s), "delta_v_max_m_s": (np.max, found.delta_v_m_s),
        "trim_m_s": (np.nanmax, trim), "loss_fraction": (np.nanmean, loss),
    }  # fmt: skip
    return row | {
        name: float(how(values[ok])) if ok.any() else np.nan for name, (how, values) in numbers.items()
    }


def open_shares(
    eph: Ephemeris, track: Track, destination: Destination, months: Array, found: Departures
) -> dict[str, float]:
    """Share of all, of the lit and of the dark time in which the way is open, counted hour by hour."""
    step = months[0, 1] - months[0, 0]
    open_, lit = [], []
    for month, start in enumerate(months):
        part = slice(month * months.shape[1], (month + 1) * months.shape[1])
        fine = np.arange(start[0], start[-1] + step, _FINE_STEP_S)
        open_.append(open_hours(destination, start, found, part, fine))
        height = site.sun_elevation_deg(eph, track.longitude_deg, track.latitude_deg, fine)
        lit.append(height > track.horizon_deg)
    open_now, light = np.concatenate(open_), np.concatenate(lit)
    return {
        "open_fraction": float(open_now.mean()), "lit_fraction": float(light.mean()),
        "open_lit_fraction": float(open_now[light].mean()) if light.any() else float(open_now.mean()),
        "open_dark_fraction": float(open_now[~light].mean()) if (~light).any() else float(open_now.mean()),
    }  # fmt: skip


def open_hours(destination: Destination, epochs: Array, found: Departures, part: slice, fine: Array) -> Flags:
    """Whether a month's way is open at fine times: as at the nearest epoch, or by the node's interpolated time."""
    nearest = np.clip(np.round((fine - epochs[0]) / (epochs[1] - epochs[0])).astype(int), 0, len(epochs) - 1)
    hours = found.local_time_h[part]
    if not isinstance(destination, EarthOrbit) or not np.isfinite(hours).any():
        return found.feasible[part][nearest]
    known = np.isfinite(hours)
    smooth = np.unwrap(hours[known], period=24.0)
    at_fine = np.interp(fine, epochs[known], smooth)
    if known.sum() > 1:  # go on at the last rate past the last epoch
        rate = (smooth[-1] - smooth[-2]) / (epochs[known][-1] - epochs[known][-2])
        at_fine += np.maximum(fine - epochs[known][-1], 0.0) * rate
    miss = arrival.local_time_miss_h(at_fine % 24.0, destination.local_times_h)
    return known[nearest] & (miss <= destination.local_time_tolerance_h)


def _epoch_rows(track: str, destination: str, mode: str, found: Departures, trim: Array) -> pd.DataFrame:
    words = np.where(found.reason == LOCAL_TIME, "local time", found.reason)
    return pd.DataFrame({
        "track": track, "destination": destination, "mode": mode,
        "epoch_tdb_s": found.t_s, "feasible": found.feasible.astype(np.int8),
        "exit_speed_m_s": found.speed_m_s.round(3), "azimuth_deg": found.azimuth_deg.round(4),
        "flight_time_d": (found.flight_s / DAY_S).round(4), "delta_v_m_s": found.delta_v_m_s.round(2),
        "trim_m_s": trim.round(3), "local_time_h": found.local_time_h.round(3), "reason": words,
    })  # fmt: skip
