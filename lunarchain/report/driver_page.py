"""One self-contained page for a launcher: its design sheet and the pictures of a shot."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

import plotly.io as pio
from plotly.offline import get_plotlyjs

from lunarchain.driver.basis import Technology
from lunarchain.driver.design import LauncherDesign
from lunarchain.report import style
from lunarchain.report.driver_figures import one_shot
from lunarchain.report.driver_words import design_name, sheet_in_words

_CONFIG = {"displayModeBar": False, "responsive": True}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 15px/1.5 {font}; color: {ink}; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; margin: 1rem 0; }}
td, th {{ padding: .15rem 1rem .15rem 0; border-bottom: 1px solid #e6e9ec; vertical-align: top; }}
th {{ text-align: left; font-weight: 600; }}
</style><script>{plotly}</script></head>
<body><h1>{title}</h1>
<p>Power is mechanical, of one shot; the store feeds all shots on the track from a constant supply; heat is that of
steady shooting; failed shots leave with the speed they have where thrust is lost.</p>
{picture}
<table>{rows}</table></body></html>
"""


def write_driver_page(path: Path, designs: Mapping[str, LauncherDesign], technology: Technology) -> Path:
    """Write the page of one launcher, or of several side by side; returns its path."""
    title = "A mass driver" if len(designs) == 1 else f"{len(designs)} mass drivers"
    picture = pio.to_html(
        one_shot(designs, technology), full_html=False, include_plotlyjs=False, config=_CONFIG
    )
    text = _PAGE.format(
        title=f"{title}: {html.escape(next(iter(designs)))}" if len(designs) == 1 else title,
        font=style.FONT, ink=style.INK, plotly=get_plotlyjs(), picture=picture, rows=_rows(designs),
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")
    return path


def largest(designs: list[LauncherDesign], most: int = 4) -> list[LauncherDesign]:
    """The designs that throw most cargo, one of each kind of shot: as many as one picture can tell apart."""
    kinds: dict[tuple[float, float, float], LauncherDesign] = {}
    for design in sorted(designs, key=lambda item: (-item.cargo_kt_per_yr, item.exit_speed_m_s)):
        kinds.setdefault((design.shot_mass_t, design.acceleration_g, design.interval_s), design)
    return list(kinds.values())[:most]


def named_designs(designs: list[LauncherDesign]) -> dict[str, LauncherDesign]:
    """Designs by their name in words."""
    return {design_name(design): design for design in designs}


def _rows(designs: Mapping[str, LauncherDesign]) -> str:
    sheets = {name: sheet_in_words(design) for name, design in designs.items()}
    head = "".join(f"<th>{html.escape(name)}</th>" for name in sheets)
    body = "".join(
        f"<tr><th>{html.escape(key)}</th>"
        + "".join(f"<td>{html.escape(sheet[key])}</td>" for sheet in sheets.values())
        + "</tr>"
        for key in next(iter(sheets.values()))
    )
    return f"<tr><th></th>{head}</tr>{body}"
