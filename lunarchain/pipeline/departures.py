"""The departure table that ships with the package, and making it again from the ephemeris."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.paths import data_file
from lunarchain.scenario.facts import Facts
from lunarchain.trajectory.stored import load_departures

TABLE, EPOCHS, REACH = "departures.csv", "departure_epochs.parquet", "reach.csv"
_EAST, _WEST = 90.0, 270.0


def shipped_departures() -> pd.DataFrame:
    """One row per track, destination and braking mode; impossible ones say why."""
    return load_departures(data_file(f"computed/{TABLE}"))


SHIPPED_MAP_DATE = "2030-01-10"  # the date the shipped map was searched for


def shipped_reach() -> pd.DataFrame:
    """What each longitude of the Moon's equator reaches by firing east or west (``departures --map``)."""
    return pd.read_csv(data_file(f"computed/{REACH}"), keep_default_na=True)


def map_of_reach(facts: Facts, step_deg: float, epoch: str, progress: Callable[[str], None]) -> pd.DataFrame:
    """The same, searched again: a row per longitude, direction and destination."""
    from lunarchain.model.departure_inputs import departure_inputs, shipped_ephemeris
    from lunarchain.trajectory.windows import reach_map

    return reach_map(
        departure_inputs(facts), shipped_ephemeris(), np.arange(-180.0, 180.0, step_deg), (_EAST, _WEST), epoch,
        lambda done, of: progress(f"searching place {done} of {of}"),
    )  # fmt: skip


def recompute(
    facts: Facts, folder: Path, tracks: tuple[str, ...], progress: Callable[[str], None]
) -> pd.DataFrame:
    """Make the table again in a folder, track by track; rows already made from the same inputs are kept.

    ``tracks`` restricts the work. Each finished track is written at once, so an interrupted run goes on where it
    stopped. Raises ``InputError`` for a track that is not in the data.
    """
    from lunarchain.model.departure_inputs import departure_inputs, shipped_ephemeris
    from lunarchain.trajectory.departure_table import build_departures, content_hash

    inputs, eph = departure_inputs(facts), shipped_ephemeris()
    names = [track.name for track in inputs.tracks]
    unknown = [
        Issue("departures", "--track", name, " | ".join(names), nearest_name(name, names))
        for name in tracks
        if name not in names
    ]
    if unknown:
        raise InputError(unknown)
    folder.mkdir(parents=True, exist_ok=True)
    made, stamp = _stored(folder), content_hash(inputs, eph)
    for name in tracks or names:
        if name in set(made.loc[made["content_hash"] == stamp, "track"]):
            progress(f"{name}: made before from the same inputs")
            continue
        built = build_departures(inputs, eph, progress, (name,))
        _write(folder, names, built.departures, built.epochs)
        made = _stored(folder)
    return made


def _stored(folder: Path) -> pd.DataFrame:
    path = folder / TABLE
    return load_departures(path) if path.is_file() else pd.DataFrame({"track": [], "content_hash": []})


def _write(folder: Path, order: list[str], rows: pd.DataFrame, epochs: pd.DataFrame) -> None:
    """Put a track's rows in the place of its earlier ones; both files are replaced whole."""
    table, detail = folder / TABLE, folder / EPOCHS
    if table.is_file() and detail.is_file():
        rows = _merged(load_departures(table), rows, order)
        epochs = _merged(pd.read_parquet(detail), epochs, order)
    for path, write in (
        (table, lambda to: rows.to_csv(to, index=False, float_format="%.6g")),
        (detail, lambda to: epochs.to_parquet(to, index=False, compression="zstd")),
    ):
        part = path.with_suffix(".part")
        write(part)
        part.replace(path)


def _merged(before: pd.DataFrame, new: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    kept = before[before["track"].isin(set(order) - set(new["track"]))]
    both = pd.concat([kept, new], ignore_index=True)
    return both.sort_values(
        "track", key=lambda names: names.map(order.index), kind="stable", ignore_index=True
    )
