"""Recompute the shipped departure table: ``python scripts/build_departures.py [--track NAME ...] [--out DIR]``.

With ``--track`` only those tracks are computed; their rows replace the ones already in the folder.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from lunarchain.model.departure_inputs import departure_inputs, departures_path, shipped_ephemeris
from lunarchain.scenario.facts import load_facts
from lunarchain.trajectory.departure_table import build_departures, load_departures


def merged(old: Path, new: pd.DataFrame) -> pd.DataFrame:
    """Rows of an earlier table for other tracks, then the new ones, in the order of the old table."""
    if not old.is_file():
        return new
    before = pd.read_parquet(old) if old.suffix == ".parquet" else load_departures(old)
    kept = before[~before["track"].isin(new["track"])]
    order = list(dict.fromkeys([*before["track"], *new["track"]]))
    both = pd.concat([kept, new], ignore_index=True)
    return both.sort_values(
        "track", key=lambda names: names.map(order.index), kind="stable", ignore_index=True
    )


def main() -> None:
    """Build and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--track", action="append", default=[])
    parser.add_argument("--out", type=Path, default=departures_path().parent)
    chosen = parser.parse_args()
    tables = build_departures(
        departure_inputs(load_facts()),
        shipped_ephemeris(),
        lambda line: print(line, flush=True),
        tuple(chosen.track),
    )
    chosen.out.mkdir(parents=True, exist_ok=True)
    rows, epochs = chosen.out / "departures.csv", chosen.out / "departure_epochs.parquet"
    table, detail = tables.departures, tables.epochs
    if chosen.track:
        table, detail = merged(rows, table), merged(epochs, detail)
    table.to_csv(rows, index=False, float_format="%.6g")
    detail.to_parquet(epochs, index=False, compression="zstd")
    print(f"{rows}: {len(table)} rows")


if __name__ == "__main__":
    main()
