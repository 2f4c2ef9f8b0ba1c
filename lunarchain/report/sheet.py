"""A plain self-contained page: a title, a few sentences, and parts with a picture, a table or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
import plotly.io as pio

from lunarchain.report.document import render


@dataclass(frozen=True)
class Part:
    """One part of a page. ``numbers`` are the columns of ``rows`` set to the right."""

    heading: str
    caption: str = ""
    figure: go.Figure | None = None
    rows: Sequence[Mapping[str, str]] = ()
    numbers: frozenset[str] = frozenset()


def build_sheet(title: str, lead: Sequence[str], parts: Sequence[Part]) -> str:
    """The page as one HTML document that loads nothing from anywhere."""
    drawn = any(part.figure is not None for part in parts)
    shown = [_part(f"part{index}", part) for index, part in enumerate(parts)]
    return render("sheet.html", title=title, drawn=drawn, lead=lead, parts=shown)


def _part(key: str, part: Part) -> dict[str, object]:
    return {
        "heading": part.heading,
        "caption": part.caption,
        "figure": "" if part.figure is None else _drawn(key, part.figure),
        "rows": part.rows,
        "numbers": part.numbers,
    }


def _drawn(key: str, figure: go.Figure) -> str:
    config = {"displayModeBar": False, "responsive": True}
    return str(pio.to_html(figure, full_html=False, include_plotlyjs=False, config=config, div_id=key))
