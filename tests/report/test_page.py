"""The page: one file that loads nothing, shows every number with its unit, and survives odd runs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs

from lunarchain.cli.flights import departures as departures_verb
from lunarchain.pipeline import store
from lunarchain.pipeline.departures import SHIPPED_MAP_DATE
from lunarchain.pipeline.store import Run
from lunarchain.report import figures, flight, moon_figures, style
from lunarchain.report.basis import UNSURE, unsure
from lunarchain.report.driver_figures import reach_rows, shown_reach
from lunarchain.report.labels import label, shown
from lunarchain.report.limits import limits
from lunarchain.report.page import CHARTS, _cards, _numbers, build_page, write_page
from lunarchain.report.view import View, view
from lunarchain.report.words import answer

from .small_run import ROWS, VERDICT, earth_rows

MakeRun = Callable[..., Run]
LOADING = ("src", "href", "srcset", "poster", "data", "action", "background", "xlink:href")


class Loads(HTMLParser):
    """Collects whatever a document would fetch, and the text a reader sees."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag in ("script", "style")
        self.found += [f"{tag} {name}={value}" for name, value in attrs if name in LOADING]
        self.found += [tag] if tag in ("link", "iframe", "object", "embed", "base") else []

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)


def read(page: str) -> Loads:
    found = Loads()
    found.feed(page.replace(get_plotlyjs(), ""))
    return found


@pytest.fixture
def seen(make_run: MakeRun) -> View:
    return view(make_run())


def drawn(seen: View) -> dict[str, go.Figure]:
    return {chart.key: chart.draw(seen) for chart in CHARTS} | {"limits": figures.binding(seen, limits(seen))}


def test_the_page_loads_nothing_and_is_small(make_run: MakeRun) -> None:
    page = build_page([make_run()])
    assert read(page).found == []
    own = page.replace(get_plotlyjs(), "")
    assert "@import" not in own and "url(" not in own and not re.search(r"https?://", own)
    assert page.count(get_plotlyjs()) == 1
    assert "What relaxing a limit would be worth" not in own  # this run has no shadow prices
    assert len(page) < 6e6


def test_the_page_says_what_the_run_says(make_run: MakeRun) -> None:
    page = build_page([make_run()])
    text = " ".join(" ".join(read(page).text).split())
    assert "<everyone>" in text and "<everyone>" not in page  # shown as written, never as markup
    for phrase in ("Is the Moon worth it?", "80 GW a year", "60 GW a year", "100 G$", "Who sends what where, in 2034",
                   "oxygen balance", "Mare 33°E east to Earth-Moon L2, propulsive", "+15", "demand.ceiling_gw",
                   "routes.tug_electric_lox.lift"):  # fmt: skip
        assert phrase in text, phrase


def test_a_failed_audit_is_plain_to_see(make_run: MakeRun) -> None:
    checks = [{"name": "money", "passed": False, "max_residual": 0.5, "rows": 3, "worst": "2034"}]
    failed = {"passed": False, "max_residual": 0.5}
    text = " ".join(read(build_page([make_run(certificate=failed | {"checks": checks}, audit=failed)])).text)
    assert "✗ Audit failed" in text and "FAILED" in text
    assert "✓ Audit" not in text


def test_a_run_without_a_moon_has_no_empty_lunar_charts(make_run: MakeRun) -> None:
    flight = {"passed": True, "checked": 0, "failed": 0, "rounds": 1}
    alone = {
        "decision_value": None,
        "decision_gap": None,
        "moon_worth_bound": None,
        "fly": flight,
        "verdict": [],
    }
    run = make_run(earth_rows(), {"moon": {"allowed": False}}, baseline=False, **alone)
    text = " ".join(read(build_page([run])).text)
    assert "Mass drivers" not in text and "Where lunar electricity goes" not in text
    for lunar in ("lunar-made and thrown", "hauled over the Moon", "plan without the Moon", "and Moon-made"):
        assert lunar not in text
    assert "This case has no Moon" in text
    assert not re.search(r"\b(nan|None|inf)\b", text)


def test_several_runs_are_compared_first(make_run: MakeRun) -> None:
    page = build_page([make_run(name="one"), make_run(earth_rows(), name="two")])
    text = " ".join(read(page).text)
    assert "2 runs compared" in text
    assert page.count(get_plotlyjs()) == 1
    assert text.index("2 runs compared") < text.index("New compute, by where it is built")


def test_what_was_changed_stands_beneath_the_title(make_run: MakeRun) -> None:
    changed = ["policies/licence_cap", "demand.growth=0.3"]
    run = make_run(changed=changed)
    text = " ".join(" ".join(read(build_page([run])).text).split())
    assert "Is the Moon worth it? With policies/licence_cap, demand.growth=0.3" in text
    assert answer(run, 80).splitlines()[1] == "With      policies/licence_cap, demand.growth=0.3"
    many = [f"data.compute.value={n}" for n in range(40)]
    assert "and 37 more (see the page)." in " ".join(answer(make_run(changed=many), 80).split())
    both = " ".join(" ".join(read(build_page([run, make_run(name="plain")])).text).split())
    assert "small: with policies/licence_cap" in both


def test_compared_runs_fit_side_by_side(make_run: MakeRun) -> None:
    page = build_page([make_run(name="one"), make_run(name="two")])
    tracks = "2 at Mare 33°E east (100 kg parts at 300 g, 0.9 s, 2.38 km/s)"
    # tracks are said in words, in a cell that may break
    assert f'<td class="">{tracks}</td>' in page
    assert not any("parts_100kg" in text for text in read(page).text)


def test_flight_says_how_it_judges_and_what_is_used(make_run: MakeRun) -> None:
    row = VERDICT | {"open_used": 0.2, "open_flown": 0.25, "spacing_m": 2500.0, "sampled": 100, "sampled_failed": 1}
    run = make_run()
    pd.DataFrame([row]).to_parquet(run.path / store.VERDICT, index=False)
    seen = view(store.Run(run.path))
    (shown_row,) = flight.rows(seen)
    assert (shown_row["time"], shown_row["apart"], shown_row["sampled"]) == ("20.0 % of 25.0 %", "2.5", "99 of 100")
    rise = seen.facts["trajectory.proof.terrain_rise"].value
    assert f"rise evenly by {rise:g} m" in flight.how_judged(seen) and "by construction" in flight.how_judged(seen)
    assert flight.how_judged(seen) in " ".join(" ".join(read(build_page([store.Run(run.path)])).text).split())


def test_the_map_says_its_date(seen: View) -> None:
    caption = next(chart.caption for chart in CHARTS if chart.key == "map")
    default = inspect.signature(departures_verb).parameters["epoch"].default
    assert default == SHIPPED_MAP_DATE and f"Drawn for one date, {default}" in caption


def test_the_picture_of_reach_has_each_place_once_beside_what_is_used(seen: View) -> None:
    few, everything = shown_reach(seen), reach_rows(seen.departures, seen)
    assert {row["key"][1] for row in few} == {row["key"][1] for row in everything}
    assert ("mare_33e_east", "eml2", "propulsive") in {row["key"] for row in few}


def test_the_page_is_written_into_the_run(make_run: MakeRun) -> None:
    run = make_run()
    path = write_page(run)
    assert path == run.path / "report.html"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_every_value_axis_has_a_unit(seen: View) -> None:
    for key, figure in drawn(seen).items():
        if key not in ("chain", "limits"):
            axes = figure.select_xaxes() if "h" in bars_of(figure) else figure.select_yaxes()
            assert all(axis.title.text for axis in axes), key


def bars_of(figure: go.Figure) -> set[str]:
    """Which way the bars of a chart run: across (h) or up."""
    return {trace.orientation or "v" for trace in figure.data if trace.type == "bar"}


def test_charts_leave_the_tail_out(seen: View) -> None:
    by_year = {chart.key for chart in CHARTS if chart.yearly}
    for key, figure in drawn(seen).items():
        for trace in figure.data:
            if trace.type in ("bar", "scatter") and (key in by_year or key == "limits"):
                assert max(trace.x) <= 2036, key
                assert np.nanmax(np.asarray(trace.y, dtype=float)) < 5000, key


def test_bars_of_new_compute_are_the_plan(seen: View) -> None:
    bars = {trace.name: list(trace.y) for trace in figures.compute_added(seen).data}
    assert bars["Lunar hulls joined in orbit"] == [0, 0, 30, 60]
    assert bars["On the ground"] == [8, 0, 0, 0]


def test_sums_stand_last_in_the_numbers_of_a_chart(seen: View) -> None:
    names = _numbers(figures.costs(seen), seen)["names"]
    assert names[0] == "Chips" and names[-1] == "All but chips (sum)"


def test_what_the_solver_rounds_is_nothing() -> None:
    assert style.rounded(np.array([3.0, -6.661e-17, 2e-16, 1e-4])) == [3, 0, 0, 1e-4]
    assert style.rounded(np.array([0.0, np.nan]))[0] == 0


def test_axes_are_marked_where_periods_begin(seen: View) -> None:
    edges = set(seen.span.edges[: seen.span.count + 1])
    for chart in CHARTS:
        if chart.yearly:
            for axis in chart.draw(seen).select_xaxes():
                assert not axis.tickvals or set(axis.tickvals) <= edges, chart.key
    assert set(figures.compute_added(seen).layout.xaxis.tickvals) <= edges


def test_tiles_give_the_mean_of_a_crest(make_run: MakeRun) -> None:
    waves = ROWS | {"satellites": [(0, "heo", "earth", "added", 500.0), (3, "eml2", "hybrid", "added", 60.0)]}
    tiles = {card["name"]: card["note"] for card in _cards(view(make_run(waves)))}
    assert tiles["Most satellites in a year"] == "in 2030; 112 GW a year over a life of 5 years"  # 500 + 60 in five
    assert tiles["Made on the Moon at best"].startswith("in 2034; 24 GW a year over a life")


def test_savings_are_the_difference_between_the_two_plans(make_run: MakeRun) -> None:
    rows = ROWS | {"costs": [(0, "all", "chips", "charged", 100.0), (2, "all", "chips", "charged", 250.0)]}
    lines = {
        trace.name: list(trace.y)
        for trace in figures.costs(view(make_run(rows))).data
        if trace.type == "scatter"
    }
    # without the Moon 300 a year; the line holds its last value to the end
    assert lines["Payments (below zero: more is paid)"] == [200, 500, 600, 1200, 1200]


def test_flows_of_the_best_lunar_year(seen: View) -> None:
    sankey = figures.chain(seen).data[0]
    names = sankey.node.label
    flows = {
        (names[a], names[b]): v
        for a, b, v in zip(sankey.link.source, sankey.link.target, sankey.link.value, strict=True)
    }
    assert flows == {("South pole", "Mare 33°E"): 432, ("Mare 33°E", "Earth-Moon L2"): 480}


def test_lift_is_split_by_use(seen: View) -> None:
    lift = figures.lift_by_use(seen)
    gear = {
        route: seen.number(f"routes.{route}.lift", "dimensionless")
        for route in ("heo_tug", "eml2_tug", "tug_electric_lox")
    }
    assert lift["Whole satellites"][2] == pytest.approx(100 * gear["heo_tug"])
    assert lift["Parts for yards"][2] == pytest.approx(90 * gear["eml2_tug"])
    assert lift["Imports for lunar goods"][2] == pytest.approx(5 * gear["tug_electric_lox"])


def test_plant_by_origin(seen: View) -> None:
    made, sent = moon_figures.plant_by_origin(seen)
    share = seen.number("closure.grade.mature.import_factor", "dimensionless")
    melt = seen.networks["south_pole"]["P03b"].plant_kt
    robot = seen.number("labour.robot_mass", "kt/robot") / seen.number(
        "labour.handled_per_robot", "kt/robot/yr"
    )
    assert made[2] == pytest.approx(40 + 20 * (1 - share))
    assert sent[2] == pytest.approx(20 * share + 0.2 * melt + 5 * robot)
    assert sent[3] == pytest.approx(1)


def test_electricity_of_shots_and_processes(seen: View) -> None:
    uses = moon_figures.electricity_gwh(seen)
    digging = seen.networks["south_pole"]["P01"].electricity_gwh
    assert uses["Excavate and haul"][3] == pytest.approx(700 * digging)
    # 2.384 km/s is 0.789 kWh/kg of motion; the plug gives more
    assert uses["Mass drivers"][3] > 500 * 0.789


def test_what_the_headline_rests_on_is_unsure_and_in_use(seen: View) -> None:
    ids = [fact.id for fact in unsure(seen)]
    assert {seen.facts[key].kind for key in ids} <= set(UNSURE)
    assert "power.fission.imported_mass_earth" in ids  # it gives most of this plan's power
    assert not any(key.startswith(("power.ring", "vehicles.new_glenn", "orbits.geo")) for key in ids)


def test_every_figure_of_merit_has_a_name(seen: View) -> None:
    assert all(label(key) for key in seen.figures)


def test_numbers_for_tables() -> None:
    assert shown(None) == shown(float("nan")) == "–"
    assert shown(12345.678) == "12,350"
    assert shown(2034) == "2034"


def test_an_orbit_has_one_colour_on_every_page(seen: View) -> None:
    """The same colour whichever other orbits the case has, and one of its own."""
    every = tuple(seen.facts.children("orbits"))

    def colours(orbits: tuple[str, ...]) -> dict[str, str]:
        satellites = seen.scenario.satellites.model_copy(update={"orbits": orbits})
        scenario = seen.scenario.model_copy(update={"satellites": satellites})
        return figures.orbit_colours(replace(seen, scenario=scenario))

    whole = colours(every)
    assert len(set(whole.values())) == len(whole) == len(every) + 1
    for orbit in every:
        assert colours((orbit,)).items() <= whole.items()
