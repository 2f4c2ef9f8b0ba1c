"""Verbs that look at one part of the chain: a launcher, a departure, a number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lunarchain.cli.options import JsonOpt, QuietOpt
from lunarchain.cli.screen import emit, table
from lunarchain.errors import InputError


def data(
    fact: Annotated[str, typer.Argument(help="An id or the start of one; empty lists the tables.")] = "",
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Every number with unit, range, source and kind."""
    import pandas as pd

    from lunarchain.scenario.facts import load_facts

    facts = load_facts()
    if not fact:
        counts = pd.Series([row.table for row in facts.values()]).value_counts().sort_index()
        tables = pd.DataFrame({"table": counts.index, "numbers": counts.to_numpy()})
        emit(
            {"tables": counts.to_dict()},
            as_json,
            quiet,
            lambda: table(tables, "lunarchain data TABLE lists one"),
        )
        return
    found = [vars(facts[key]) for key in facts if key == fact or key.startswith(fact + ".")]
    if not found:
        raise InputError([facts.unknown(fact)])
    columns = ["id", "value", "range", "unit", "kind", "source"]
    shown = pd.DataFrame(found).assign(
        id=[row["id"].removeprefix(f"{fact}.") for row in found],  # the title says the rest
        value=[row["text"] or f"{row['value']:g}" for row in found],
        range=[_range(row["low"], row["high"]) for row in found],
    )
    emit({"rows": found}, as_json, quiet, lambda: table(shown[columns], fact))


def _range(low: float, high: float) -> str:
    """A range as text; either end may be missing (not a number)."""
    if low != low:
        return f"<{high:g}" if high == high else ""
    return f"{low:g}-{high:g}" if high == high else f">{low:g}"


def new(folder: Path, as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Write a starter case into a new folder."""
    from lunarchain.scenario.starter import write_starter

    path = write_starter(folder)
    emit({"path": str(path)}, as_json, quiet, lambda: f"wrote {path}; try: lunarchain run {folder}")


def doctor(as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Whether this machine is fit: versions, tables, a tiny solve, memory."""
    from lunarchain.pipeline.doctor import examine

    findings = examine()
    fit = all(finding.passed for finding in findings)
    content = {"fit": fit, "findings": [vars(finding) for finding in findings]}
    lines = [f"{'ok  ' if f.passed else 'FAIL'} {f.subject}: {f.found}" for f in findings]
    emit(content, as_json, quiet, lambda: "\n".join(lines))
    if not fit:
        raise typer.Exit(1)


VERBS = (data, new, doctor)
