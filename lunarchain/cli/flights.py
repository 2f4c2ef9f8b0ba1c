"""Verbs about departures from the Moon: windows of any track, the table of them all, the map of what is in reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from lunarchain.cli.options import NONE, JsonOpt, QuietOpt
from lunarchain.cli.screen import emit, live, spoken, table
from lunarchain.errors import InputError, Issue, gathered, nearest_name

if TYPE_CHECKING:
    import pandas as pd

    from lunarchain.trajectory.ephemeris import Ephemeris

_COMPASS = {"north": 0.0, "east": 90.0, "south": 180.0, "west": 270.0}
# Which option a refusal of the search speaks of.
_OPTIONS = {
    "destination": "--to", "mode": "--mode", "longitude": "--site, longitude", "latitude": "--site, latitude",
    "until": "--until",
    "step": "--step", "direction": "--direction", "plane": "--inclination", "inclination": "--inclination",
    "local time": "--local-time",
}  # fmt: skip
Answer = TypeVar("Answer")
PictureOpt = Annotated[Path | None, typer.Option("--picture", help="Draw it too: a page (.html) to write.")]


def windows(
    site: Annotated[str, typer.Option("--site", help="LON,LAT in degrees, east positive.")],
    direction: Annotated[str, typer.Option("--direction", help="Azimuth in degrees, or east, west ...")],
    to: Annotated[str, typer.Option("--to", help="A destination id.")],
    from_: Annotated[str, typer.Option("--from", help="First date, YYYY-MM-DD.")],
    until: Annotated[str, typer.Option("--until", help="Last date.")],
    mode: Annotated[
        str, typer.Option("--mode", help="Braking mode; the destination's first by default.")
    ] = "",
    inclination: Annotated[
        float | None, typer.Option("--inclination", help="Aim at this inclination, in degrees.")
    ] = None,
    local_time: Annotated[
        float | None, typer.Option("--local-time", help="Aim at this local time of the node, in hours.")
    ] = None,
    steering: Annotated[
        float | None,
        typer.Option("--steering", help="How far the shot can be turned either way, in degrees."),
    ] = None,
    step: Annotated[float | None, typer.Option("--step", help="Hours between epochs.")] = None,
    picture: PictureOpt = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """When a track at a place, pointing somewhere, can reach a destination, and with what speed."""
    from lunarchain.model.departure_inputs import departure_inputs, shipped_ephemeris
    from lunarchain.report.departure_figures import windows_title
    from lunarchain.scenario.facts import load_facts
    from lunarchain.trajectory.windows import windows as find

    inputs, eph = departure_inputs(load_facts()), shipped_ephemeris()
    (longitude_deg, latitude_deg), azimuth_deg, *_ = gathered(
        lambda: _blamed(lambda: _place(site)), lambda: _azimuth(direction),
        lambda: _blamed(lambda: inputs.destination(to)),
        lambda: _date("--from", from_, eph), lambda: _date("--until", until, eph),
    )  # fmt: skip
    with live(not (as_json or quiet)) as progress:
        progress(f"searching departures to {to}", None, None)
        rows = _blamed(lambda: find(
            longitude_deg, latitude_deg, azimuth_deg, to, mode or None, from_, until, inputs=inputs,
            eph=eph, step_s=None if step is None else 3600.0 * step,
            azimuth_range_deg=steering, inclination_deg=inclination, local_time_h=local_time,
        ))  # fmt: skip
    used = mode or inputs.destination(to).modes[0]
    title = windows_title(to, used, (longitude_deg, latitude_deg), azimuth_deg, rows)
    content = {"rows": rows.to_dict("records"), "mode": used}
    if used == "aerobrake":
        content["aerobraking"] = vars(inputs.braking.aerobraking)
    if picture is not None:
        _draw_windows(rows, azimuth_deg, title, picture)
        content["picture"] = str(picture)
    emit(content, as_json, quiet, lambda: _screen(rows, title, inputs.braking.aerobraking, used, picture))


def _screen(rows: pd.DataFrame, title: str, braking: object, mode: str, picture: Path | None) -> object:
    """The departures that are there as a table, and in words why there is none at the other epochs."""
    from rich.console import Group

    open_ = rows.assign(epoch=rows["epoch"].str[:16].str.replace("T", " "))[rows["feasible"]]
    parts: list[object] = [table(spoken(open_, _WINDOW_HEADS), title) if len(open_) else title]
    closed = rows.loc[~rows["feasible"], "reason"].value_counts()
    parts += [f"none at {count} of {len(rows)} epochs: {why}" for why, count in closed.items()]
    if mode == "aerobrake" and len(open_):
        parts.append(_braking_words(braking))
    if picture is not None:
        parts.append(f"picture: {picture}")
    return Group(*parts)  # type: ignore[arg-type]


_WINDOW_HEADS = {
    "epoch": "launch (TDB)", "exit_speed_km_s": "exit km/s", "azimuth_deg": "azimuth deg", "flight_time_d": "days",
    "delta_v_km_s": "then km/s", "trim_m_s": "trim m/s",
}  # fmt: skip
_DEPARTURE_HEADS = {
    "destination": "to", "mode": "by", "exit_speed_max_m_s": "exit m/s", "delta_v_m_s": "then m/s",
    "open_fraction": "open", "reason": "why closed",
}  # fmt: skip


def _braking_words(braking: object) -> str:
    found = vars(braking)
    return (
        f"aerobraking: first perigee {found['perigee_altitude_m'] / 1e3:.0f} km"
        f" (within {found['half_width_m'] / 1e3:.1f} km), {found['passes']} passes in {found['days']:.0f} days,"
        f" heat flux to {found['peak_heat_flux_w_m2']:,.0f} W/m2 ({found['hottest_c']:.0f} C),"
        f" pressure to {found['peak_pressure_pa']:.2f} Pa"
    )


def _draw_windows(rows: pd.DataFrame, azimuth_deg: float, title: str, picture: Path) -> None:
    from lunarchain.report.departure_figures import windows_caption, windows_figure
    from lunarchain.report.picture import write_picture

    write_picture(windows_figure(rows, azimuth_deg), title, windows_caption(rows), picture)


def departures(
    track: Annotated[list[str], typer.Option("--track", help="Only this track; repeatable.")] = NONE,
    recompute: Annotated[
        Path | None,
        typer.Option("--recompute", help="A folder: search again (minutes) and write the table there."),
    ] = None,
    map_: Annotated[
        Path | None,
        typer.Option("--map", help="Write what every longitude reaches (.html or .csv); takes minutes."),
    ] = None,
    step: Annotated[
        float, typer.Option("--step", help="Degrees of longitude between places of the map.")
    ] = 5.0,
    epoch: Annotated[str, typer.Option("--epoch", help="Date of the map, YYYY-MM-DD.")] = "2030-01-10",
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """The departure table the optimiser uses, made again on request; or the map of what each longitude reaches."""
    from lunarchain.pipeline import departures as station

    if map_ is not None:
        _map(map_, step, epoch, as_json, quiet)
        return
    if recompute is None:
        table_ = station.shipped_departures()
    else:
        from lunarchain.scenario.facts import load_facts

        with live(not (as_json or quiet)) as progress:
            table_ = station.recompute(
                load_facts(), recompute, tuple(track), lambda line: progress(line, None, None)
            )
    _refuse_unknown(track, list(table_["track"].unique()))
    rows = table_[table_["track"].isin(track)] if track else table_
    emit({"rows": rows.to_dict("records")}, as_json, quiet, lambda: _by_track(rows))


def _refuse_unknown(tracks: list[str], known: list[str]) -> None:
    issues = [
        Issue("command line", "--track", f"'{name}'", "one of " + ", ".join(known), nearest_name(name, known))
        for name in tracks
        if name not in known
    ]
    if issues:
        raise InputError(issues)


def _by_track(rows: pd.DataFrame) -> object:
    """A table a track: ids of tracks are long, and a row needs its width for why there is no departure."""
    from rich.console import Group

    shown = rows.assign(open_fraction=[f"{100 * share:.1f} %" if share > 0 else "–" for share in rows["open_fraction"]])
    tables = [table(spoken(of_it, _DEPARTURE_HEADS), str(name)) for name, of_it in shown.groupby("track", sort=False)]
    said = f"{len(rows)} departures. open: share of the time a shot may leave; then: what is left to burn; why closed:"
    return Group(f"{said} the commonest reason why the rest of the time is not open.", *tables)


def _map(path: Path, step: float, epoch: str, as_json: bool, quiet: bool) -> None:
    from lunarchain.pipeline.departures import map_of_reach
    from lunarchain.scenario.facts import load_facts

    if not 0.0 < step <= 90.0:
        raise InputError(
            [Issue("command line", "--step", f"{step} degree", "more than 0, at most 90 degree")]
        )
    facts = load_facts()
    with live(not (as_json or quiet)) as progress:
        rows = map_of_reach(facts, step, epoch, lambda line: progress(line, None, None))
    if path.suffix == ".csv":
        rows.to_csv(path, index=False)
    else:
        from lunarchain.report.departure_figures import map_caption, map_figure, marked_tracks
        from lunarchain.report.picture import write_picture

        title = "Where a mass driver on the Moon's equator can throw"
        write_picture(map_figure(rows, marked_tracks(facts)), title, map_caption(epoch), path)
    content = {"rows": rows.to_dict("records"), "file": str(path)}
    reached = rows[rows["feasible"]].groupby("destination")["longitude_deg"].nunique()
    words = "\n".join(f"{goal:12} from {count} longitudes" for goal, count in reached.items())
    emit(content, as_json, quiet, lambda: f"{words}\nwrote {path}")


def _place(text: str) -> tuple[float, float]:
    from lunarchain.trajectory.site import check_site

    try:
        longitude, latitude = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            [Issue("command line", "--site", repr(text), "LON,LAT in degrees, such as -55,0")]
        ) from None
    check_site(longitude, latitude)
    return longitude, latitude


def _blamed(ask: Callable[[], Answer]) -> Answer:
    """What ``ask`` finds; what it refuses is blamed on the option that asked for it."""
    try:
        return ask()
    except InputError as error:
        raise InputError([
            replace(issue, file="command line", key=_OPTIONS.get(issue.key.split(" to ")[0], issue.key))
            for issue in error.issues
        ]) from None  # fmt: skip


def _date(option: str, text: str, eph: Ephemeris) -> None:
    """Refuse what is no date, or one the ephemeris does not cover, by the option it was given for."""
    from lunarchain.trajectory.ephemeris import tdb_seconds

    try:
        eph.check_span(tdb_seconds(text))
    except InputError as error:
        issues = [replace(issue, file="command line", key=option) for issue in error.issues]
        raise InputError(issues) from None


def _azimuth(text: str) -> float:
    try:
        return _COMPASS[text] if text in _COMPASS else float(text)
    except ValueError:
        expected = "degrees clockwise from north, or " + ", ".join(_COMPASS)
        raise InputError([Issue("command line", "--direction", repr(text), expected)]) from None


VERBS = (windows, departures)
