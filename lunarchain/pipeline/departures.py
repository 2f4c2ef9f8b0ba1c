"""The departure table that ships with the package, computed by the trajectory room."""

from __future__ import annotations

import pandas as pd

from lunarchain.paths import data_file
from lunarchain.trajectory.departure_table import load_departures


def shipped_departures() -> pd.DataFrame:
    """One row per track, destination and braking mode; impossible ones say why."""
    return load_departures(data_file("computed/departures.csv"))
