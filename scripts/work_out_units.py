"""Have pint work out every unit factor that shipped cases and verbs ask for, and keep them beside the data.

``python scripts/work_out_units.py`` checks all shipped cases, runs two of them to the page, asks the verbs that need no
case, and writes ``data/computed/unit_factors.csv``. A pair that is missing there is not wrong: pint works it out.
"""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

from typer.testing import CliRunner

from lunarchain import units
from lunarchain.cli import app
from lunarchain.paths import data_file, shipped
from lunarchain.scenario.facts import load_facts

RUN = ("05_orbits", "03_one_driver")  # one without the Moon, one with a driver
SETTINGS = ("--set", "solve.gap=0.05", "--set", "solve.decision_gap=1e9")  # any plan will do
VERBS = (
    "recipe satellite --soil highland", "growth --soil highland", "imports --soil highland", "driver --menu",
    "driver --speed 2.5 --accel 30 --mass 1 --interval 2.68", "satellite 120 --orbit sso", "validation", "routes",
)  # fmt: skip


def main() -> None:
    """Write the table."""
    found: dict[tuple[str, str], float] = {}
    by_pint = units.by_pint

    def noted(unit: str, wanted: str) -> float:
        found[unit, wanted] = by_pint(unit, wanted)
        return found[unit, wanted]

    units.kept_factors = dict  # type: ignore[assignment]  # nothing is kept yet
    units.by_pint = noted
    _ask_everything()
    for fact in load_facts().values():
        noted(fact.unit, fact.unit)
    with data_file(units.KEPT).open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("unit", "wanted", "factor"))
        writer.writerows((*pair, repr(factor)) for pair, factor in sorted(found.items()))
    print(f"{len(found)} factors")


def _ask_everything() -> None:
    models, runner = shipped("models"), CliRunner()
    cases = sorted(str(path.parent.relative_to(models)) for path in models.rglob("scenario.toml"))
    with TemporaryDirectory() as folder:
        asked = [f"check {case}" for case in cases]
        asked += [f"run {case} --quiet --out {Path(folder)} {' '.join(SETTINGS)}" for case in RUN]
        for words in (*asked, *VERBS):
            outcome = runner.invoke(app, words.split())
            print(f"{words}: exit {outcome.exit_code}")


if __name__ == "__main__":
    main()
