"""A plain self-contained page: a title, a few sentences, and parts with a picture, a table or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import jinja2
import plotly.graph_objects as go
import plotly.io as pio
from plotly.offline import get_plotlyjs

from lunarchain.report import style


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
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    drawn = any(part.figure is not None for part in parts)
    return environment.from_string(_resource("sheet.html")).render(
        title=title,
        lead=lead,
        css=_resource("page.css"),
        font=style.FONT,
        plotly=get_plotlyjs() if drawn else "",
        parts=[_part(f"part{index}", part) for index, part in enumerate(parts)],
    )


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


def _resource(name: str) -> str:
    return (files("lunarchain.report") / "templates" / name).read_text(encoding="utf-8")
