"""Every closed form of one launcher evaluated together, in SI units."""

from __future__ import annotations

from dataclasses import dataclass

from lunarchain.driver import energy, heat, kinematics
from lunarchain.driver.basis import Technology
from lunarchain.driver.operations import azimuth_yard_m
from lunarchain.units import factor

STANDARD_G_M_S2 = factor("standard_g", "m/s**2")


@dataclass(frozen=True)
class Sizing:
    """One launcher in SI units: motion, energy, heat and the number of sleds."""

    exit_speed_m_s: float
    acceleration_m_s2: float
    braking_m_s2: float
    shot_kg: float
    sled_kg: float
    interval_s: float
    track_m: float
    braking_m: float  # of one section
    braking_sections: int
    yard_m: float  # curved exit to one end of the azimuth range
    time_on_track_s: float
    kinetic_j: float
    wall_j_per_kg: float
    peak_kinetic_w: float
    peak_electric_w: float  # all shots on the track together, at the stator
    cycled_j: float  # swing of the store every interval
    store_j: float  # installed
    stator_heat_w_per_m: float
    braking_heat_w_per_m: float
    radiator_m2_per_m: float  # beside the accelerating section
    conversion_heat_w: float  # between wall and store
    radiator_m2: float  # stator, braking and power conversion
    sleds: int

    @property
    def moving_kg(self) -> float:
        """Payload and sled together."""
        return self.shot_kg + self.sled_kg

    @property
    def mean_kinetic_w(self) -> float:
        """Kinetic power of the shots and sleds, averaged over an interval."""
        return self.kinetic_j / self.interval_s


def size(
    exit_speed_m_s: float,
    acceleration_m_s2: float,
    shot_kg: float,
    interval_s: float,
    sled_ratio: float,
    technology: Technology,
    two_way: bool = False,
) -> Sizing:
    """Size a launcher from its four choices and the sled ratio; inputs positive, see ``check_design``.

    A track fired both ways has a sled braking section and a switch yard at each end.
    """
    moving_kg = shot_kg * (1 + sled_ratio)
    braking_m_s2 = max(acceleration_m_s2, technology.braking_acceleration_g * STANDARD_G_M_S2)
    track_m = kinematics.track_length_m(exit_speed_m_s, acceleration_m_s2)
    braking_m = kinematics.track_length_m(exit_speed_m_s, braking_m_s2)
    on_track_s = kinematics.time_on_track_s(exit_speed_m_s, acceleration_m_s2)
    kinetic_j = kinematics.kinetic_energy_j(moving_kg, exit_speed_m_s)
    peak_kinetic_w = energy.peak_kinetic_power_w(moving_kg, acceleration_m_s2, exit_speed_m_s)
    shot_j = kinetic_j / technology.motor_efficiency
    cycled_j = shot_j * energy.cycled_fraction(on_track_s, interval_s)
    thrust_n = kinematics.thrust_n(moving_kg, acceleration_m_s2)
    heat_w_per_m = heat.stator_heat_j_per_m(thrust_n, technology.motor_efficiency) / interval_s
    sled_kg = shot_kg * sled_ratio
    braking_w_per_m = heat.braking_heat_j_per_m(sled_kg, braking_m_s2, technology.sled_recovery) / interval_s
    panel = heat.radiator_m2_per_w(technology.radiator_temperature_k, technology.radiator_emissivity)
    sections = 2 if two_way else 1
    conversion_w = kinetic_j / interval_s * (1 / technology.wall_efficiency - 1 / technology.motor_efficiency)
    shed_w = heat_w_per_m * track_m + sections * braking_w_per_m * braking_m + conversion_w
    away_s = (
        on_track_s
        + kinematics.time_on_track_s(exit_speed_m_s, braking_m_s2)
        + (track_m + braking_m) / technology.sled_return_speed_m_s
        + technology.sled_loading_s
    )
    return Sizing(
        exit_speed_m_s=exit_speed_m_s,
        acceleration_m_s2=acceleration_m_s2,
        braking_m_s2=braking_m_s2,
        shot_kg=shot_kg,
        sled_kg=sled_kg,
        interval_s=interval_s,
        track_m=track_m,
        braking_m=braking_m,
        braking_sections=sections,
        yard_m=azimuth_yard_m(
            exit_speed_m_s, acceleration_m_s2 * technology.lateral_share, technology.azimuth_range_rad
        ),
        time_on_track_s=on_track_s,
        kinetic_j=kinetic_j,
        wall_j_per_kg=energy.wall_energy_j_per_kg(
            exit_speed_m_s, sled_ratio, technology.wall_efficiency, technology.sled_recovery
        ),
        peak_kinetic_w=peak_kinetic_w,
        peak_electric_w=peak_kinetic_w
        / technology.motor_efficiency
        * energy.overlap_peak(on_track_s, interval_s),
        cycled_j=cycled_j,
        store_j=max(cycled_j, technology.store_reserve * shot_j),
        stator_heat_w_per_m=heat_w_per_m,
        braking_heat_w_per_m=braking_w_per_m,
        radiator_m2_per_m=heat_w_per_m * panel,
        conversion_heat_w=conversion_w,
        radiator_m2=shed_w * panel,
        sleds=kinematics.sleds_in_circulation(away_s, interval_s),
    )
