"""One self-contained page for a launcher: its design sheet and the pictures of a shot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lunarchain.driver.basis import Technology
from lunarchain.driver.design import LauncherDesign
from lunarchain.report.driver_figures import one_shot
from lunarchain.report.driver_words import design_name, sheet_in_words
from lunarchain.report.sheet import Part, build_sheet

_LEAD = (
    "Power is mechanical, of one shot; the store feeds all shots on the track from a constant supply; heat is that of "
    "steady shooting; failed shots leave with the speed they have where thrust is lost."
)


def write_driver_page(path: Path, designs: Mapping[str, LauncherDesign], technology: Technology) -> Path:
    """Write the page of one launcher, or of several side by side; returns its path."""
    title = "A mass driver" if len(designs) == 1 else f"{len(designs)} mass drivers"
    if len(designs) == 1:
        title = f"{title}: {next(iter(designs))}"
    parts = [Part("One shot", figure=one_shot(designs, technology)), Part("The design", rows=_rows(designs))]
    text = build_sheet(title, [_LEAD], parts)
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


def _rows(designs: Mapping[str, LauncherDesign]) -> list[dict[str, str]]:
    """One row for each subject of the design sheets, one column for each design."""
    sheets = {name: sheet_in_words(design) for name, design in designs.items()}
    subjects = next(iter(sheets.values()))
    return [{"": key} | {name: sheet[key] for name, sheet in sheets.items()} for key in subjects]
