"""The verb about one satellite: what it weighs, and what it may serve from an orbit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lunarchain.cli.options import NONE, JsonOpt, QuietOpt
from lunarchain.cli.screen import emit, table

if TYPE_CHECKING:
    from lunarchain.orbits.stationed import Stationed

LevelOpt = Annotated[str, typer.Option("--level", help="light, nominal or heavy: which end of the ranges.")]
FactOpt = Annotated[
    list[str], typer.Option("--set", help="id=value, a number of the tables, such as sizing.overhead=1.25.")
]


def satellite(
    power_kw: Annotated[float, typer.Argument(help="Compute power [kW].")] = 100.0,
    orbit: Annotated[str, typer.Option("--orbit", help="An orbit of the tables: leo, sso, geo ...")] = "sso",
    level: LevelOpt = "nominal",
    sets: FactOpt = NONE,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """One satellite from its power and orbit: array, radiator, compute, mass, and what it may serve."""
    from lunarchain.orbits.stationed import stationed
    from lunarchain.scenario.facts import load_facts
    from lunarchain.scenario.load import assignments

    facts = load_facts().override(assignments(sets), "command line: --set")
    found = stationed(facts, power_kw, orbit, level)
    emit(found.as_dict(), as_json, quiet, lambda: _screen(found))


def _screen(found: Stationed) -> object:
    import pandas as pd
    from rich.console import Group

    sized = found.sizing
    head = (
        f"{sized.power_kw:,.0f} kW of compute in {found.orbit}, {found.level} assumptions:"
        f" {sized.mass_kg:,.0f} kg, {sized.specific_power_w_kg:.1f} W/kg"
        f"\n  sunlit {100 * found.sun_share:.1f} % of the time: {found.mean_power_kw:,.1f} kW on the average"
        f"\n  light there and back {found.light_time_there_and_back_ms:,.3g} ms"
        f"\n  {found.satellites_that_fit['nominal']:,.0f} satellites fit"
        f" ({found.satellites_that_fit['low']:,.0f} to {found.satellites_that_fit['high']:,.0f}):"
        f" {found.power_that_fits_gw['nominal']:,.4g} GW"
    )
    parts = ("array", "radiator", "boards", "conditioning", "battery", "communication", "bus", "structure")
    areas = {"array": f"{sized.array_area_m2:,.0f}", "radiator": f"{sized.radiator_area_m2:,.0f}"}
    masses = {part: getattr(sized, f"{part}_kg") for part in parts}
    rows = [
        {"part": part, "kg": f"{kg:,.0f}", "m2": areas.get(part, ""), "share": f"{100 * (kg / sized.mass_kg):.0f} %"}
        for part, kg in masses.items()
    ]
    served = [{"class": name, "may be served": words} for name, words in found.services.items()]
    return Group(
        head,
        table(pd.DataFrame(rows), "What it is made of"),
        table(pd.DataFrame(served), "What it may serve"),
    )


VERBS = (satellite,)
