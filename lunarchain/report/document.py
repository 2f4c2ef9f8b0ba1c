"""The frame all pages share: one HTML document that carries its style and scripts and loads nothing from anywhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import jinja2
from plotly.offline import get_plotlyjs

from lunarchain.report import style

_TEMPLATES = Path(str(files("lunarchain.report") / "templates"))


def render(template: str, *, title: str, drawn: bool = True, **content: object) -> str:
    """Fill a template that extends ``document.html``; ``drawn`` pages carry the chart library."""
    return _environment().get_template(template).render(
        title=title, css=(_TEMPLATES / "page.css").read_text(encoding="utf-8"), font=style.FONT,
        plotly=get_plotlyjs() if drawn else "", **content,
    )  # fmt: skip


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(_TEMPLATES)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
