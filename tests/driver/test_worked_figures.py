"""The closed forms against figures worked by hand for the launcher study, each from its row heading alone."""

from __future__ import annotations

import pytest

from lunarchain.driver import energy, heat, kinematics, operations
from lunarchain.driver.design import design
from lunarchain.driver.inputs import launcher_basis
from lunarchain.driver.sizing import STANDARD_G_M_S2
from lunarchain.scenario.facts import Facts

LENGTHS_M = {  # km/s: metres at 10, 30, 100, 300, 1000 g
    1.68: (14390, 4797, 1439, 480, 144),
    2.34: (27918, 9306, 2792, 931, 279),
    2.50: (31866, 10622, 3187, 1062, 319),
    2.60: (34466, 11489, 3447, 1149, 345),
    3.00: (45887, 15296, 4589, 1530, 459),
}
SHOTS = [  # t, g: track m, s on track, GJ, peak kinetic GW, MN, store t
    (0.1, 100, 3187, 2.55, 0.375, 0.29, 0.118, 234),
    (0.1, 1000, 319, 0.255, 0.375, 2.9, 1.18, 234),
    (1, 30, 10622, 8.50, 3.75, 0.88, 0.353, 2340),
    (1, 100, 3187, 2.55, 3.75, 2.9, 1.18, 2340),
    (1, 1000, 319, 0.255, 3.75, 29, 11.8, 2340),
    (10, 30, 10622, 8.50, 37.5, 8.8, 3.53, 23400),
    (10, 100, 3187, 2.55, 37.5, 29, 11.8, 23400),
    (10, 1000, 319, 0.255, 37.5, 294, 118, 23400),
]
INTERVALS_S = [  # kt/yr, t: seconds at 0.85, 0.30 and 0.09 of the year
    (1000, 0.1, (2.68, 0.95, 0.28)),
    (1000, 1, (26.8, 9.5, 2.84)),
    (1000, 10, (268, 94.7, 28.4)),
    (10000, 0.1, (0.27, 0.09, 0.03)),
    (10000, 1, (2.68, 0.95, 0.28)),
    (10000, 10, (26.8, 9.5, 2.84)),
]


def rounds_to(value: float, printed: float, digits: int = 3) -> bool:
    """Whether a value is the printed one to within one unit of its last significant digit."""
    return abs(value - printed) <= abs(printed) * 10.0 ** (1 - digits)


@pytest.mark.parametrize("speed_km_s", LENGTHS_M)
def test_track_lengths(speed_km_s: float) -> None:
    ours = [
        kinematics.track_length_m(speed_km_s * 1e3, g * STANDARD_G_M_S2) for g in (10, 30, 100, 300, 1000)
    ]
    assert ours == pytest.approx(LENGTHS_M[speed_km_s], abs=0.51)


@pytest.mark.parametrize(
    ("speed_km_s", "mj_per_kg"), [(1.68, 1.411), (2.34, 2.738), (2.5, 3.125), (2.6, 3.380), (3.0, 4.500)]
)
def test_kinetic_energy_per_kilogram(speed_km_s: float, mj_per_kg: float) -> None:
    assert kinematics.kinetic_energy_j(1, speed_km_s * 1e3) / 1e6 == pytest.approx(mj_per_kg, abs=5.1e-4)


@pytest.mark.parametrize(("sled_ratio", "mj_per_kg"), [(0.1, 3.83), (0.2, 3.97), (0.5, 4.42), (1.0, 5.17)])
def test_wall_energy_with_recovery(sled_ratio: float, mj_per_kg: float) -> None:
    assert energy.wall_energy_j_per_kg(2500, sled_ratio, 0.85, 0.7) / 1e6 == pytest.approx(
        mj_per_kg, abs=5.1e-3
    )


@pytest.mark.parametrize(("mass_t", "g", "track_m", "time_s", "gj", "peak_gw", "force_mn", "store_t"), SHOTS)
def test_one_shot(
    mass_t: float,
    g: float,
    track_m: float,
    time_s: float,
    gj: float,
    peak_gw: float,
    force_mn: float,
    store_t: float,
) -> None:
    moving_kg, acceleration = mass_t * 1e3 * 1.2, g * STANDARD_G_M_S2
    kinetic_j = kinematics.kinetic_energy_j(moving_kg, 2500)
    assert kinematics.track_length_m(2500, acceleration) == pytest.approx(track_m, abs=0.51)
    assert rounds_to(kinematics.time_on_track_s(2500, acceleration), time_s)
    assert kinetic_j / 1e9 == pytest.approx(gj, rel=1e-9)
    assert rounds_to(energy.peak_kinetic_power_w(moving_kg, acceleration, 2500) / 1e9, peak_gw, 2)
    assert rounds_to(kinematics.thrust_n(moving_kg, acceleration) / 1e6, force_mn)
    assert rounds_to(energy.store_mass_kg(kinetic_j / 0.8, 2000) / 1e3, store_t)


@pytest.mark.parametrize(("kt_per_yr", "mass_t", "printed_s"), INTERVALS_S)
def test_shot_intervals(kt_per_yr: float, mass_t: float, printed_s: tuple[float, ...]) -> None:
    ours = [operations.interval_for_s(kt_per_yr, mass_t, share) for share in (0.85, 0.30, 0.09)]
    assert ours == pytest.approx(printed_s, rel=5e-3, abs=5.1e-3)


@pytest.mark.parametrize(
    ("g", "interval_s", "fraction"), [(100, 26.8, 0.91), (30, 26.8, 0.71), (100, 2.68, 0.28)]
)
def test_store_fraction_without_overlap(g: float, interval_s: float, fraction: float) -> None:
    on_track_s = kinematics.time_on_track_s(2500, g * STANDARD_G_M_S2)
    assert energy.cycled_fraction(on_track_s, interval_s) == pytest.approx(fraction, abs=5.1e-3)


def test_store_nearly_vanishes_when_three_shots_overlap() -> None:
    """The study lets it vanish; the summed sawtooth still swings by a twelfth of a shot, a quarter over n."""
    on_track_s = kinematics.time_on_track_s(2500, 30 * STANDARD_G_M_S2)
    assert kinematics.shots_in_flight(on_track_s, 2.68) == pytest.approx(3.17, abs=0.01)
    assert 0.05 < energy.cycled_fraction(on_track_s, 2.68) < 1 / 12


@pytest.mark.parametrize(("g", "kw_per_m", "m2_per_m"), [(30, 36, 25), (100, 119, 82), (1000, 1190, 822)])
def test_stator_heat_and_radiator(g: float, kw_per_m: float, m2_per_m: float) -> None:
    """1 t, sled 0.3, motor 0.8, one shot per 2.68 s; panels at 350 K, emissivity 0.85, both faces."""
    acceleration = g * STANDARD_G_M_S2
    watts = heat.stator_heat_j_per_m(kinematics.thrust_n(1300, acceleration), 0.8) / 2.68
    assert watts / 1e3 == pytest.approx(kw_per_m, rel=0.01)
    assert watts * heat.radiator_m2_per_w(350, 0.85) == pytest.approx(m2_per_m, rel=0.015)
    assert watts * kinematics.track_length_m(2500, acceleration) / 1e6 == pytest.approx(379, abs=0.6)


@pytest.mark.parametrize("g", [30, 100, 1000])
def test_heat_and_radiator_at_a_tenth_of_the_rate(g: float) -> None:
    thrust = kinematics.thrust_n(1300, g * STANDARD_G_M_S2)
    fast, slow = (heat.stator_heat_j_per_m(thrust, 0.8) / interval_s for interval_s in (2.68, 26.8))
    assert slow == pytest.approx(fast / 10)


def test_a_gentle_launcher_at_ten_megatonnes_is_a_steady_motor_a_hard_one_a_gun(facts: Facts) -> None:
    """1 t every 2.7 s: three shots share a 30 g track, near-steady at 1.5 to 2 GW; at 1000 g each is 29 GW."""
    basis = launcher_basis(facts, "bulk", sled_ratio=0.2)
    gentle, gun = (design(2500, g, 1, 2.68, basis) for g in (30, 1000))
    assert 1500 < gentle.mean_power_mw < 2000
    assert gentle.peak_power_gw < 1.4 * gentle.shot_energy_gj / 2.68
    assert rounds_to(gun.peak_kinetic_power_gw, 29, 2)
    assert gun.shots_in_flight < 0.1


def test_energy_beside_what_it_launches() -> None:
    """About 150 MW of mean power for 1 Mt/yr at 65 %: 0.15 % of the 100 GW that the same mass carries."""
    joules = energy.wall_energy_j_per_kg(2500, 0, 0.65, 0)
    power_mw = energy.mean_power_w(joules, 1000, operations.interval_for_s(1000, 1)) / 1e6
    assert power_mw == pytest.approx(152, abs=0.5)
    assert power_mw * 1e6 / 100e9 == pytest.approx(0.0015, rel=0.02)
    assert kinematics.kinetic_energy_j(1, 2500) / 3.6e6 == pytest.approx(0.87, abs=0.005)


def test_shooting_in_sunlight_alone_doubles_the_installed_power() -> None:
    joules = energy.wall_energy_j_per_kg(2500, 0.2, 0.65, 0.7)
    always, lit = (energy.mean_power_w(joules, 1000, operations.interval_for_s(1000, 1, f)) for f in (1, 0.5))
    assert lit == pytest.approx(2 * always)


def test_a_constant_power_profile_would_halve_the_peak() -> None:
    """Peak over mean electrical power of one shot on the track: two, the triangle of constant force."""
    moving_kg, acceleration = 1200.0, 30 * STANDARD_G_M_S2
    mean_w = kinematics.kinetic_energy_j(moving_kg, 2500) / kinematics.time_on_track_s(2500, acceleration)
    assert energy.peak_kinetic_power_w(moving_kg, acceleration, 2500) == pytest.approx(2 * mean_w)


def test_orbital_speed_marks_where_the_sled_must_be_held_down() -> None:
    circular = kinematics.circular_speed_m_s(4.9028e12, 1.7374e6)
    assert circular == pytest.approx(1680, abs=0.5)
    assert kinematics.hold_down_m_s2(circular, 4.9028e12, 1.7374e6) == pytest.approx(0, abs=1e-9)
    assert kinematics.hold_down_m_s2(2500, 4.9028e12, 1.7374e6) == pytest.approx(1.97, abs=0.005)


def test_sleds_and_wear_of_the_study(facts: Facts) -> None:
    """A tonne a shot: 1e6 shots for 1 Mt a year, 1e7 for 10 Mt, at which a stator of 1e8 shots lasts ten years."""
    for kt_per_yr, shots in ((1000, 1e6), (10_000, 1e7)):
        assert operations.shots_per_yr(operations.interval_for_s(kt_per_yr, 1)) == pytest.approx(shots)
    assert operations.worn_share_per_yr(1e7, 1e8) == pytest.approx(0.1)


def test_adiabatic_rise() -> None:
    joules = heat.stator_heat_j_per_m(kinematics.thrust_n(1300, 100 * STANDARD_G_M_S2), 0.8)
    assert joules / 1e3 == pytest.approx(319, abs=0.5)
    assert heat.adiabatic_rise_k(joules, 500, 900) == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize(("track_km", "sag_m"), [(3, 0.65), (10, 7.2), (30, 65), (100, 720)])
def test_chord_sag(track_km: float, sag_m: float) -> None:
    assert rounds_to(kinematics.chord_sag_m(track_km * 1e3, 1.7374e6), sag_m, 2)


@pytest.mark.parametrize(("wall_efficiency", "mw"), [(0.9, 110), (0.7, 141), (0.5, 198)])
def test_mean_power_per_megatonne(wall_efficiency: float, mw: float) -> None:
    joules = energy.wall_energy_j_per_kg(2500, 0, wall_efficiency, 0)
    assert energy.mean_power_w(joules, 1000, operations.interval_for_s(1000, 1)) / 1e6 == pytest.approx(
        mw, abs=0.6
    )


def test_physics_rows_of_the_table(facts: Facts) -> None:
    """Rows marked derived are what the closed forms give from the Moon's GM and radius."""
    gm = facts.number("driver.physics.moon_gm", "m**3/s**2")
    radius = facts.number("driver.physics.moon_radius", "m")

    def row(name: str, unit: str) -> float:
        return facts.number(f"driver.physics.{name}", unit)

    circular = kinematics.circular_speed_m_s(gm, radius)
    assert circular == pytest.approx(row("circular_speed", "m/s"), abs=0.01)
    assert circular * 2**0.5 == pytest.approx(row("escape_speed", "m/s"), abs=0.01)
    assert kinematics.hold_down_m_s2(2500, gm, radius) == pytest.approx(
        row("hold_down_2500", "m/s**2"), abs=0.005
    )
    assert kinematics.kinetic_energy_j(1, 2500) == pytest.approx(row("kinetic_energy_2500", "J/kg"))
    assert operations.shots_per_yr(operations.interval_for_s(1000, 1)) == pytest.approx(
        row("shots_for_1_mt", "shot/yr")
    )
    wall = energy.wall_energy_j_per_kg(2500, 0, facts.number("driver.efficiency.wall_to_kinetic", ""), 0)
    power_mw = energy.mean_power_w(wall, 1000, operations.interval_for_s(1000, 1)) / 1e6
    assert power_mw == pytest.approx(row("mean_power_1_mt", "MW"), abs=0.6)
