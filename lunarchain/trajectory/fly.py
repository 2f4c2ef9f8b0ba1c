"""Proof by flying: every claimed departure re-targeted and flown with scipy under the full force model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lunarchain.errors import InputError, Issue
from lunarchain.trajectory import arrival, points, search
from lunarchain.trajectory.departure_table import open_shares
from lunarchain.trajectory.dispersion import trim_time, with_trims
from lunarchain.trajectory.earth import c3
from lunarchain.trajectory.ephemeris import DAY_S, Array, Ephemeris, Index, tdb_seconds
from lunarchain.trajectory.inputs import (
    DepartureInputs,
    Destination,
    EarthOrbit,
    Escape,
    LunarOrbit,
    Proof,
    Track,
)
from lunarchain.trajectory.launches import Sampled, arrival_spread_s, fly_sample, spacing_m
from lunarchain.trajectory.proof import fly_reference, height_profile
from lunarchain.trajectory.shots import Aim, Case, launch
from lunarchain.trajectory.solution import Departures

Progress = Callable[[int, int, str], None]
SEED = 20260101
# Where the ground is looked at, in shares of the distance at which it has risen.
_DOWNRANGE = (0.1, 0.25, 0.5, 1.0, 2.0)
COLUMNS = (
    "track", "destination", "mode", "passed", "reason", "epochs", "feasible_epochs", "claimed_delta_v_m_s",
    "flown_delta_v_m_s", "flown_delta_v_max_m_s", "margin_m_s", "claimed_exit_speed_max_m_s",
    "flown_exit_speed_max_m_s", "flown_exit_speed_min_m_s", "open_claimed", "open_flown", "open_lit_flown",
    "open_dark_flown", "clearance_m", "flight_time_d", "trim_m_s", "reference_miss_m", "claimed_delta_v_max_m_s",
    "launches_per_yr", "sampled", "sampled_failed", "spacing_m", "arrival_spread_s", "open_used", "cut",
)  # fmt: skip


@dataclass(frozen=True)
class DepartureClaim:
    """What a plan relies on: a track's shots to a destination, with their exit speed range (m/s), the delta-v
    carried for insertion and trim together (m/s, mean over shots), and the share of time the way is open.

    ``years`` are the calendar years in which it is used; months of several are flown. ``delta_v_max_m_s`` is what the
    tanks are sized for (each shot is filled for its day), ``launches_per_yr`` the busiest year's shots,
    ``interval_s`` the seconds from one shot of a track to its next, ``open_used`` the share of the tracks' time.
    """

    track: Track
    destination: Destination
    mode: str
    exit_speed_min_m_s: float
    exit_speed_max_m_s: float
    delta_v_m_s: float
    open_fraction: float
    years: tuple[int, ...]
    delta_v_max_m_s: float = np.inf
    launches_per_yr: float = 0.0
    interval_s: float = 0.0
    open_used: float = 0.0


def claim_epochs(
    years: Sequence[int], eph: Ephemeris, month_s: float, per_month: int, months: int = 6
) -> Array:
    """Epochs to fly (months, per_month): whole months from the first year to the last, each in another season."""
    if not years:
        raise InputError(
            [Issue("fly", "years", "none", "at least one calendar year in which the departure is used")]
        )
    if per_month < 2:
        raise InputError(
            [Issue("fly", "epochs per month", str(per_month), "two or more, to see how long the way is open")]
        )
    ordered = sorted(years)
    picked = [ordered[round(k * (len(ordered) - 1) / max(months - 1, 1))] for k in range(months)]
    year_s = 365.25 * DAY_S
    starts = [
        float(tdb_seconds(f"{year:04d}-01-01")[0]) + k * year_s / months for k, year in enumerate(picked)
    ]
    eph.check_span(np.array(starts))
    starts = [min(start, eph.last_s - 0.5 * year_s) for start in starts]
    return np.array(starts)[:, None] + month_s * np.arange(per_month) / per_month


def fly_departures(
    claims: Sequence[DepartureClaim], inputs: DepartureInputs, eph: Ephemeris, per_month: int = 15,
    progress: Progress | None = None, sample: int = 2000, seed: int = SEED,
) -> pd.DataFrame:  # fmt: skip
    """One verdict row per claim: claimed, flown, margin, passed or the reason why not.

    Besides the exact epochs, ``sample`` launches in all are drawn, more where more are launched, and aimed anew.
    A claim passes when every flown number bears it out: mean and highest delta-v with trim, highest exit speed and open
    share (less that of sampled launches that find no way), each within what so few months can tell apart (two standard
    errors between months, or the least amounts of ``inputs.proof``); when no more of the open time is used than there
    is; when shots keep apart and clear the terrain; and when scipy's flight ends where the batch search said it would.
    """
    rows = []
    for number, (claim, share) in enumerate(zip(claims, shares(claims, sample), strict=True)):
        rows.append(_verdict(claim, inputs, eph, per_month, share, seed + number))
        if progress is not None:
            progress(
                number + 1, len(claims), f"{claim.track.name} to {claim.destination.name} by {claim.mode}"
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def shares(claims: Sequence[DepartureClaim], sample: int) -> list[int]:
    """How many of ``sample`` launches each claim gets: half evenly, half as launches go."""
    total = sum(claim.launches_per_yr for claim in claims)
    weights = [claim.launches_per_yr / total if total else 1 / len(claims) for claim in claims]
    return [round(sample * (0.5 / len(claims) + 0.5 * weight)) for weight in weights]


def _verdict(
    claim: DepartureClaim, inputs: DepartureInputs, eph: Ephemeris, per_month: int, sample: int, seed: int
) -> dict[str, object]:
    months = claim_epochs(claim.years, eph, inputs.sample.month_s, per_month)
    t_s = months.ravel()
    case = search.case_for(inputs, eph, claim.track, claim.destination, claim.mode)
    found = search.find(case, t_s, search.prepare(inputs, eph, claim.track, claim.destination, t_s))
    found, trim, _ = with_trims(case, inputs.errors, inputs.braking.corridor_half_width_m, found)
    row: dict[str, object] = {
        "track": claim.track.name, "destination": claim.destination.name, "mode": claim.mode,
        "epochs": len(t_s), "feasible_epochs": int(found.feasible.sum()),
        "claimed_delta_v_m_s": claim.delta_v_m_s, "claimed_exit_speed_max_m_s": claim.exit_speed_max_m_s,
        "open_claimed": claim.open_fraction, "claimed_delta_v_max_m_s": claim.delta_v_max_m_s,
        "launches_per_yr": claim.launches_per_yr, "open_used": claim.open_used,
    }  # fmt: skip
    opened = open_shares(eph, claim.track, claim.destination, months, found)
    row |= {"open_flown": opened["open_fraction"], "_open_doubt": _between_months(claim, eph, months, found)}
    row |= {"open_lit_flown": opened["open_lit_fraction"], "open_dark_flown": opened["open_dark_fraction"]}
    flown = _flown_epochs(claim, found)
    if not flown.feasible.any():
        reason = pd.Series(found.reason[~found.feasible]).mode().iloc[0]
        return row | {"passed": False, "cut": True, "reason": f"no departure: {reason}"}
    row |= _flown_numbers(case, inputs, flown, trim)
    sampled = fly_sample(case, inputs, eph, claim.track, months, found, sample, seed)
    row |= {"sampled": sampled.launches, "sampled_failed": sampled.failed}
    # The hours between flown epochs were taken as open: those in which a launch finds no way are not.
    for name in ("open_flown", "open_lit_flown", "open_dark_flown"):
        row[name] = float(str(row[name])) * sampled.found_share
    row |= _following(case, inputs, claim, flown)
    faults = [*_faults(claim, inputs.proof, row), *_sample_faults(claim, inputs.proof, row, sampled)]
    # No number mends a shot into a hill or shots that meet: such a way is closed.
    cut = row["clearance_m"] < 0.0 or row["spacing_m"] < inputs.proof.least_spacing_m  # type: ignore[operator]
    return row | {"passed": not faults, "cut": bool(cut), "reason": "; ".join(faults)}


def _between_months(claim: DepartureClaim, eph: Ephemeris, months: Array, found: Departures) -> float:
    """Two standard errors of the open share, from its scatter between the flown months."""
    single = []
    for number, month in enumerate(months):
        part = np.arange(number * months.shape[1], (number + 1) * months.shape[1])
        opened = open_shares(eph, claim.track, claim.destination, month[None], found.take(part))
        single.append(float(str(opened["open_fraction"])))
    return float(2 * np.std(single, ddof=1) / np.sqrt(len(months))) if len(single) > 1 else 0.0


def _following(
    case: Case, inputs: DepartureInputs, claim: DepartureClaim, flown: Departures
) -> dict[str, object]:
    """How far apart shots fly, and how far apart in time they come to a place that waits."""
    which = int(np.flatnonzero(flown.feasible)[0])
    apart = spacing_m(case, inputs, flown, which, claim.interval_s) if claim.interval_s > 0.0 else np.nan
    return {"spacing_m": apart, "arrival_spread_s": arrival_spread_s(case, inputs, flown, which)}


def _sample_faults(
    claim: DepartureClaim, proof: Proof, row: dict[str, object], sampled: Sampled
) -> list[str]:
    """What the sampled launches and their sequence contradict."""
    faults = []
    share, doubt = float(str(row["open_flown"])), max(proof.open_tolerance, float(str(row["_open_doubt"])))
    if claim.open_fraction > share + doubt:
        lost = f" ({sampled.failed} of {sampled.launches} sampled launches find no way: {sampled.reason})"
        faults.append(
            f"open {share:.3f} of the time, {claim.open_fraction:.3f} claimed{lost if sampled.failed else ''}"
        )
    if sampled.exit_speed_max_m_s > claim.exit_speed_max_m_s + proof.exit_speed_tolerance_m_s:
        fastest = sampled.exit_speed_max_m_s
        row["flown_exit_speed_max_m_s"] = max(float(str(row["flown_exit_speed_max_m_s"])), fastest)
        faults.append(f"a sampled launch needs {fastest:.1f} m/s, {claim.exit_speed_max_m_s:.1f} claimed")
    if claim.open_used > share + proof.open_tolerance:
        faults.append(f"shoots {claim.open_used:.3f} of the time, open {share:.3f}")
    if float(str(row["spacing_m"])) < proof.least_spacing_m:
        faults.append(f"shots come within {float(str(row['spacing_m'])):.0f} m of one another")
    return faults


def _flown_epochs(claim: DepartureClaim, found: Departures) -> Departures:
    """The epochs to fly: the open ones or, where a window is shorter than the sampling, those nearest to it."""
    if found.feasible.any() or not isinstance(claim.destination, EarthOrbit):
        return found
    known = np.isfinite(found.local_time_h)
    if not known.any():
        return found
    miss = arrival.local_time_miss_h(found.local_time_h, claim.destination.local_times_h)
    return replace(
        found, feasible=known & (miss <= np.nanmin(miss) + claim.destination.local_time_tolerance_h)
    )


def _flown_numbers(case: Case, inputs: DepartureInputs, found: Departures, trim: Array) -> dict[str, object]:
    which = np.flatnonzero(found.feasible)
    t_s = found.t_s[which]
    start = launch(case, t_s, Aim(found.speed_m_s[which], found.azimuth_deg[which]))
    end = _reference_end(case, inputs, found, which, start)
    miss = float(np.linalg.norm(end[:3] - found.arrival[:3, which], axis=0).max())
    burn = insertion_delta_v(case, found, which, end)
    carried = burn + np.nan_to_num(trim[which])
    return {
        "flown_delta_v_m_s": float(carried.mean()), "flown_delta_v_max_m_s": float(carried.max()),
        "flown_exit_speed_max_m_s": float(found.speed_m_s[which].max()),
        "flown_exit_speed_min_m_s": float(found.speed_m_s[which].min()),
        "clearance_m": _clearance_m(case, inputs.proof, found, which, start),
        "flight_time_d": float(found.flight_s[which].mean() / DAY_S), "trim_m_s": float(np.nanmax(trim[which])),
        "reference_miss_m": miss, "_spread": float(carried.std() / np.sqrt(len(which))),
    }  # fmt: skip


def _clearance_m(case: Case, proof: Proof, found: Departures, which: Index, start: Array) -> float:
    """Least height over ground that rises evenly to the assumed rise and stays there, at points down the range."""
    clear = []
    for share in _DOWNRANGE:
        distance = share * proof.terrain_distance_m
        height = height_profile(case.model, found.t_s[which], start, found.speed_m_s[which], distance)
        clear.append(height.min() - proof.terrain_rise_m * min(share, 1.0))
    return float(min(clear))


def _reference_end(
    case: Case, inputs: DepartureInputs, found: Departures, which: Index, start: Array
) -> Array:
    """Fly to arrival with scipy, with the planned burn on the way where there is one."""
    t_s, flight = found.t_s[which], found.flight_s[which]
    if not found.burn[:, which].any():
        return fly_reference(case.model, t_s, start, flight)
    pause = trim_time(inputs.errors, flight)
    middle = fly_reference(case.model, t_s, start, pause)
    middle[3:] += found.burn[:, which]
    return fly_reference(case.model, t_s + pause, middle, flight - pause)


def insertion_delta_v(case: Case, found: Departures, which: Index, end: Array) -> Array:
    """Delta-v after launch (m/s, n) recomputed from independently flown arrival states (6, n)."""
    goal, eph, t_s = case.destination, case.eph, found.t_s[which] + found.flight_s[which]
    planned = arrival.norm(found.burn[:, which])
    if case.mode == "catcher":
        return planned
    if isinstance(goal, EarthOrbit):
        return arrival.braking_delta_v(goal, case.mode, case.braking, eph, t_s, end)
    if isinstance(goal, LunarOrbit):
        radius = eph.moon_radius + goal.altitude_m
        return np.abs(np.sqrt(eph.gm_moon / radius) - arrival.norm(end[3:] - eph.moon.rate(t_s)))
    if isinstance(goal, Escape):
        # The drift burn lies far beyond the sphere; the energy it rests on is what was flown.
        scale = np.sqrt(np.maximum(c3(case, end), 0.0) / goal.c3_m2_s2)
        return found.delta_v_m_s[which] * np.maximum(scale, 1.0)
    there = points.place_of(eph, goal)(t_s, found.phase[which])
    return planned + arrival.norm(end[3:] - there[3:])


def _faults(claim: DepartureClaim, proof: Proof, row: dict[str, object]) -> list[str]:
    """Every way in which the flown numbers contradict the claim."""
    numbers = {key: float(value) for key, value in row.items() if isinstance(value, float)}
    slack = max(proof.delta_v_tolerance_m_s, 2 * numbers["_spread"])
    row["margin_m_s"] = claim.delta_v_m_s - numbers["flown_delta_v_m_s"]
    faults = []
    if numbers["flown_delta_v_m_s"] > claim.delta_v_m_s + slack:
        faults.append(
            f"needs {numbers['flown_delta_v_m_s']:.1f} m/s after launch, {claim.delta_v_m_s:.1f} claimed"
        )
    most = claim.delta_v_max_m_s * (1 + proof.tank_margin) + proof.delta_v_tolerance_m_s
    if numbers["flown_delta_v_max_m_s"] > most:
        faults.append(
            f"needs up to {numbers['flown_delta_v_max_m_s']:.1f} m/s, tanks for {claim.delta_v_max_m_s:.1f} claimed"
        )
    if numbers["flown_exit_speed_max_m_s"] > claim.exit_speed_max_m_s + proof.exit_speed_tolerance_m_s:
        fastest = numbers["flown_exit_speed_max_m_s"]
        faults.append(f"needs exit speeds to {fastest:.1f} m/s, {claim.exit_speed_max_m_s:.1f} claimed")
    if numbers["clearance_m"] < 0.0:
        faults.append(f"clears the terrain by {numbers['clearance_m']:.0f} m")
    if numbers["reference_miss_m"] > proof.reference_tolerance_m:
        faults.append(f"the reference flight ends {numbers['reference_miss_m']:.0f} m away")
    return faults
