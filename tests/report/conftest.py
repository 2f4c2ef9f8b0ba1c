"""Small stored runs to report on: one that uses the Moon, and ways to change it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lunarchain.pipeline import store
from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.scenario.schema import Scenario

from .small_run import CASE, CERTIFICATE, DEPARTURE, RECORD, ROWS, VERDICT, earth_rows, tables

MakeRun = Callable[..., store.Run]


@pytest.fixture(scope="session")
def facts() -> Facts:
    return load_facts()


@pytest.fixture
def make_run(tmp_path: Path, facts: Facts) -> MakeRun:
    """A stored run: the small one, with parts of its record, case or tables replaced."""

    def make(rows: Any = None, case: Any = None, baseline: Any = True, certificate: Any = None,
             verdict: Any = None, replaced: Any = None, **record: Any) -> store.Run:  # fmt: skip
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        departures = pd.DataFrame([DEPARTURE])
        store.write_inputs(folder, Scenario.model_validate(CASE | (case or {})),
                           facts.override(replaced or {}), departures)  # fmt: skip
        store.write_tables(folder, tables(ROWS if rows is None else rows))
        if baseline:
            store.write_tables(folder / store.BASELINE, tables(earth_rows() if baseline is True else baseline))
        flown = [VERDICT] if verdict is None else verdict
        pd.DataFrame(flown, columns=list(VERDICT)).to_parquet(folder / store.VERDICT, index=False)
        store.write_json(folder / store.CERTIFICATE, certificate or CERTIFICATE)
        store.write_json(folder / store.RECORD, RECORD | record)
        return store.Run(folder)

    return make
