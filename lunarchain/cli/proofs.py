"""Verbs that show how far the product can be believed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lunarchain.cli.options import JsonOpt, QuietOpt
from lunarchain.cli.screen import emit, spoken, table
from lunarchain.comparison import HIT, Comparison

if TYPE_CHECKING:
    from rich.table import Table

WriteOpt = Annotated[Path | None, typer.Option("--write", help="Write the page here, as Markdown.")]


def validation(write: WriteOpt = None, as_json: JsonOpt = False, quiet: QuietOpt = False) -> None:
    """Published figures beside ours: hits, misses, contradictions."""
    from lunarchain.report.validation import as_record, page
    from lunarchain.report.validation import validation as compare
    from lunarchain.scenario.facts import load_facts

    found = compare(load_facts())
    record = as_record(found)
    if write is not None:
        write.write_text(page(found), encoding="utf-8")
        record["path"] = str(write)
    emit(record, as_json, quiet, lambda: _screen(found, record))


def routes(
    write: Annotated[Path | None, typer.Option("--write", help="Write the table here, as CSV.")] = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """Kilograms in low orbit per kilogram delivered by each route: its logistics case beside the table."""
    from lunarchain.pipeline.routes import route_ratios
    from lunarchain.scenario.facts import load_facts

    found = route_ratios(load_facts())
    if write is not None:
        found.to_csv(write, index=False)
    title = "kg in low Earth orbit per kg delivered, by the logistics case and in the table"
    shown = found.assign(within_range=["yes" if inside else "no" for inside in found["within_range"]])
    emit({"routes": found.to_dict("records")}, as_json, quiet, lambda: table(spoken(shown, _ROUTE_HEADS), title))


_ROUTE_HEADS = {
    "route": "route", "computed": "computed", "in_table": "table", "low": "low", "high": "high",
    "ratio": "computed/table", "within_range": "in range",
}  # fmt: skip


def _screen(found: dict[str, list[Comparison]], record: dict[str, Any]) -> object:
    """Counts first, then every room, whatever is no hit in bold."""
    from rich.console import Group

    counts = ", ".join(f"{number} {verdict}" for verdict, number in record["counts"].items())
    written = [f"written to {record['path']}"] if "path" in record else []
    return Group(counts, *written, *(_room(title, rows) for title, rows in found.items()))


def _room(title: str, rows: list[Comparison]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from lunarchain.report.validation import figures

    shown = Table(
        title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    for name in ("published", "here", "ratio", "verdict"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("what")
    for row in rows:
        published, here, _, ratio = figures(row)
        style = "" if row.verdict == HIT else "bold"
        shown.add_row(published, here, ratio, row.verdict, Text(f"{row.what} [{row.unit}]"), style=style)
    return shown


VERBS = (validation, routes)
