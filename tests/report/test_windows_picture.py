"""The picture of windows: what it says of the direction, and of the dates with no departure."""

import pandas as pd

from lunarchain.report.departure_figures import windows_caption, windows_figure, windows_title


def found(azimuths_deg: list[float | None]) -> pd.DataFrame:
    """Windows of one day each, closed where there is no azimuth."""
    is_open = [azimuth is not None for azimuth in azimuths_deg]
    some = pd.Series([2.5 if one else None for one in is_open], dtype=float)
    return pd.DataFrame({
        "epoch": [f"2030-01-{day:02d}T00:00:00" for day in range(1, len(is_open) + 1)], "feasible": is_open,
        "azimuth_deg": pd.Series(azimuths_deg, dtype=float), "reason": ["" if one else "too far" for one in is_open],
        "exit_speed_km_s": some, "delta_v_km_s": some, "flight_time_d": some, "trim_m_s": some,
    })  # fmt: skip


def test_the_title_says_how_far_shots_are_steered_also_over_north() -> None:
    assert "fired east and steered by up to 12°: open at 2 of 3" in title([90.0, 102.0, None], 90.0)
    assert "fired north and steered by up to 8°" in title([355.0, 8.0], 0.0)
    assert "fired east: open at 1 of 1" in title([90.0], 90.0)
    assert "fired east: open at 0 of 1" in title([None], 90.0)


def title(azimuths_deg: list[float | None], own_deg: float) -> str:
    return windows_title("leo", "propulsive", (-55.0, 0.0), own_deg, found(azimuths_deg))


def test_grey_is_explained_only_where_something_is_grey() -> None:
    assert "Grey" in windows_caption(found([90.0, None]))
    assert "Grey" not in windows_caption(found([90.0, 95.0]))


def test_the_directions_are_drawn_and_axes_start_at_zero_but_for_those_close_up() -> None:
    figure = windows_figure(found([90.0, 102.0, None]), 90.0)
    drawn = {trace.name: trace for trace in figure.data}
    assert list(drawn["Direction of the shot, from north over east"].y) == [90.0, 102.0, None]
    starts = [axis.rangemode == "tozero" for axis in figure.select_yaxes()]
    close = ["close up" in note.text for note in figure.layout.annotations[: len(starts)]]
    assert starts == [not near for near in close]
