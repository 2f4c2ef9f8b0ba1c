"""The flown departures of a plan as a table, and in words what it takes for one to hold."""

from __future__ import annotations

from typing import Any

from lunarchain.report.labels import shown
from lunarchain.report.phrases import percent_text
from lunarchain.report.view import View, orbit_name, spoken


def how_judged(view: View) -> str:
    """What a departure must show in flight, and why a margin of nothing is no accident."""
    rise = view.number("trajectory.proof.terrain_rise", "m")
    far = view.number("trajectory.proof.terrain_distance", "km")
    room = view.number("trajectory.proof.tank_margin", "dimensionless")
    return (
        "A departure holds when, flown anew by an integrator of its own, it needs no more delta-v and exit speed than"
        " the plan carries, is open at least as long as the plan shoots, and its shots neither meet nor touch the"
        " ground. The plan carries the mean that its departure table asks for, so a margin near zero is by"
        f" construction: what is kept in hand is {percent_text(room)} of room in the tanks above the dearest day. At"
        " epochs that do not work the plan does not shoot. Clearance is over ground taken to rise evenly by"
        f" {rise:g} m within {far:g} km down range; real topography is not in it."
    )


def rows(view: View) -> list[dict[str, str]]:
    """One row of text for each departure flown."""
    return [_row(view, row) for row in view.verdict.to_dict("records")]


def _row(view: View, row: dict[Any, Any]) -> dict[str, str]:
    drawn = row.get("sampled")
    return {
        "departure": f"{spoken(row['track'])} to {orbit_name(view.facts, row['destination'])}, {row['mode']}",
        "passed": "held" if row["passed"] else f"failed: {row['reason'] or 'no margin'}",
        "flown": f"{row['feasible_epochs']} of {row['epochs']}",
        "sampled": "–" if drawn is None else f"{drawn - row['sampled_failed']:,.0f} of {drawn:,.0f}",
        "time": f"{_share(row.get('open_used'))} of {_share(row.get('open_flown'))}",
        "claimed": f"{row['claimed_delta_v_m_s']:,.0f}",
        "needed": f"{row['flown_delta_v_m_s']:,.0f}",
        "margin": f"{row['margin_m_s']:+,.1f}",
        "clearance": f"{row['clearance_m']:,.0f}",
        "apart": shown(_km(row.get("spacing_m"))),
    }


def _share(value: float | None) -> str:
    return "–" if value is None or value != value else f"{100 * value:.1f} %"


def _km(metres: float | None) -> float | None:
    return None if metres is None or metres != metres else metres / 1e3
