"""From the sourced tables to the plain inputs of the trajectory room."""

from __future__ import annotations

from pathlib import Path

from lunarchain.paths import shipped
from lunarchain.scenario.facts import Facts
from lunarchain.trajectory import aerobrake, inputs
from lunarchain.trajectory.ephemeris import Ephemeris, load_ephemeris, tdb_seconds


def departure_inputs(facts: Facts) -> inputs.DepartureInputs:
    """Tracks, destinations and settings of the departure search, in SI units."""
    return inputs.DepartureInputs(
        tracks=tuple(_track(facts, name) for name in facts.children("tracks")),
        destinations=tuple(_destination(facts, name) for name in facts.children("destinations")),
        braking=_braking(facts),
        errors=_errors(facts),
        search=_search(facts),
        forces=_forces(facts),
        sample=_sample(facts),
        proof=_proof(facts),
    )


def shipped_ephemeris() -> Ephemeris:
    """The ephemeris that comes with the package."""
    return load_ephemeris(ephemeris_path())


def ephemeris_path() -> Path:
    """Where the shipped ephemeris lies."""
    return shipped("data") / "computed" / "ephemeris.npz"


def departures_path() -> Path:
    """Where the shipped departure table lies."""
    return shipped("data") / "computed" / "departures.csv"


def _track(facts: Facts, name: str) -> inputs.Track:
    key = f"tracks.{name}"
    where = facts.text(f"{key}.site")
    return inputs.Track(
        name=name,
        site=where,
        longitude_deg=facts.number(f"sites.{where}.longitude", "degree"),
        latitude_deg=facts.number(f"sites.{where}.latitude", "degree"),
        azimuth_deg=facts.number(f"{key}.azimuth", "degree"),
        azimuth_range_deg=facts.number(f"{key}.azimuth_range", "degree"),
        elevation_deg=facts.number(f"{key}.elevation", "degree"),
        horizon_deg=facts.number(f"{key}.horizon", "degree"),
    )


def _destination(facts: Facts, name: str) -> inputs.Destination:
    key = f"destinations.{name}"
    modes = tuple(facts.text(f"{key}.modes").split())
    limit = facts.number(f"{key}.flight_limit", "s")
    kind = facts.text(f"{key}.kind")
    if kind == "earth_orbit":
        return _earth_orbit(facts, name, modes, limit)
    if kind == "libration_point":
        return inputs.LibrationPoint(name, modes, limit, int(facts.number(f"{key}.point", "")))
    if kind == "three_body_orbit":
        x, z, vy, period = (facts.number(f"{key}.{part}", "") for part in ("x", "z", "vy", "period"))
        scan = tuple(
            facts.number(f"{key}.speed_{part}", "m/s")
            for part in ("from", "until", "step")
            if f"{key}.speed_{part}" in facts
        )
        return inputs.ThreeBodyOrbit(name, modes, limit, (x, z, vy), period, scan)
    if kind == "lunar_orbit":
        return inputs.LunarOrbit(name, modes, limit, facts.number(f"{key}.altitude", "m"))
    if kind == "escape":
        return inputs.Escape(
            name, modes, limit, facts.number(f"{key}.c3", "m**2/s**2"), facts.number(f"{key}.exit_radius", "m"),
            facts.number(f"{key}.station_radius", "m"), facts.number(f"{key}.station_limit", "s"),
        )  # fmt: skip
    raise ValueError(f"{key}.kind is '{kind}'")


def _earth_orbit(facts: Facts, name: str, modes: tuple[str, ...], limit: float) -> inputs.EarthOrbit:
    key = f"destinations.{name}"
    if f"{key}.radius" in facts:
        radius = facts.number(f"{key}.radius", "m")
    else:
        radius = facts.number(f"{key}.altitude", "m") + shipped_ephemeris().earth_radius
    tilt = (facts.number(f"{key}.inclination", "degree"),) if f"{key}.inclination" in facts else ()
    times = tuple(
        facts.number(f"{key}.{part}", "hour")
        for part in ("local_time_first", "local_time_second")
        if f"{key}.{part}" in facts
    )
    tolerance = facts.number(f"{key}.local_time_tolerance", "hour") if times else 0.0
    # Only a plane tied to the Sun is worth aiming for with the shot itself; others turn after arrival.
    return inputs.EarthOrbit(name, modes, limit, radius, tilt, bool(times), times, tolerance)


def _braking(facts: Facts) -> inputs.Braking:
    return inputs.Braking(
        aerobraking=aerobraking(facts),
        aerobrake_allowance_m_s=facts.number("trajectory.aerobrake.allowance", "m/s"),
        electric_perigee_m=facts.number("trajectory.electric.perigee", "m"),
        node_limit_m=facts.number("trajectory.plane_turn.node_limit", "m"),
    )


def aerobraking(facts: Facts, area_per_mass: float | None = None) -> aerobrake.Campaign:
    """The braking of a payload into low orbit, or of one with another area per mass (m**2/kg)."""
    key, eph = "trajectory.aerobrake", shipped_ephemeris()
    area = facts.number(f"{key}.area_per_mass", "m**2/kg") if area_per_mass is None else area_per_mass
    levels = [f"trajectory.atmosphere.{level}" for level in facts.children("trajectory.atmosphere")]
    air = aerobrake.Atmosphere(
        tuple(facts.number(f"{level}.height", "m") for level in levels),
        tuple(facts.number(f"{level}.density", "kg/m**3") for level in levels),
    )
    payload = aerobrake.Payload(
        area, facts.number(f"{key}.drag_coefficient", ""), facts.number(f"{key}.heat_flux", "W/m**2")
    )
    return aerobrake.campaign(
        air, payload, eph.gm_earth, eph.earth_radius, facts.number(f"{key}.first_apogee", "m"),
        facts.number("destinations.leo.altitude", "m") + eph.earth_radius, facts.number(f"{key}.flux_margin", ""),
    )  # fmt: skip


def _errors(facts: Facts) -> inputs.Errors:
    return inputs.Errors(
        exit_speed_m_s=facts.number("driver.accuracy.exit_speed", "m/s"),
        aim_rad=facts.number("driver.accuracy.aim", "radian"),
        trim_after_s=facts.number("trajectory.errors.trim_after", "s"),
        quantile=facts.number("trajectory.errors.quantile", ""),
        trim_limit_m_s=facts.number("trajectory.errors.trim_limit", "m/s"),
        knowledge_m_s=facts.number("trajectory.errors.knowledge", "m/s"),
        loss_by_mode=tuple((mode, facts.number(f"trajectory.loss.{mode}", "")) for mode in inputs.MODES),
    )


def _search(facts: Facts) -> inputs.Search:
    key = "trajectory.search"
    return inputs.Search(
        speed_min_m_s=facts.number(f"{key}.speed_min", "m/s"),
        near_moon_speed_min_m_s=facts.number(f"{key}.near_moon_speed_min", "m/s"),
        near_moon_speed_max_m_s=facts.number(f"{key}.near_moon_speed_max", "m/s"),
        near_moon_speed_step_m_s=facts.number(f"{key}.near_moon_speed_step", "m/s"),
        speed_max_m_s=facts.number(f"{key}.speed_max", "m/s"),
        speed_step_m_s=facts.number(f"{key}.speed_step", "m/s"),
        azimuths=int(facts.number(f"{key}.azimuths", "")),
        clear_of_moon_m=facts.number(f"{key}.clear_of_moon", "m"),
    )


def _forces(facts: Facts) -> inputs.Forces:
    key = "trajectory.forces"
    return inputs.Forces(
        lunar_degree=int(facts.number(f"{key}.lunar_degree", "")),
        lunar_reach_m=facts.number(f"{key}.lunar_reach", "m"),
        earth_j2=True,
        pressure_m_s2=facts.number(f"{key}.pressure", "m/s**2"),
        planets_after_s=facts.number(f"{key}.planets_after", "s"),
    )


def _sample(facts: Facts) -> inputs.Sample:
    key = "trajectory.sample"
    first, last = (f"{facts[f'{key}.{part}'].value:.0f}-01-01" for part in ("from", "until"))
    return inputs.Sample(
        months=int(facts.number(f"{key}.months", "")),
        month_s=facts.number(f"{key}.month", "s"),
        step_s=facts.number(f"{key}.step", "s"),
        from_s=float(tdb_seconds(first)[0]),
        until_s=float(tdb_seconds(last)[0]),
        stride=int(facts.number(f"{key}.stride", "")),
        window_months=int(facts.number(f"{key}.window_months", "")),
    )


def _proof(facts: Facts) -> inputs.Proof:
    key = "trajectory.proof"
    return inputs.Proof(
        delta_v_tolerance_m_s=facts.number(f"{key}.delta_v_tolerance", "m/s"),
        exit_speed_tolerance_m_s=facts.number(f"{key}.exit_speed_tolerance", "m/s"),
        open_tolerance=facts.number(f"{key}.open_tolerance", ""),
        reference_tolerance_m=facts.number(f"{key}.reference_tolerance", "m"),
        terrain_distance_m=facts.number(f"{key}.terrain_distance", "m"),
        terrain_rise_m=facts.number(f"{key}.terrain_rise", "m"),
        least_spacing_m=facts.number(f"{key}.least_spacing", "m"),
        tank_margin=facts.number(f"{key}.tank_margin", ""),
    )
