"""Run folders: written whole or not at all, never overwritten, read with pandas or DuckDB in one line."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from lunarchain import __version__
from lunarchain.errors import InputError, Issue
from lunarchain.jsonable import jsonable
from lunarchain.plan.tables import PRICE_COLUMNS, Tables
from lunarchain.scenario.facts import Fact, Facts
from lunarchain.scenario.load import Case
from lunarchain.scenario.schema import Scenario

RECORD, CERTIFICATE, VERDICT, SCENARIO, FACTS, DEPARTURES, DUALS = (
    "run.json", "certificate.json", "verdict.parquet", "scenario.resolved.toml", "facts.parquet", "departures.parquet",
    "duals.parquet",
)  # fmt: skip
BASELINE = "without_moon"


@dataclass(frozen=True)
class Run:
    """A stored run. ``tables`` are the plan's; ``baseline`` those of the same case without the Moon."""

    path: Path

    @cached_property
    def record(self) -> dict[str, Any]:
        """The content of ``run.json``."""
        return dict(json.loads((self.path / RECORD).read_text(encoding="utf-8")))

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was solved."""
        return Scenario.model_validate(tomllib.loads((self.path / SCENARIO).read_text(encoding="utf-8")))

    @cached_property
    def facts(self) -> Facts:
        """Every number the run used, with its source."""
        rows = pd.read_parquet(self.path / FACTS).to_dict("records")
        return Facts({row["id"]: Fact(**{str(k): v for k, v in row.items()}) for row in rows})

    @cached_property
    def tables(self) -> Tables:
        """The plan's tables by name."""
        return _tables(self.path)

    @cached_property
    def baseline(self) -> Tables:
        """The tables of the best plan without the Moon (the plan itself where the case has no Moon)."""
        folder = self.path / BASELINE
        return _tables(folder) if folder.is_dir() else self.tables

    @cached_property
    def verdict(self) -> pd.DataFrame:
        """One row per departure flown (empty when there was none)."""
        return pd.read_parquet(self.path / VERDICT)

    @cached_property
    def departures(self) -> pd.DataFrame:
        """The departure table the plan was made with, corrections included."""
        return pd.read_parquet(self.path / DEPARTURES)

    @cached_property
    def duals(self) -> pd.DataFrame:
        """What limits and balances of the plan are worth (empty where no prices could be found in time)."""
        file = self.path / DUALS
        return pd.read_parquet(file) if file.is_file() else pd.DataFrame(columns=list(PRICE_COLUMNS))

    @cached_property
    def certificate(self) -> dict[str, Any]:
        """What the audit found, balance by balance."""
        return dict(json.loads((self.path / CERTIFICATE).read_text(encoding="utf-8")))


def _tables(folder: Path) -> Tables:
    aside = {VERDICT, FACTS, DEPARTURES, DUALS}
    return {
        path.stem: pd.read_parquet(path)
        for path in sorted(folder.glob("*.parquet"))
        if path.name not in aside
    }


def run_path(out: Path, case: Case, departures: pd.DataFrame) -> Path:
    """Where the run of a case lives: its name and a hash of all that decides its answer, the program included."""
    table = hashlib.sha256(departures.to_csv(index=False).encode()).hexdigest()
    whole = hashlib.sha256(f"{case.content_hash} {table} {__version__}".encode()).hexdigest()[:12]
    return out / f"{case.name}-{whole}"


def is_complete(path: Path) -> bool:
    """Whether a folder is a finished run; the record is written last, and the folder renamed into place."""
    return (path / RECORD).is_file()


def open_run(path: Path | str) -> Run:
    """The run stored at ``path``. Raises ``InputError`` when there is none."""
    folder = Path(path)
    if not is_complete(folder):
        raise InputError(
            [Issue(str(folder), "RUN", "no finished run", "a run folder, as `lunarchain run` prints")]
        )
    return Run(folder)


def write_run(path: Path, write: Callable[[Path], None]) -> Run:
    """Let ``write`` fill a temporary folder beside ``path``, then move it into place in one step.

    A killed run or a full disk leaves only a folder whose name says it is unfinished, removed by the next run.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".unfinished-{path.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".unfinished-{path.name}-", dir=path.parent))
    try:
        write(scratch)
        scratch.chmod(0o755)
        if path.exists():  # an interrupted run, answered anew
            shutil.rmtree(path)
        os.replace(scratch, path)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    return Run(path)


def write_inputs(folder: Path, scenario: Scenario, facts: Facts, departures: pd.DataFrame) -> None:
    """The scenario as resolved, every fact used, and the departure table."""
    resolved = scenario.model_dump(mode="json", exclude_none=True)
    (folder / SCENARIO).write_bytes(tomli_w.dumps(resolved).encode())
    pd.DataFrame([vars(fact) for fact in facts.values()]).to_parquet(folder / FACTS, index=False)
    departures.to_parquet(folder / DEPARTURES, index=False)


def write_tables(folder: Path, tables: Tables) -> None:
    """One Parquet file per table."""
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """A JSON file with stable order."""
    file.write_text(
        json.dumps(jsonable(dict(content)), indent=2, sort_keys=True, allow_nan=False) + "\n",
        encoding="utf-8",
    )
