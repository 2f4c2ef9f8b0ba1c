"""Units: the factors kept beside the data are pint's own, and nothing else is needed to check a case."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lunarchain.scenario.facts import load_facts
from lunarchain.units import by_pint, factor, is_known, kept_factors


def test_every_kept_factor_is_what_pint_says() -> None:
    assert {pair: by_pint(*pair) for pair in kept_factors()} == kept_factors()


def test_every_unit_of_the_shipped_tables_is_kept() -> None:
    units = {fact.unit for fact in load_facts().values()}
    assert {unit for unit in units if (unit, unit) not in kept_factors()} == set(), "python scripts/work_out_units.py"


def test_a_pair_that_is_not_kept_is_worked_out() -> None:
    assert ("ounce/fortnight", "kg/s") not in kept_factors()
    assert factor("ounce/fortnight", "kg/s") == pytest.approx(0.028349523125 / (14 * 86400), rel=1e-12)


@pytest.mark.parametrize("unit", ["kt/yr", "", "furlong"])
def test_known_units(unit: str) -> None:
    assert is_known(unit)


def test_unknown_and_unlike_units_are_refused() -> None:
    assert not is_known("smoot_per_blink")
    with pytest.raises(ValueError, match="'kt' cannot be expressed in 'GW'"):
        factor("kt", "GW")


@pytest.mark.parametrize(
    ("verb", "idle"),
    [("--help", {"numpy", "pandas", "pydantic", "pyomo", "pint", "rich.live"}),
     ("check 04_terawatt --quiet", {"pint", "pyomo", "highspy", "plotly", "rich", "lunarchain.solve.search"}),
     ("optimise logistics/electric_tug --quiet", {"pint", "pyomo", "plotly", "rich"})],
)  # fmt: skip
def test_a_verb_imports_no_heavy_library_that_it_does_not_need(verb: str, idle: set[str]) -> None:
    program = (
        f"import sys; sys.argv = {['lunarchain', *verb.split()]!r}\n"
        "from lunarchain.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "print('modules:', *sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert idle & set(found.rpartition("modules:")[2].split()) == set()
