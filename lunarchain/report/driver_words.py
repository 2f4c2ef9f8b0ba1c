"""A launcher's design sheet in words: a line a subject, for the screen and for the page."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lunarchain.driver.design import LauncherDesign
from lunarchain.plan.launchers import HEAT, LAUNCHERS, POWER, SHOTS
from lunarchain.plan.merit import select
from lunarchain.report.limits import standing_tracks
from lunarchain.report.phrases import figure_text, listed
from lunarchain.report.view import View, launcher, spoken
from lunarchain.units import factor

_MATERIALS = {"al_parts": "aluminium parts", "steel_parts": "steel parts", "radiator": "radiators"}


def design_name(design: LauncherDesign) -> str:
    """A design in words: ``100 kg parts at 300 g, 0.9 s, 2.65 km/s``."""
    kg, speed = design.shot_mass_t * factor("t", "kg"), design.exit_speed_m_s * factor("m", "km")
    both = ", both ways" if design.two_way else ""
    what = {"satellite": "satellites"}.get(design.payload_class, design.payload_class)
    return (
        f"{kg:,g} kg {what} at {design.acceleration_g:g} g, {design.interval_s:g} s, {speed:.2f} km/s{both}"
    )


def sheet_in_words(item: LauncherDesign) -> dict[str, str]:
    """Subject and what is to be said of it; every figure has its unit."""
    low, high = item.capital_range_g_usd
    return {
        "track": f"{item.track_m:,.0f} m to speed, {item.braking_m:,.0f} m to stop the sled, "
        f"{item.azimuth_yard_m:,.0f} m of curve to either side",
        "shot": f"{item.time_on_track_s:.3g} s, {item.shots_in_flight:.2f} on the track at once, {item.sleds} sleds",
        "energy": f"{item.kinetic_energy_gj:.3g} GJ of motion a shot; "
        f"{item.wall_energy_kwh_per_kg:.2f} kWh per kg from the wall",
        "power": f"{item.mean_power_mw:,.0f} MW mean; peak {item.peak_kinetic_power_gw:.2f} GW of one shot, "
        f"{item.peak_power_gw:.2f} GW electrical",
        "store": f"{item.store_gj:.3g} GJ, {item.store_t:,.0f} t; swings {item.cycled_gj:.2g} GJ a shot; "
        f"charged again in {item.least_interval_s:.2g} s of {item.interval_s:g}",
        "heat": f"{item.stator_heat_kw_per_m:.1f} kW/m of stator ({item.radiator_m2_per_m:.0f} m2/m of radiator), "
        f"{item.stator_heat_mw:,.0f} MW; {item.braking_heat_kw_per_m:.1f} kW/m braking; "
        f"{item.conversion_heat_mw:,.0f} MW in power conversion; {item.stator_rise_k:.2g} K a shot",
        "guideway": f"hold down {item.hold_down_m_s2:.2f} m/s2; a straight track lies {item.chord_sag_m:.2g} m deep",
        "yearly": f"{item.throughput_kt_per_yr:,.0f} kt without a pause; {item.cargo_kt_per_yr:,.0f} kt of cargo at "
        f"{100 * item.availability:.0f} %",
        "wear": f"a stator of {item.stator_mass_kt:.2g} kt lasts {figure_text(item.life_shots * 1e-6)} million shots, "
        f"{item.stator_life_yr:.2g} years",
        "failures": f"{item.failures_per_yr:,.0f} shots a year: {100 * item.fallen_share:.0f} % fall (half within "
        f"{item.fallen_median_km:,.0f} km, nine in ten within {item.fallen_far_km:,.0f} km), "
        f"{100 * item.returned_share:.0f} % come round the Moon, {100 * item.escaped_share:.0f} % leave",
        "errors": f"{item.exit_speed_error_m_s:.2g} m/s and {item.aim_error_mrad:.2g} mrad, one sigma",
        "mass": f"{sum(item.lunar_mass_kt.values()):.1f} kt lunar-made ("
        + ", ".join(f"{_MATERIALS.get(name, name)} {mass:.2g}" for name, mass in item.lunar_mass_kt.items())
        + f"), {item.imported_mass_kt:.2f} kt imported",
        "capital": f"{low:,.0f} / {item.capital_g_usd:,.0f} / {high:,.0f} G$ in three published regimes: "
        "an axis, not a result",
        "build": f"{item.build_time_yr:.1f} years; serves {item.life_yr:g} years",
    }


def launchers_in_words(view: View) -> str:
    """How many tracks of which design throw how much in the busiest year, and what they draw and lose."""
    drawn = view.span.series(select(view.tables[LAUNCHERS], detail=POWER))
    if not drawn.size or drawn.max() <= 0:
        return ""
    busiest = int(np.argmax(drawn))
    opened = built_by(view, busiest)
    mean = sum(float(tracks[busiest]) for tracks in standing_tracks(view).values())
    ends = view.span.edges[busiest + 1]
    mass, lost, shots = (
        float(view.span.series(rows)[busiest])
        for rows in (
            view.tables["shots"],
            *(select(view.tables[LAUNCHERS], detail=what) for what in (HEAT, SHOTS)),
        )
    )
    return (
        f"In {view.span.year(busiest)}, their busiest year, the mass drivers throw {figure_text(mass)} kt in "
        f"{figure_text(shots * 1e-6)} million shots, draw {figure_text(float(drawn[busiest]))} GW on average and lose "
        f"{figure_text(lost)} GW of it in their stators. Tracks built by {ends:.0f}: {tracks_in_words(view, opened)}; "
        f"in service on average from {view.span.year(busiest)} to {ends:.0f}: {figure_text(mean)}."
    )


def built_by(view: View, period: int) -> dict[tuple[str, str], int]:
    """Tracks built by the end of a period whose life has not ended then, by stand and design: whole numbers."""
    counts: dict[tuple[str, str], float] = {}
    ends = view.span.edges[period + 1]
    for (stand, name), rows in select(view.tables["tracks"], detail="built").groupby(["node", "item"]):
        one = launcher(view.facts, str(name))
        serves = one.build_time_yr + one.life_yr
        alive = [t <= period and view.span.edges[t] + serves > ends for t in rows["period"]]
        counts[str(stand), str(name)] = float(rows["value"][alive].sum())
    return {key: round(count) for key, count in counts.items() if round(count)}


def tracks_in_words(view: View, counts: Mapping[tuple[str, str], int]) -> str:
    """How many tracks of which design stand where: ``2 at Mare 33°E west (100 kg parts at 300 g, ...)``."""
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    said = [f"{n} at {spoken(stand)} ({design_name(launcher(view.facts, name))})" for (stand, name), n in ranked]
    return listed(said) if said else "none"
