"""Proof by flying: every claimed departure re-targeted and flown with scipy under the full force model."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lunarchain.errors import InputError, Issue
from lunarchain.trajectory import search
from lunarchain.trajectory.ephemeris import DAY_S, Array, Ephemeris, tdb_seconds
from lunarchain.trajectory.exact import Exact, Memory, flight_key, fly_exact
from lunarchain.trajectory.inputs import DepartureInputs, Destination, Proof, Track
from lunarchain.trajectory.launches import Sampled, arrival_spread_s, fly_sample, spacing_m
from lunarchain.trajectory.shots import Case
from lunarchain.trajectory.solution import Departures

Progress = Callable[[int, int, str], None]
SEED = 20260101
_OPEN = ("open_flown", "open_lit_flown", "open_dark_flown")
COLUMNS = (
    "track", "destination", "mode", "passed", "reason", "epochs", "feasible_epochs", "claimed_delta_v_m_s",
    "flown_delta_v_m_s", "flown_delta_v_max_m_s", "margin_m_s", "claimed_exit_speed_max_m_s",
    "flown_exit_speed_max_m_s", "flown_exit_speed_min_m_s", "open_claimed", "open_flown", "open_lit_flown",
    "open_dark_flown", "clearance_m", "flight_time_d", "trim_m_s", "reference_miss_m", "claimed_delta_v_max_m_s",
    "launches_per_yr", "sampled", "sampled_failed", "lost_at_most", "spacing_m", "arrival_spread_s", "open_used", "cut",
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
    progress: Progress | None = None, sample: int = 2000, seed: int = SEED, memory: Memory | None = None,
) -> pd.DataFrame:  # fmt: skip
    """One verdict row per claim: claimed, flown, margin, passed or the reason why not.

    Besides the exact epochs, ``sample`` launches in all are drawn, more where more are launched, and aimed anew.
    A claim passes when every flown number bears it out: mean and highest delta-v with trim, highest exit speed and open
    share (less that of sampled launches that find no way), each within what so few months can tell apart (two standard
    errors between months, or the least amounts of ``inputs.proof``); when no more of the open time is used than there
    is; when shots keep apart and clear the terrain; and when scipy's flight ends where the batch search said it would.
    What ``memory`` holds of an earlier round is not flown again.
    """
    rows, memory = [], memory or Memory()
    for number, (claim, share) in enumerate(zip(claims, shares(claims, sample), strict=True)):
        rows.append(_verdict(claim, inputs, eph, per_month, share, seed, memory))
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
    claim: DepartureClaim, inputs: DepartureInputs, eph: Ephemeris, per_month: int, sample: int, seed: int,
    memory: Memory,
) -> dict[str, object]:  # fmt: skip
    months = claim_epochs(claim.years, eph, inputs.sample.month_s, per_month)
    case = search.case_for(inputs, eph, claim.track, claim.destination, claim.mode)
    exact = fly_exact(case, inputs, eph, months, memory)
    row: dict[str, object] = {
        "track": claim.track.name, "destination": claim.destination.name, "mode": claim.mode,
        "epochs": months.size, "feasible_epochs": int(exact.found.feasible.sum()),
        "claimed_delta_v_m_s": claim.delta_v_m_s, "claimed_exit_speed_max_m_s": claim.exit_speed_max_m_s,
        "open_claimed": claim.open_fraction, "claimed_delta_v_max_m_s": claim.delta_v_max_m_s,
        "launches_per_yr": claim.launches_per_yr, "open_used": claim.open_used, **exact.numbers,
    }  # fmt: skip
    if not exact.flown.feasible.any():
        reason = pd.Series(exact.found.reason[~exact.found.feasible]).mode().iloc[0]
        none = {"sampled": 0, "sampled_failed": 0, "lost_at_most": 1.0}
        return row | none | {"passed": False, "cut": True, "reason": f"no departure: {reason}"}
    key = (flight_key(case, inputs, months), seed)
    memory.launches[key] = fly_sample(
        case, inputs, months, exact.found, sample, _seed_of(claim, seed), memory.launches.get(key)
    )
    sampled = memory.launches[key].summary(sample)
    row |= {
        "sampled": sampled.launches,
        "sampled_failed": sampled.failed,
        "lost_at_most": sampled.lost_at_most,
    }
    # The hours between flown epochs were taken as open: those in which a launch finds no way are not.
    row |= {name: exact.numbers[name] * sampled.found_share for name in _OPEN}
    row |= _following(case, inputs, claim, exact.flown)
    faults = [*_faults(claim, inputs.proof, row), *_sample_faults(claim, inputs.proof, row, sampled, exact)]
    # No number mends a shot into a hill or shots that meet: such a way is closed.
    cut = row["clearance_m"] < 0.0 or row["spacing_m"] < inputs.proof.least_spacing_m  # type: ignore[operator]
    return row | {"passed": not faults, "cut": bool(cut), "reason": "; ".join(faults)}


def _seed_of(claim: DepartureClaim, seed: int) -> int:
    """A seed of each departure's own, whatever others are flown beside it."""
    return seed + zlib.crc32(f"{claim.track.name} {claim.destination.name} {claim.mode}".encode())


def _following(
    case: Case, inputs: DepartureInputs, claim: DepartureClaim, flown: Departures
) -> dict[str, object]:
    """How far apart shots fly, and how far apart in time they come to a place that waits."""
    which = int(np.flatnonzero(flown.feasible)[0])
    apart = spacing_m(case, inputs, flown, which, claim.interval_s) if claim.interval_s > 0.0 else np.nan
    return {"spacing_m": apart, "arrival_spread_s": arrival_spread_s(case, inputs, flown, which)}


def _sample_faults(
    claim: DepartureClaim, proof: Proof, row: dict[str, object], sampled: Sampled, exact: Exact
) -> list[str]:
    """What the sampled launches and their sequence contradict."""
    faults = []
    share, doubt = float(str(row["open_flown"])), max(proof.open_tolerance, exact.open_doubt)
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


def _faults(claim: DepartureClaim, proof: Proof, row: dict[str, object]) -> list[str]:
    """Every way in which the flown numbers contradict the claim."""
    numbers = {key: float(value) for key, value in row.items() if isinstance(value, float)}
    slack = max(proof.delta_v_tolerance_m_s, 2 * numbers["spread_m_s"])
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
