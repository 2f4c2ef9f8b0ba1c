"""Units at the file edge: each distinct unit string is parsed once, everything inside is plain floats.

The model computes in kt, GW, GWh, G$ and years, which keeps its coefficients within a few decades of one.

What pint works out is pint's word; the factors that shipped data and cases need are kept beside the data, because
importing pint and reading its registry takes longer than checking a case. Any other unit goes to pint.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from typing import TYPE_CHECKING

from lunarchain.paths import data_file

if TYPE_CHECKING:
    import pint

KEPT = "computed/unit_factors.csv"  # written by scripts/work_out_units.py, compared with pint row by row in the tests

# The words below are the trade's own: money in constant 2025 dollars, masses in thousand tonnes, shots and
# flights as plain counts. A dollar and a count are dimensions of their own so that a wrong unit is caught.
_DEFINITIONS = (
    "dollar = [money] = USD = $",
    "flight = [flight] = flights",
    "licence = flight = licences",
    "shot = [shot] = shots",
    "satellite = [satellite] = sat = satellites = sats",
    "robot = [robot] = robots",
    "pad = [pad] = pads",
    "ship = [ship] = ships",
    "kt = 1e6 * kilogram",
    "Mt = 1e9 * kilogram",
    "fraction = 1",
    "ppm_mass = 1e-6",
    "standard_g = 9.80665 * meter / second ** 2",
)


def _pints_own() -> pint.UnitRegistry:
    """The registry with pint's own units, read once and kept in the user's cache folder."""
    import pint

    try:
        return pint.UnitRegistry(autoconvert_offset_to_baseunit=True, cache_folder=":auto:")
    except OSError:
        return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


@lru_cache(maxsize=1)
def registry() -> pint.UnitRegistry:
    """The one unit registry, with the project's own units defined."""
    ureg = _pints_own()
    for definition in _DEFINITIONS:
        ureg.define(definition)
    return ureg


@lru_cache(maxsize=1)
def kept_factors() -> dict[tuple[str, str], float]:
    """Factors worked out by pint before, by (unit, wanted); empty where the table does not exist yet."""
    path = data_file(KEPT)
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as handle:
        return {(row["unit"], row["wanted"]): float(row["factor"]) for row in csv.DictReader(handle)}


@lru_cache(maxsize=1)
def _kept_units() -> frozenset[str]:
    return frozenset(unit for pair in kept_factors() for unit in pair)


@lru_cache(maxsize=4096)
def factor(unit: str, wanted: str) -> float:
    """Multiplier that turns a number in ``unit`` into one in ``wanted``.

    Raises ``ValueError`` with both units named when they do not measure the same thing.
    """
    kept = kept_factors().get((unit, wanted))
    return by_pint(unit, wanted) if kept is None else kept


def by_pint(unit: str, wanted: str) -> float:
    """The same, worked out by pint."""
    try:
        return float(
            registry().Quantity(1.0, unit or "dimensionless").to(wanted or "dimensionless").magnitude
        )
    except Exception as error:  # pint raises half a dozen unrelated types for a bad or unlike unit
        raise ValueError(f"unit '{unit}' cannot be expressed in '{wanted}': {error}") from error


@lru_cache(maxsize=4096)
def is_known(unit: str) -> bool:
    """Whether ``unit`` parses at all."""
    if unit in _kept_units():
        return True
    try:
        registry().parse_units(unit or "dimensionless")
    except Exception:
        return False
    return True
