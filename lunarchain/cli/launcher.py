"""The verb about mass drivers: one launcher's design sheet and picture, or the menu the optimiser chooses from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lunarchain.cli.options import NONE, JsonOpt, PictureOpt, QuietOpt
from lunarchain.cli.screen import emit, table
from lunarchain.errors import InputError, Issue, gathered, nearest_name

if TYPE_CHECKING:
    from lunarchain.driver.basis import LauncherBasis
    from lunarchain.driver.design import LauncherDesign
    from lunarchain.scenario.facts import Facts

SpeedOpt = Annotated[float | None, typer.Option("--speed", help="Exit speed in km/s; 2.5 by default.")]
AccelOpt = Annotated[float | None, typer.Option("--accel", help="Acceleration in standard g; 30 by default.")]
MassOpt = Annotated[float | None, typer.Option("--mass", help="Mass of a shot in t; 1 by default.")]
IntervalOpt = Annotated[
    float | None, typer.Option("--interval", help="Seconds between shots; 2.68 by default.")
]
PayloadOpt = Annotated[
    str | None, typer.Option("--payload", help="satellite, parts or bulk; parts by default.")
]
SledOpt = Annotated[
    float | None,
    typer.Option("--sled-ratio", help="Sled over shot mass; that of the payload class by default."),
]
FeedOpt = Annotated[
    float | None, typer.Option("--feed", help="Power for the store in MW; what the shots take by default.")
]
BothOpt = Annotated[bool, typer.Option("--both-ways", help="A track that fires from either end.")]
MenuOpt = Annotated[
    bool,
    typer.Option(
        "--menu",
        help="The designs the optimiser chooses from: of all that none betters, a few per class and speed.",
    ),
]
SiteOpt = Annotated[str, typer.Option("--site", help="With --menu: the tracks of this lunar site.")]
CargoOpt = Annotated[
    float | None,
    typer.Option("--cargo", help="Cargo in kt a year: what each payload class takes to throw it at --speed."),
]
ToOpt = Annotated[
    list[str], typer.Option("--to", help="With --menu and --site: destinations to be reached; repeatable.")
]


def driver(
    speed: SpeedOpt = None,
    accel: AccelOpt = None,
    mass: MassOpt = None,
    interval: IntervalOpt = None,
    payload: PayloadOpt = None,
    sled_ratio: SledOpt = None,
    feed: FeedOpt = None,
    both_ways: BothOpt = False,
    menu: MenuOpt = False,
    site: SiteOpt = "",
    to: ToOpt = NONE,
    cargo: CargoOpt = None,
    picture: PictureOpt = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """A launcher's design sheet: track, power, store, heat, life, mass, capital; the menu; or classes compared."""
    from lunarchain.driver.design import design_sheet
    from lunarchain.scenario.facts import load_facts

    sheet_only: dict[str, object] = {
        "--accel": accel, "--mass": mass, "--interval": interval, "--sled-ratio": sled_ratio, "--feed": feed,
        "--both-ways": both_ways or None,
    }  # fmt: skip
    places: dict[str, object] = {"--site": site or None, "--to": " ".join(to) or None}
    facts, exit_speed, carried = load_facts(), 2.5 if speed is None else speed, payload or "parts"
    if cargo is not None:
        _refuse(
            "--cargo",
            sheet_only | places | {"--menu": menu or None, "--payload": payload, "--picture": picture},
        )
        fleets = _fleets(facts, exit_speed, cargo)
        return emit({"rows": fleets}, as_json, quiet, lambda: _fleet_screen(fleets, cargo))
    if menu:
        _refuse(
            "--menu with --site" if site else "--menu", sheet_only | ({"--speed": speed} if site else places)
        )
        rows = _site_menu(facts, carried, site, to) if site else _speed_menu(facts, carried, exit_speed)
        content: dict[str, Any] = {"rows": [{"stand": stand} | design_sheet(item) for stand, item in rows]}
        designs = [item for _, item in rows]
    else:
        _refuse("a design sheet", places, "they go with --menu")
        choices = tuple(
            usual if given is None else given
            for given, usual in ((exit_speed, 2.5), (accel, 30.0), (mass, 1.0), (interval, 2.68))
        )
        designs = [_design(facts, carried, choices, sled_ratio, feed, both_ways)]
        content = design_sheet(designs[0])
    if picture is not None:
        from lunarchain.driver.inputs import technology
        from lunarchain.report.driver_page import largest, named_designs, write_driver_page

        write_driver_page(picture, named_designs(largest(designs)), technology(facts))
        content["picture"] = str(picture)
    emit(content, as_json, quiet, lambda: _menu_screen(rows, carried) if menu else _sheet_screen(designs[0]))


def _refuse(asked: str, given: Mapping[str, object], hint: str = "") -> None:
    """Options that would do nothing beside what is asked are errors, all at once."""
    issues = [
        Issue("driver", option, str(value), f"nothing: it does not go with {asked}", hint=hint)
        for option, value in given.items()
        if value is not None
    ]
    if issues:
        raise InputError(issues)


def _design(
    facts: Facts,
    payload: str,
    choices: tuple[float, ...],
    sled_ratio: float | None,
    feed_mw: float | None,
    both_ways: bool,
) -> LauncherDesign:
    from lunarchain.driver.check import check_design
    from lunarchain.driver.design import design
    from lunarchain.driver.inputs import launcher_basis, payload_classes
    from lunarchain.units import factor

    speed, accel, mass, interval = choices
    exit_speed_m_s = speed * factor("km/s", "m/s")

    def refuse(basis: LauncherBasis) -> None:
        if issues := check_design(exit_speed_m_s, accel, mass, interval, basis, feed_mw):
            raise InputError(issues)

    # where the class is unknown, the numbers are still judged, by the usual one
    wanted, usual = (lambda: launcher_basis(facts, payload, sled_ratio)), launcher_basis(facts, "parts")
    basis, _ = gathered(wanted, lambda: refuse(wanted() if payload in payload_classes(facts) else usual))
    return design(exit_speed_m_s, accel, mass, interval, basis, both_ways)


def _fleets(facts: Facts, speed: float, cargo_kt_per_yr: float) -> list[dict[str, Any]]:
    """The cheapest tracks of every payload class for a yearly cargo."""
    from lunarchain.driver.classes import cheapest_fleets
    from lunarchain.units import factor

    given = {"--speed": (speed, "km/s"), "--cargo": (cargo_kt_per_yr, "kt/yr")}
    if issues := [
        Issue("driver", option, f"{value:g} {unit}", "a finite number above zero")
        for option, (value, unit) in given.items()
        if not 0 < value < float("inf")
    ]:
        raise InputError(issues)
    _speed_menu(facts, "parts", speed)  # a speed no track is built for is an error of its own
    found = cheapest_fleets(facts, speed * factor("km/s", "m/s"), cargo_kt_per_yr)
    return [
        {"payload_class": name, "design": fleet.launcher.id}
        | {key: value for key, value in vars(fleet).items() if key != "launcher"}
        for name, fleet in found.items()
    ]


def _fleet_screen(rows: list[dict[str, Any]], cargo_kt_per_yr: float) -> object:
    import pandas as pd

    shown = pd.DataFrame(
        {
            "class": row["payload_class"],
            "tracks": row["tracks"],
            "km": round(row["track_km"], 2),
            "crates kt/yr": round(row["structure_kt_per_yr"]),
            "MW": round(row["mean_power_mw"]),
            "heat MW": round(row["stator_heat_mw"]),
            "kt": round(row["lunar_mass_kt"] + row["imported_mass_kt"], 1),
            "G$": round(row["capital_g_usd"]),
            "in orbit": "assembled" if row["orbital_assembly"] else "works",
        }
        for row in rows
    )
    return table(shown, f"{cargo_kt_per_yr:,g} kt of cargo a year, by payload class")


def _speed_menu(facts: Facts, payload: str, speed: float) -> list[tuple[str, LauncherDesign]]:
    from lunarchain.driver.menu import menu
    from lunarchain.units import factor

    found = menu(facts, payload, speed * factor("km/s", "m/s"))
    if not found:
        raise InputError(
            [Issue("driver", "--speed", f"{speed:g} km/s", "a speed some candidate of the menu reaches")]
        )
    return [("any", item) for item in found]


def _site_menu(facts: Facts, payload: str, site: str, to: list[str]) -> list[tuple[str, LauncherDesign]]:
    """What the optimiser may build at a site for a payload class and the destinations wanted."""
    from lunarchain.driver.inputs import payload_classes
    from lunarchain.model.arcs import make_arcs
    from lunarchain.model.inputs import launcher_menus
    from lunarchain.pipeline.departures import shipped_departures

    departures = shipped_departures()
    known = {"--site": departures["site"].unique(), "--to": departures["destination"].unique()}
    asked = {"--payload": ([payload], payload_classes(facts)), "--site": ([site], known["--site"])}
    asked["--to"] = (to, known["--to"])
    issues = [
        Issue("driver", option, repr(name), " | ".join(valid), nearest_name(name, valid))
        for option, (names, valid) in asked.items()
        for name in names
        if name not in valid
    ]
    if issues:
        raise InputError(issues)
    wanted = departures[(departures["site"] == site) & (departures["destination"].isin(to or known["--to"]))]
    arcs = make_arcs(wanted, facts, (payload,))
    if not arcs:
        why = "; ".join(f"{row.track}: {row.reason}" for row in wanted.drop_duplicates("track").itertuples())
        raise InputError([Issue("driver", "--to", " ".join(to), f"a destination {site} can reach", hint=why)])
    _, menus = launcher_menus(facts, arcs, two_way=True)
    return [(stand, item) for stand, designs in menus.items() for item in designs]


def _menu_screen(rows: list[tuple[str, LauncherDesign]], payload: str) -> object:
    import pandas as pd

    from lunarchain.units import factor

    shown = pd.DataFrame(
        {
            "kg": round(item.shot_mass_t * factor("t", "kg")),
            "g": round(item.acceleration_g),
            "s": item.interval_s,
            "km/s": round(item.exit_speed_m_s * factor("m", "km"), 3),
            "km": round(item.track_m * factor("m", "km"), 2),
            "Mt/yr": round(item.cargo_kt_per_yr / 1e3, 3),
            "MW": round(item.mean_power_mw),
            "kW/m": round(item.stator_heat_kw_per_m, 1),
            "kt": round(item.total_mass_kt, 1),
            "G$": round(item.capital_g_usd),
            "stand": stand,
        }
        for stand, item in rows
    )
    return table(
        shown, f"{payload}: cargo a year at {100 * rows[0][1].availability:.0f} % availability, power while shooting"
    )


def _sheet_screen(item: LauncherDesign) -> str:
    from textwrap import fill

    from lunarchain.cli.screen import terminal_columns
    from lunarchain.report.driver_words import sheet_in_words

    return "\n".join(
        fill(f"{name:9} {text}", terminal_columns(), subsequent_indent=" " * 10)
        for name, text in sheet_in_words(item).items()
    )


VERBS = (driver,)
