"""The validation page: every published figure the rooms compare themselves with, hits and misses alike.

A room takes part with one callable from facts to rows, entered in ``ROOMS``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lunarchain.comparison import CALIBRATED, CONTRADICTION, EQUAL, HIT, MISS, Comparison
from lunarchain.driver.published import validation_rows as driver_rows
from lunarchain.industry.validation import comparisons as industry_rows
from lunarchain.model.departure_inputs import shipped_ephemeris
from lunarchain.orbits.published import rows as orbit_rows
from lunarchain.pipeline.logistics_published import rows as logistics_rows
from lunarchain.scenario.facts import Facts
from lunarchain.trajectory.published import rows as trajectory_rows

VERDICTS = (HIT, MISS, CONTRADICTION, CALIBRATED)
_COLUMNS = ("what", "published", "here", "unit", "ratio", "within", "verdict", "source", "remark")


@dataclass(frozen=True)
class Room:
    """One part of the product and the rows it answers for; ``about`` says what they rest on."""

    title: str
    about: str
    rows: Callable[[Facts], Sequence[Comparison]]


ROOMS = (
    Room(
        "Lunar industry",
        "Soils, reactors, footprints and growth. Rows whose source is a calculation of our own were computed by a "
        "second program on the same coefficients: they check the arithmetic, not the coefficients.",
        industry_rows,
    ),
    Room(
        "Mass drivers",
        "Each published launcher, recomputed from the other figures of its own source.",
        driver_rows,
    ),
    Room(
        "Ways off the Moon",
        "Libration points, the exit speeds from which ways open, and Heppenheimer's shot, in the circular problem of "
        "three bodies; the true motion of the bodies is held to two other integrators in `docs/accuracy.md`.",
        lambda facts: tuple(trajectory_rows(facts, shipped_ephemeris())),
    ),
    Room(
        "Satellites, orbits and the air",
        "Prices of launched power, a public cost calculator, sunlight from geometry, satellites sized from their "
        "power, ground electricity and emissions, each computed here from the inputs of its own source.",
        orbit_rows,
    ),
    Room(
        "Logistics",
        "A published lunar campaign solved to its optimum, and mass in low orbit per mass landed as the leg machinery "
        "gives it; the inputs we chose where none are published stand in `data/logistics.csv`.",
        logistics_rows,
    ),
)


def validation(facts: Facts) -> dict[str, list[Comparison]]:
    """All rows by room title."""
    return {room.title: list(room.rows(facts)) for room in ROOMS}


def as_record(found: dict[str, list[Comparison]]) -> dict[str, Any]:
    """The same for ``--json``: counts by verdict, then the rows by room."""
    rooms = {title: [row.as_dict() for row in rows] for title, rows in found.items()}
    return {"counts": counts([row for rows in found.values() for row in rows]), "rooms": rooms}


def counts(rows: Sequence[Comparison]) -> dict[str, int]:
    """Number of rows by verdict, every verdict named."""
    seen = Counter(row.verdict for row in rows)
    return {verdict: seen[verdict] for verdict in VERDICTS}


def page(found: dict[str, list[Comparison]]) -> str:
    """The page as Markdown; the same figures give the same bytes."""
    everything = [row for rows in found.values() for row in rows]
    failed = [row for row in everything if row.verdict == MISS]
    parts = [_HEAD.format(**counts(everything), total=len(everything))]
    parts += [f"- *{row.what}*: {_ours_and_theirs(row)}. {row.remark}".rstrip() for row in failed]
    for room in ROOMS:
        parts += ["", f"## {room.title}", "", room.about, "", *_table(found[room.title])]
    return "\n".join(parts) + "\n"


_HEAD = """# Validation

Written by `lunarchain validation --write docs/validation.md`; do not edit by hand.

{total} published or independently computed figures beside ours: {hit} hits, {miss} misses,
{contradiction} contradictions, {calibrated} calibrated.

- *hit*: ours lies within the tolerance of the row, or on the right side of a published bound;
- *miss*: it does not;
- *contradiction*: the published figure conflicts with others of its own source, or with mechanics;
- *calibrated*: a free number of ours was set on this figure, so it proves nothing.

No published figure is an input of its own row; where one bears on an input, the remark says so. "within" is relative
and holds both ways: 0.05 allows ratios from 1/1.05 to 1.05.

## Misses
"""


def _ours_and_theirs(row: Comparison) -> str:
    return f"published {row.published:.4g}, here {row.ours:.4g} {_unit(row)} (ratio {row.ratio:.3g})"


def _unit(row: Comparison) -> str:
    return "" if row.unit == "dimensionless" else row.unit


def _table(rows: Sequence[Comparison]) -> list[str]:
    lines = [_line(_COLUMNS), _line("---" for _ in _COLUMNS)]
    return lines + [_line(_cells(row)) for row in rows]


def _line(texts: Any) -> str:
    return "| " + " | ".join(str(text).replace("|", "/") for text in texts) + " |"


def _cells(row: Comparison) -> tuple[str, ...]:
    verdict = row.verdict if row.verdict == HIT else f"**{row.verdict}**"
    source = f"{row.source} ({row.kind})"
    return (row.what, *figures(row), f"{row.tolerance:g}", verdict, source, row.remark)


def figures(row: Comparison) -> tuple[str, str, str, str]:
    """Published, ours, unit and ratio as the page and the terminal show them."""
    bound = "" if row.relation == EQUAL else f"{row.relation} "
    return f"{bound}{row.published:.4g}", f"{row.ours:.4g}", _unit(row), f"{row.ratio:.3f}"
