"""Forces against closed forms and conservation laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lunarchain.trajectory import dynamics, gravity, lanes
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import Ephemeris, tdb_seconds


@pytest.fixture
def around() -> np.ndarray:
    rng = np.random.default_rng(3)
    way = rng.normal(size=(3, 20))
    return way / np.linalg.norm(way, axis=0) * rng.uniform(1.75e6, 6e6, 20)


def test_second_degree_field_is_the_closed_form(eph: Ephemeris, around: np.ndarray) -> None:
    # Potential of J2 and C22 in Cartesian form, differentiated numerically (Kaula 1966, table 1).
    c20, c22 = eph.field_c[2, 0] * np.sqrt(5), eph.field_c[2, 2] * np.sqrt(5 / 12)
    s21, c21, s22 = (value * np.sqrt(5 / 3) for value in (eph.field_s[2, 1], eph.field_c[2, 1], 0.0))
    s22 = eph.field_s[2, 2] * np.sqrt(5 / 12)

    def potential(p: np.ndarray) -> np.ndarray:
        x, y, z = p
        r = np.linalg.norm(p, axis=0)
        shape = (
            c20 * (3 * z * z - r * r) / 2
            + 3 * z * (c21 * x + s21 * y)
            + 3 * c22 * (x * x - y * y)
            + 6 * s22 * x * y
        )
        return eph.gm_moon * eph.field_radius**2 * shape / r**5

    step = 10.0
    slope = np.stack(
        [
            (potential(around + d[:, None]) - potential(around - d[:, None])) / (2 * step)
            for d in step * np.eye(3)
        ]
    )
    ours = gravity.acceleration(gravity.field(eph, 2), around)
    assert np.abs(ours - slope).max() < 1e-6 * np.abs(ours).max()


def test_the_field_has_no_sources_and_no_curl(eph: Ephemeris, around: np.ndarray) -> None:
    field, step = gravity.field(eph, 20), 50.0
    columns = [
        (gravity.acceleration(field, around + d[:, None]) - gravity.acceleration(field, around - d[:, None]))
        / (2 * step)
        for d in step * np.eye(3)
    ]
    slope = np.stack(columns, axis=1)  # force axis, place axis, lane
    size = np.abs(slope).max()
    assert np.abs(np.trace(slope)).max() < 1e-5 * size
    assert np.abs(slope - slope.transpose(1, 0, 2)).max() < 1e-5 * size


def test_two_body_motion_closes_after_its_period(eph: Ephemeris) -> None:
    alone = ForceModel(eph, moon=False, sun=False)
    axis, eccentricity = 2.0e8, 0.96
    perigee = axis * (1 - eccentricity)
    speed = np.sqrt(eph.gm_earth * (2 / perigee - 1 / axis))
    start = np.array([[perigee, 0, 0, 0, 0.6 * speed, 0.8 * speed]]).T
    period = 2 * np.pi * np.sqrt(axis**3 / eph.gm_earth)
    t_s = tdb_seconds("2031-05-01")
    end = lanes.propagate(alone, t_s, start, t_s + period, rtol=1e-12)
    assert np.abs(end.state - start)[:3].max() < 1e-8 * axis


def test_oblateness_turns_the_node_at_the_rate_of_theory(eph: Ephemeris) -> None:
    # Nodal precession of a circular orbit, -1.5 n J2 (R/a)^2 cos i (Vallado 2013, eq. 9-37).
    model = ForceModel(eph, earth_j2=True, moon=False, sun=False)
    radius, tilt, t_s = 12e6, np.radians(60.0), tdb_seconds("2030-01-01")
    pole = eph.earth_pole(t_s)[:, 0]
    node = np.cross(pole, [1.0, 0.0, 0.0])
    node /= np.linalg.norm(node)
    side = np.cross(pole, node)
    pace = np.sqrt(eph.gm_earth / radius)
    start = np.concatenate([radius * node, pace * (np.cos(tilt) * side + np.sin(tilt) * pole)])[:, None]
    # Whole revolutions, so that the periodic part cancels.
    span = 4 * 2 * np.pi * np.sqrt(radius**3 / eph.gm_earth)
    end = lanes.propagate(model, t_s, start, t_s + span, rtol=1e-11).state
    after = np.cross(pole, np.cross(end[:3, 0], end[3:, 0]))
    turned = np.arctan2(np.dot(np.cross(node, after), pole), np.dot(node, after))
    theory = (
        -1.5
        * np.sqrt(eph.gm_earth / radius**3)
        * eph.earth_j2
        * (eph.earth_radius / radius) ** 2
        * np.cos(tilt)
        * span
    )
    assert turned == pytest.approx(theory, rel=0.01)


def test_sunlight_pushes_away_from_the_sun(eph: Ephemeris, points_only: ForceModel) -> None:
    lit = replace(points_only, pressure_m_s2=1e-6)
    t_s = tdb_seconds("2030-01-03")
    where, place = dynamics.bodies(lit, t_s), np.array([[3e8, 1e8, 0.0]]).T
    none = np.empty(0, dtype=np.intp)
    push = dynamics.acceleration(lit, where, place, none) - dynamics.acceleration(
        points_only, where, place, none
    )
    away = place - where.sun
    assert np.cross(push[:, 0], away[:, 0]) == pytest.approx(np.zeros(3), abs=1.0)
    # The Earth is at perihelion in early January: 3.4 % more light than at one astronomical unit.
    assert np.dot(push[:, 0], away[:, 0]) / np.linalg.norm(away) == pytest.approx(1.034e-6, rel=2e-3)


def test_every_switch_changes_the_path(eph: Ephemeris, points_only: ForceModel) -> None:
    t_s = tdb_seconds("2030-01-01")
    start = np.concatenate(
        [eph.moon.value(t_s) + np.array([[2.2e6], [0.0], [0.0]]), eph.moon.rate(t_s) + 1.9e3]
    )

    def end(model: ForceModel) -> np.ndarray:
        return lanes.propagate(model, t_s, start, t_s + 12 * 86_400.0, rtol=1e-10).state[:3, 0]

    base = end(points_only)
    changes = {"sun": False, "moon": False, "earth_j2": True, "planets": True, "pressure_m_s2": 1e-6}
    moved = {
        name: np.linalg.norm(end(replace(points_only, **{name: value})) - base)
        for name, value in changes.items()
    }
    moved["field"] = np.linalg.norm(end(replace(points_only, lunar_degree=8, field_reach_m=6e7)) - base)
    assert all(shift > 10.0 for shift in moved.values()), moved
    assert moved["sun"] > moved["pressure_m_s2"] > moved["earth_j2"]
