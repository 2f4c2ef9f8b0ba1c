"""Fly the plan: what it relies on becomes claims, claims are flown, and what flew worse goes back to the optimiser.

Corrections only ever make a departure worse (more delta-v, faster exit, less open time), so the loop between flying
and solving comes to an end.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lunarchain.driver.design import LauncherDesign
from lunarchain.driver.stands import Stand
from lunarchain.errors import InputError, Issue
from lunarchain.model.calendar import Calendar, make_calendar
from lunarchain.model.context import Inputs
from lunarchain.model.departure_inputs import departure_inputs, shipped_ephemeris
from lunarchain.model.inputs import make_inputs
from lunarchain.pipeline.store import Run
from lunarchain.plan.tables import Tables
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.load import Case
from lunarchain.scenario.schema import Scenario
from lunarchain.solve.search import Progress
from lunarchain.trajectory.exact import Memory
from lunarchain.trajectory.fly import COLUMNS, DepartureClaim, fly_departures
from lunarchain.trajectory.inputs import DepartureInputs
from lunarchain.units import factor

KEY = ["track", "destination", "mode"]
_STANDING = 1e-3  # of a track, mean of a period: one built late in it throws for the rest of it
# A correction smaller than both of these does not move the plan.
LEAST_MOVE_M_S, LEAST_MOVE_SHARE = 1.0, 1e-3


def fly_plan(
    tables: Tables, case: Case, departures: pd.DataFrame, progress: Progress, memory: Memory | None = None
) -> pd.DataFrame:
    """One verdict per departure the plan uses; an empty table when it uses none.

    With one ``memory`` for all rounds of a run, what was flown in one is not flown again in the next.
    """
    sample = case.scenario.solve.fly_sample
    return _fly(tables, case.scenario, case.facts, departures, progress, sample, memory)


def fly_stored(run: Run, progress: Progress, sample: int | None = None) -> pd.DataFrame:
    """The same for a stored run, with as many sampled launches as its case says or as asked for."""
    if sample is not None and sample < 0:
        raise InputError([Issue("fly", "--sample", str(sample), "a number of launches, 0 or more")])
    wanted = run.scenario.solve.fly_sample if sample is None else sample
    return _fly(run.tables, run.scenario, run.facts, run.departures, progress, wanted)


def _fly(
    tables: Tables, scenario: Scenario, facts: Facts, departures: pd.DataFrame, progress: Progress,
    sample: int, memory: Memory | None = None,
) -> pd.DataFrame:  # fmt: skip
    used = {} if scenario.logistics is not None else used_departures(tables)
    if not used:
        return pd.DataFrame({name: pd.Series(dtype=bool if name == "passed" else object) for name in COLUMNS})
    inputs, calendar = departure_inputs(facts), make_calendar(scenario.calendar, 0.0)
    traffic = Traffic.of(tables, make_inputs(scenario, facts, departures))
    claims = [
        _claim(departures, inputs, key, _years(periods, calendar), traffic) for key, periods in used.items()
    ]

    def report(done: int, of: int, what: str) -> None:
        progress(f"flying departures {done}/{of}: {what}", None, None)

    progress(f"flying departures 0/{len(claims)}", None, None)
    return fly_departures(claims, inputs, shipped_ephemeris(), progress=report, sample=sample, memory=memory)


@dataclass(frozen=True)
class Traffic:
    """Who throws what in a plan: mass thrown, tracks standing, and the designs of each stand by name."""

    thrown: pd.DataFrame
    standing: pd.DataFrame
    stands: Mapping[str, Stand]
    designs: Mapping[str, Mapping[str, LauncherDesign]]

    @classmethod
    def of(cls, tables: Tables, inputs: Inputs) -> Traffic:
        """From a plan's tables and what its model was made of."""
        thrown, tracks = tables["thrown"], tables["tracks"]
        parts = thrown["detail"].str.split("|", expand=True)
        thrown = thrown.assign(payload=parts[0], mode=parts[1])
        designs = {stand: {d.id: d for d in menu} for stand, menu in inputs.menu.items()}
        return cls(thrown, tracks[tracks["detail"] == "standing"], inputs.stands, designs)

    def launches(self, key: tuple[str, str, str]) -> tuple[float, float, float]:
        """Of an arc (track, destination, mode): shots in its busiest year, the shortest interval between shots of one
        track, and the largest share of its tracks' time it takes in any period."""
        track, goal, mode = key
        flow = self.thrown
        flow = flow[(flow["node"] == track) & (flow["item"] == goal) & (flow["mode"] == mode)]
        shots, used, interval = 0.0, 0.0, math.inf
        for (period, payload), kt in flow.groupby(["period", "payload"])["value"].sum().items():
            able = self._able(track, str(payload), int(period))
            capacity = sum(count * d.throughput_kt_per_yr * d.availability for count, d in able)
            if kt > 0.0 and capacity > 0.0:
                mass = max(d.shot_mass_t for _, d in able) * factor("t", "kt")
                shots, used = max(shots, kt / mass), max(used, kt / capacity)
                interval = min(interval, *(d.interval_s for _, d in able))
        return shots, interval if math.isfinite(interval) else 0.0, used

    def _able(self, track: str, payload: str, period: int) -> list[tuple[float, LauncherDesign]]:
        """Tracks standing in a period that fire this way and bear this payload, with their designs."""
        rows = self.standing[self.standing["period"] == period]
        return [
            (float(count), design)
            for stand, name, count in zip(rows["node"], rows["item"], rows["value"], strict=True)
            if stand in self.stands and track in self.stands[stand].directions and count > _STANDING
            if (design := self.designs.get(stand, {}).get(name)) and design.payload_class == payload
        ]


def used_departures(tables: Tables) -> dict[tuple[str, str, str], list[int]]:
    """Periods in which each (track, destination, mode) is used."""
    thrown = tables["thrown"]
    modes = thrown["detail"].str.split("|").str[1]
    groups = thrown.groupby([thrown["node"], thrown["item"], modes], sort=True)["period"]
    return {(str(j), str(o), str(mode)): sorted(set(periods)) for (j, o, mode), periods in groups}


def _years(periods: list[int], calendar: Calendar) -> tuple[int, ...]:
    return tuple(
        sorted(
            {int(year) for t in periods for year in range(int(calendar.edges[t]), int(calendar.edges[t + 1]))}
        )
    )


def _claim(
    departures: pd.DataFrame, inputs: DepartureInputs, key: tuple[str, str, str], years: tuple[int, ...],
    traffic: Traffic,
) -> DepartureClaim:  # fmt: skip
    row = departures[(departures[KEY] == list(key)).all(axis=1)].iloc[0]
    shots, interval_s, open_used = traffic.launches(key)
    return DepartureClaim(
        inputs.track(key[0]), inputs.destination(key[1]), key[2],
        float(row["exit_speed_min_m_s"]), float(row["exit_speed_max_m_s"]),
        float(row["delta_v_m_s"]) + float(row["trim_m_s"]), float(row["open_fraction"]), years,
        float(row["delta_v_max_m_s"]) + float(row["trim_m_s"]), shots, interval_s, open_used,
    )  # fmt: skip


def corrected(departures: pd.DataFrame, verdict: pd.DataFrame) -> pd.DataFrame:
    """The departure table with every failed claim replaced by what was flown, never for the better."""
    failed = {
        tuple(row[name] for name in KEY): row for row in verdict.to_dict("records") if not row["passed"]
    }
    rows = departures.to_dict("records")
    return pd.DataFrame(
        [_worsened(row, failed.get(tuple(row[name] for name in KEY))) for row in rows],
        columns=departures.columns,
    )


def _worsened(row: dict[Any, Any], flown: dict[Any, Any] | None) -> dict[Any, Any]:
    if flown is None:
        return row
    if pd.isna(flown["flown_delta_v_m_s"]) or flown.get("cut", False):
        return row | {"feasible": 0, "reason": str(flown["reason"])}
    excess = float(flown["flown_delta_v_m_s"]) - float(flown["claimed_delta_v_m_s"])
    most = float(flown["flown_delta_v_max_m_s"]) - float(row["trim_m_s"])
    changed = {
        "delta_v_max_m_s": max(float(row["delta_v_max_m_s"]), most),
        "delta_v_m_s": row["delta_v_m_s"] + max(excess, 0.0),
        "exit_speed_max_m_s": max(row["exit_speed_max_m_s"], flown["flown_exit_speed_max_m_s"]),
        "open_fraction": min(row["open_fraction"], flown["open_flown"]),
        "open_lit_fraction": min(row["open_lit_fraction"], flown["open_lit_flown"]),
        "open_dark_fraction": min(row["open_dark_fraction"], flown["open_dark_flown"]),
    }
    return row | changed


def moved(before: pd.DataFrame, after: pd.DataFrame) -> bool:
    """Whether a correction is large enough to change a plan."""
    if (before["feasible"].to_numpy() != after["feasible"].to_numpy()).any():
        return True
    used = ["delta_v_m_s", "exit_speed_max_m_s"]
    speeds = (after[used] - before[used]).abs().max().max()
    shares = [c for c in before.columns if str(c).startswith("open_")]
    opened = (after[shares] - before[shares]).abs().max().max()
    return bool(speeds > LEAST_MOVE_M_S or opened > LEAST_MOVE_SHARE)
