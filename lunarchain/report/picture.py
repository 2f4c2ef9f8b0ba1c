"""One chart as a page of its own that loads nothing from anywhere."""

from __future__ import annotations

import html
from pathlib import Path

import plotly.graph_objects as go
import plotly.io as pio

from lunarchain.errors import InputError, Issue
from lunarchain.report import style

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 {font}; color: {ink}; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.3rem; margin: 0 0 .3rem; }} p {{ color: #57646f; margin: 0 0 1rem; max-width: 46rem; }}
</style></head><body><h1>{title}</h1><p>{caption}</p>{chart}</body></html>
"""


def write_picture(figure: go.Figure, title: str, caption: str, path: Path) -> Path:
    """Write a chart with a heading and a sentence that says how to read it; returns the path.

    Raises ``InputError`` for a name that is not of a page, or a folder that is not there.
    """
    issues = []
    if path.suffix not in (".html", ".htm"):
        issues.append(Issue("command line", "picture", path.name, "a name ending in .html"))
    if not path.parent.is_dir():
        issues.append(Issue("command line", "picture", str(path.parent), "a folder that exists"))
    if issues:
        raise InputError(issues)
    chart = pio.to_html(
        figure, full_html=False, include_plotlyjs=True, config={"displayModeBar": False, "responsive": True}
    )
    page = _PAGE.format(
        title=html.escape(title), caption=html.escape(caption), font=style.FONT, ink=style.INK, chart=chart
    )
    path.write_text(page, encoding="utf-8")
    return path
