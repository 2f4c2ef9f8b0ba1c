"""The batch integrator against scipy, its events against theory, its refusals."""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.errors import InputError
from lunarchain.trajectory import lanes
from lunarchain.trajectory.dynamics import ForceModel
from lunarchain.trajectory.ephemeris import DAY_S, Ephemeris, tdb_seconds
from lunarchain.trajectory.plain import propagate_plain
from lunarchain.trajectory.proof import fly_reference
from lunarchain.trajectory.site import launch_state


def shots(eph: Ephemeris, speeds: list[float], elevation: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    n = len(speeds)
    t_s = tdb_seconds("2030-01-01")[0] + 40_000.0 * np.arange(n)
    state = launch_state(eph, -55.0, 0.0, t_s, np.array(speeds), np.full(n, 90.0), np.full(n, elevation))
    return t_s, state


def test_batch_path_agrees_with_scipy(eph: Ephemeris) -> None:
    # The field reaches all the way: where it is switched off, the two paths do so up to a step apart.
    model = ForceModel(eph, 8, 1e9, True, planets=True, pressure_m_s2=6e-8)
    t_s, start = shots(eph, [2450.0, 2600.0])
    batch = propagate_plain(model, t_s, start, t_s + 2 * DAY_S, rtol=1e-11)
    reference = fly_reference(model, t_s, start, np.full(2, 2 * DAY_S))
    assert np.linalg.norm(batch.state[:3] - reference[:3], axis=0).max() < 0.01


def test_the_watcher_is_never_shown_nothing(eph: Ephemeris, points_only: ForceModel) -> None:
    t_s, start = shots(eph, [1500.0])
    seen: list[int] = []
    # Too slow to leave: the last step ends in the ground, and no lane is left to be shown.
    arcs = lanes.propagate(
        points_only, t_s, start, t_s + DAY_S, (lanes.Event(lanes.IMPACT, eph.moon_radius),), 1e-8,
        lambda which, *_: seen.append(len(which)),
    )  # fmt: skip
    assert arcs.stopped_by[0] == 0
    assert seen and min(seen) == 1


@pytest.mark.slow
def test_compiled_path_takes_the_same_steps(eph: Ephemeris) -> None:
    pytest.importorskip("numba")
    from lunarchain.trajectory.compiled import propagate_compiled

    model = ForceModel(eph, 8, 6e7, True, planets=True, pressure_m_s2=6e-8)
    t_s, start = shots(eph, list(np.linspace(2330.0, 2800.0, 24)))
    together = launch_state(
        eph,
        -55.0,
        0.0,
        np.repeat(t_s[:1], 70),
        np.linspace(2330.0, 2800.0, 70),
        np.full(70, 90.0),
        np.zeros(70),
    )  # more lanes of one epoch than one pack holds, with steps that grow apart
    t_s, start = np.concatenate([t_s, np.repeat(t_s[:1], 70)]), np.concatenate([start, together], axis=1)
    events = (
        lanes.Event(lanes.PERIGEE, beyond_moon_m=6.6e7),
        lanes.Event(lanes.IMPACT, eph.moon_radius),
        lanes.Event(lanes.SPHERE, 8e8),
        lanes.Event(lanes.APOLUNE, beyond_moon_m=1e7),
    )
    seen: dict[str, list[list[float]]] = {"plain": [[] for _ in t_s], "compiled": [[] for _ in t_s]}

    def watcher(name: str):
        def watch(which, t, _state, _moon) -> None:
            for lane, time in zip(which, t, strict=True):
                seen[name][lane].append(time)

        return watch

    plain = propagate_plain(model, t_s, start, t_s + 20 * DAY_S, events, 1e-10, watcher("plain"), True)
    compiled = propagate_compiled(
        model, t_s, start, t_s + 20 * DAY_S, events, 1e-10, watcher("compiled"), True
    )
    assert (plain.stopped_by == compiled.stopped_by).all()
    assert plain.steps == compiled.steps
    assert np.linalg.norm(plain.state[:3] - compiled.state[:3], axis=0).max() < 10.0
    assert plain.transition is not None and compiled.transition is not None
    assert np.abs(plain.transition - compiled.transition).max() < 1e-6 * np.abs(plain.transition).max()
    # The steps' lengths rest on an error estimate near rounding: their number is the same, their ends nearly so.
    for one, other in zip(seen["plain"], seen["compiled"], strict=True):
        assert one == pytest.approx(other, abs=2.0)


def test_the_transition_matrix_is_the_derivative(eph: Ephemeris) -> None:
    model = ForceModel(eph, 8, 6e7, True, planets=True, pressure_m_s2=6e-6)
    t_s, start = shots(eph, [2500.0])
    until = t_s + 3 * DAY_S
    whole = propagate_plain(model, t_s, start, until, rtol=1e-12, transition=True)
    assert whole.transition is not None
    matrix = whole.transition[:, :, 0]
    step = np.diag([10.0, 10.0, 10.0, 1e-3, 1e-3, 1e-3])
    t_s, until = np.repeat(t_s, 12), np.repeat(until, 12)
    ends = propagate_plain(
        model, t_s, np.concatenate([start + step, start - step], axis=1), until, rtol=1e-12
    )
    differences = (ends.state[:, :6] - ends.state[:, 6:]) / 2 / np.diag(step)
    assert np.abs(matrix - differences).max(axis=0) == pytest.approx(0.0, abs=1e-6 * np.abs(matrix).max())
    # Forces without friction keep volumes in phase space (Liouville).
    assert np.linalg.det(matrix) == pytest.approx(1.0, abs=1e-9)
    # It does not disturb the flight.
    alone = propagate_plain(model, t_s[:1], start, until[:1], rtol=1e-12)
    assert np.abs(alone.state - whole.state).max() < 1e-3


def test_lanes_fly_as_if_alone(points_only: ForceModel, eph: Ephemeris) -> None:
    # Packs share a step and are split when lanes' steps grow apart: neither may change where a lane ends.
    t_s = np.repeat(tdb_seconds("2030-01-01"), 12)
    start = launch_state(
        eph, -55.0, 0.0, t_s, np.linspace(2450.0, 2600.0, 12), np.full(12, 90.0), np.full(12, 0.5)
    )
    events = (lanes.Event(lanes.PERIGEE, beyond_moon_m=6.6e7), lanes.Event(lanes.IMPACT, eph.moon_radius))
    pack = propagate_plain(points_only, t_s, start, t_s + 10 * DAY_S, events, 1e-11)
    for lane in (0, 5, 11):
        own = slice(lane, lane + 1)
        alone = propagate_plain(points_only, t_s[own], start[:, own], t_s[own] + 10 * DAY_S, events, 1e-11)
        assert alone.stopped_by[0] == pack.stopped_by[lane]
        assert np.linalg.norm(alone.state[:3, 0] - pack.state[:3, lane]) < 1.0


def test_a_lane_of_no_length_stays(points_only: ForceModel, eph: Ephemeris) -> None:
    t_s, start = shots(eph, [2500.0, 2550.0])
    until = np.array([t_s[0], t_s[1] + 3600.0])
    found = lanes.propagate(points_only, t_s, start, until, transition=True)
    assert (found.state[:, 0] == start[:, 0]).all()
    assert found.t_s == pytest.approx(until)
    assert found.transition is not None
    assert (found.transition[:, :, 0] == np.eye(6)).all()
    assert np.linalg.norm(found.state[:3, 1] - start[:3, 1]) > 1e6
    none = lanes.propagate(points_only, t_s, start, t_s)
    assert (none.state == start).all()


def test_there_and_back(points_only: ForceModel, eph: Ephemeris) -> None:
    t_s, start = shots(eph, [2500.0, 2550.0])
    out = propagate_plain(points_only, t_s, start, t_s + 3 * DAY_S, rtol=1e-12)
    back = propagate_plain(points_only, out.t_s, out.state, t_s, rtol=1e-12)
    assert np.linalg.norm(back.state[:3] - start[:3], axis=0).max() < 1.0


def test_perigee_is_where_kepler_says(eph: Ephemeris) -> None:
    alone = ForceModel(eph, moon=False, sun=False)
    axis, eccentricity = 2.0e8, 0.9
    apogee, period = axis * (1 + eccentricity), 2 * np.pi * np.sqrt(axis**3 / eph.gm_earth)
    speed = np.sqrt(eph.gm_earth * (2 / apogee - 1 / axis))
    t_s = tdb_seconds("2031-05-01")
    start = np.array([[0.0, apogee, 0.0, -speed, 0.0, 0.0]]).T
    found = propagate_plain(alone, t_s, start, t_s + period, (lanes.Event(lanes.PERIGEE),), 1e-12)
    assert found.stopped_by[0] == 0
    assert found.t_s[0] - t_s[0] == pytest.approx(period / 2, abs=1e-3)
    assert np.linalg.norm(found.state[:3, 0]) == pytest.approx(axis * (1 - eccentricity), abs=1.0)


def test_a_slow_shot_comes_down(points_only: ForceModel, eph: Ephemeris) -> None:
    # Faster than a circular orbit, slower than escape: up on an ellipse, and down where it left.
    t_s, start = shots(eph, [1800.0], 20.0)
    events = (lanes.Event(lanes.IMPACT, eph.moon_radius), lanes.Event(lanes.APOLUNE))
    top = propagate_plain(points_only, t_s, start, t_s + DAY_S, events[1:])
    down = propagate_plain(points_only, t_s, start, t_s + DAY_S, events[:1])
    gap = np.linalg.norm(down.state[:3, 0] - eph.moon.value(down.t_s)[:, 0])
    assert gap == pytest.approx(eph.moon_radius, abs=1.0)
    assert down.t_s[0] - t_s[0] == pytest.approx(2 * (top.t_s[0] - t_s[0]), rel=0.05)


def test_leaving_a_sphere(points_only: ForceModel, eph: Ephemeris) -> None:
    t_s = tdb_seconds("2030-01-01")
    one = np.ones(1)
    start = launch_state(eph, 90.0, 0.0, t_s, 2600.0 * one, 90.0 * one, 0.5 * one)
    away = propagate_plain(points_only, t_s, start, t_s + 9 * DAY_S, (lanes.Event(lanes.SPHERE, 5e8),), 1e-9)
    assert away.stopped_by[0] == 0
    assert np.linalg.norm(away.state[:3, 0]) == pytest.approx(5e8, abs=1.0)


def test_a_state_that_is_no_number_is_refused(points_only: ForceModel) -> None:
    t_s = tdb_seconds("2030-01-01")
    with pytest.raises(InputError, match="lane 0"):
        lanes.propagate(points_only, t_s, np.full((6, 1), np.nan), t_s + 1.0)


def test_a_flight_past_the_ephemeris_is_refused(points_only: ForceModel, eph: Ephemeris) -> None:
    t_s, start = shots(eph, [2500.0])
    with pytest.raises(InputError, match="ephemeris"):
        lanes.propagate(points_only, t_s, start, np.array([eph.last_s + 1.0]))
