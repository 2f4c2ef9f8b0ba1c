"""A departure table as it is stored: its columns, and reading it without the search that makes one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lunarchain.errors import InputError, Issue

COLUMNS = (
    "track", "site", "destination", "mode", "feasible", "reason", "exit_speed_min_m_s", "exit_speed_mean_m_s",
    "exit_speed_max_m_s", "azimuth_min_deg", "azimuth_max_deg", "flight_time_d", "delta_v_m_s", "delta_v_max_m_s",
    "trim_m_s", "loss_fraction", "open_fraction", "open_lit_fraction", "open_dark_fraction", "lit_fraction",
    "epochs", "epochs_feasible", "span_from", "span_until", "content_hash",
)  # fmt: skip


def load_departures(path: Path) -> pd.DataFrame:
    """Read a departure table; ``InputError`` when it is missing or lacks a column."""
    if not path.is_file():
        raise InputError(
            [Issue(str(path), "departure table", "no such file", "a table made by the trajectory room")]
        )
    table = pd.read_csv(path, keep_default_na=True)
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise InputError([Issue(path.name, "columns", f"without {', '.join(missing)}", ", ".join(COLUMNS))])
    return table.assign(reason=table["reason"].fillna(""))
