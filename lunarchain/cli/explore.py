"""Verbs that look at one part of the chain: a launcher, a departure, a number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lunarchain.cli.options import NONE, JsonOpt, QuietOpt
from lunarchain.cli.screen import emit, live, table
from lunarchain.errors import InputError, Issue

_COMPASS = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}


def windows(
    site: Annotated[str, typer.Option("--site", help="LON,LAT in degrees, east positive.")],
    direction: Annotated[str, typer.Option("--direction", help="Azimuth in degrees, or east, west ...")],
    to: Annotated[str, typer.Option("--to", help="A destination id.")],
    from_: Annotated[str, typer.Option("--from", help="First date, YYYY-MM-DD.")],
    until: Annotated[str, typer.Option("--until", help="Last date.")],
    mode: Annotated[
        str, typer.Option("--mode", help="Braking mode; the destination's first by default.")
    ] = "",
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """When a track at a place, pointing somewhere, can reach a destination, and with what speed."""
    from lunarchain.model.departure_inputs import departure_inputs, shipped_ephemeris
    from lunarchain.scenario.facts import load_facts
    from lunarchain.trajectory.windows import windows as find

    longitude_deg, latitude_deg = _place(site)
    inputs, ephemeris = departure_inputs(load_facts()), shipped_ephemeris()
    azimuth_deg = _azimuth(direction)
    rows = find(
        longitude_deg, latitude_deg, azimuth_deg, to, mode or None, from_, until, inputs=inputs, eph=ephemeris
    )
    title = f"{to} from {site}, {direction}: {int(rows['feasible'].sum())} of {len(rows)} epochs"
    emit({"rows": rows.to_dict("records")}, as_json, quiet, lambda: table(rows, title))


def departures(
    track: Annotated[list[str], typer.Option("--track", help="Only this track; repeatable.")] = NONE,
    recompute: Annotated[
        Path | None, typer.Option("--recompute", help="A folder: search again and write the table there.")
    ] = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """The departure table the optimiser uses; ``--recompute`` makes it again from the ephemeris (minutes)."""
    from lunarchain.pipeline import departures as station

    if recompute is None:
        table_ = station.shipped_departures()
    else:
        from lunarchain.scenario.facts import load_facts

        with live(not (as_json or quiet)) as progress:
            table_ = station.recompute(
                load_facts(), recompute, tuple(track), lambda line: progress(line, None, None)
            )
    rows = table_[table_["track"].isin(track)] if track else table_
    columns = [
        "track",
        "destination",
        "mode",
        "feasible",
        "exit_speed_max_m_s",
        "delta_v_m_s",
        "open_fraction",
        "reason",
    ]
    shown = rows[columns].fillna("")
    emit({"rows": rows.to_dict("records")}, as_json, quiet, lambda: table(shown, f"{len(rows)} departures"))


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
        value=[row["text"] or f"{row['value']:g}" for row in found],
        range=[f"{row['low']:g}-{row['high']:g}" if row["high"] == row["high"] else "" for row in found],
    )
    emit({"rows": found}, as_json, quiet, lambda: table(shown[columns], fact))


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


def _place(text: str) -> tuple[float, float]:
    try:
        longitude, latitude = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            [Issue("command line", "--site", repr(text), "LON,LAT in degrees, such as -55,0")]
        ) from None
    return longitude, latitude


def _azimuth(text: str) -> float:
    try:
        return _COMPASS[text] if text in _COMPASS else float(text)
    except ValueError:
        expected = "degrees clockwise from north, or " + ", ".join(_COMPASS)
        raise InputError([Issue("command line", "--direction", repr(text), expected)]) from None


VERBS = (windows, departures, data, new, doctor)
