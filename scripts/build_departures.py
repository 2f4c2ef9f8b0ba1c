"""Recompute the shipped departure table: ``python scripts/build_departures.py [--track NAME ...]``."""

from __future__ import annotations

import argparse

from lunarchain.model.departure_inputs import departure_inputs, departures_path, shipped_ephemeris
from lunarchain.scenario.facts import load_facts
from lunarchain.trajectory.departure_table import build_departures


def main() -> None:
    """Build and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--track", action="append", default=[])
    chosen = parser.parse_args()
    tables = build_departures(
        departure_inputs(load_facts()), shipped_ephemeris(), lambda line: print(line, flush=True), tuple(chosen.track)
    )
    path = departures_path()
    tables.departures.to_csv(path, index=False, float_format="%.6g")
    tables.epochs.to_parquet(path.with_name("departure_epochs.parquet"), index=False, compression="zstd")
    print(f"{path}: {len(tables.departures)} rows")


if __name__ == "__main__":
    main()
