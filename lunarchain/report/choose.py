"""The words and the page that fit what a run is about: compute in space, or moving things only."""

from __future__ import annotations

from pathlib import Path

from lunarchain.errors import InputError, Issue
from lunarchain.pipeline.store import Run
from lunarchain.report import logistics, page, words
from lunarchain.report.paragraphs import COLUMNS, PAGE


def answer(run: Run, columns: int = COLUMNS) -> str:
    """The answer of a run on one terminal screen."""
    return (words if run.scenario.logistics is None else logistics).answer(run, columns)


def build_page(runs: list[Run]) -> str:
    """One HTML document for runs of one sort. Raises ``InputError`` when they are of two."""
    about_moving = {run.scenario.logistics is not None for run in runs}
    if len(about_moving) > 1:
        found = "runs about compute and runs about moving things"
        raise InputError(
            [Issue("command line", "RUN", found, "runs of one sort", "", "write a page for each sort")]
        )
    return logistics.build_page(runs) if True in about_moving else page.build_page(runs)


def write_page(run: Run) -> Path:
    """Write the page of a run into its folder; returns its path."""
    path = run.path / PAGE
    path.write_text(build_page([run]), encoding="utf-8")
    return path
