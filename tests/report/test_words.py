"""The answer in words, right in every situation a run can end in, and never longer than a screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lunarchain.pipeline.store import Run
from lunarchain.report.page import build_page
from lunarchain.report.phrases import figure_text, listed, lowered, money_text, rate_text
from lunarchain.report.view import view
from lunarchain.report.words import answer, fact_text
from lunarchain.report.worth import card
from lunarchain.scenario.facts import Facts

from .small_run import CERTIFICATE, ROWS, VERDICT, earth_rows

MakeRun = Callable[..., Run]
EARTH_ONLY = {"satellites": {"orbits": ["leo", "heo"]}, "moon": {"allowed": False}}
NOT_FLOWN = {"passed": True, "checked": 0, "failed": 0, "rounds": 1}


def said(run: Run) -> str:
    """The answer as one line, so that a phrase may break anywhere."""
    return " ".join(answer(run).split())


def test_a_plan_with_the_moon_says_what_is_made_where_and_why(make_run: MakeRun) -> None:
    text = said(make_run())
    assert "From 2030 to 2036 the plan adds 252 GW of AI compute" in text  # 4 + 20 + 40 + 60 + 120 + 8
    assert (
        "64 GW in Earth-built satellites, 180 GW as lunar hulls joined in orbit and 8 GW on the ground"
        in text
    )
    assert "The Moon gives more than 1 GW a year from 2032, and most new compute from 2032" in text
    assert "Hulls are made at South pole and joined with their chips in Earth-Moon L2" in text
    assert "100 G$ in all, known to within 1 %" in text


def test_it_wins_on_lift_only_where_it_does(make_run: MakeRun) -> None:
    assert "It saves lift: each kilogram landed puts 43 kg" in said(
        make_run()
    )  # 180 GW x 7.2 kt over 30 kt
    heavy = [row for row in ROWS["transport"] if row[1] != "south_pole"]
    heavy += [(2, "south_pole", "tug_electric_lox", "plant", 5000)]
    assert "It does not save lift" in said(make_run(ROWS | {"transport": heavy}))


def test_the_moon_that_is_not_used(make_run: MakeRun) -> None:
    run = make_run(
        earth_rows(), decision_value=0.0, decision_gap=None, moon_worth_bound=0.7, fly=NOT_FLOWN, verdict=[]
    )
    text = said(run)
    assert (
        "The best plan makes nothing on the Moon. Proven: using it could gain at most 0.7 G$, 0.07 % of cost"
        in text
    )
    assert (
        "Lift is scarce (growth of Starship flights in 2 of 4 periods), but landing plant would take lift"
        in text
    )
    assert " in all, known to within" not in text


def test_a_search_cut_off_before_it_could_say_gives_no_reasons(make_run: MakeRun) -> None:
    run = make_run(earth_rows(), decision_value=0.0, decision_gap=None, moon_worth_bound=990.0, fly=NOT_FLOWN,
                   verdict=[], gap=0.99, status="interrupted")  # fmt: skip
    text = said(run)
    assert "Moon Not known: the search ended before it could say whether the Moon pays." in text
    assert "Using it may gain at most 990 G$, 99 % of cost and unserved value" in text
    assert "Proven" not in text and "Lift is scarce" not in text and "best plan" not in text
    assert "0.1 % was asked for; the search was interrupted. The bound holds" in text
    assert card(view(run))[1:] == ("not known", "the search ended first; at most 990 G$")


def test_a_failed_check_without_a_residual_is_named_all_the_same(make_run: MakeRun) -> None:
    broken = {"name": "satellites age", "passed": False, "max_residual": None, "rows": 3, "worst": ""}
    failed = {"passed": False, "max_residual": None}
    run = make_run(certificate=failed | {"checks": [broken]}, audit=failed)
    assert "FAILED, do not rely on this plan: satellites age (not a number)" in said(run)
    assert "not a number" in build_page([run])


def test_the_moon_not_used_because_lift_is_no_limit(make_run: MakeRun) -> None:
    rows = earth_rows() | {
        "launches": [(t, "starship", name, "", 9) for t in range(4) for name in ("flights", "cadence")]
    }
    text = said(make_run(rows, decision_value=0.0, moon_worth_bound=0.7, fly=NOT_FLOWN, verdict=[]))
    assert "Earth launch is never at its limit (at most 9 flights a year)" in text


def test_a_case_without_a_moon(make_run: MakeRun) -> None:
    run = make_run(earth_rows(), EARTH_ONLY, baseline=False, decision_value=None, decision_gap=None,
                   moon_worth_bound=None, fly=NOT_FLOWN, verdict=[])  # fmt: skip
    text = said(run)
    assert "This case has no Moon" in text
    assert "worth" not in text


def test_nothing_thrown_means_nothing_flown(make_run: MakeRun) -> None:
    assert "no departure was flown (0 checked)" in said(make_run(fly=NOT_FLOWN, verdict=[]))


def test_flight_passed_says_how_many_and_how_often_corrected(make_run: MakeRun) -> None:
    assert "Passed: the one kind of departure held in flight (after 2 rounds)" in said(make_run())


def test_flight_failed_names_the_departure_and_the_cause(make_run: MakeRun) -> None:
    failed = VERDICT | {"passed": False, "reason": "needs 40 m/s more"}
    run = make_run(verdict=[failed], fly={"passed": False, "checked": 1, "failed": 1, "rounds": 6})
    assert "FAILED for 1 of 1 departures: Mare 33°E east to Earth-Moon L2 (needs 40 m/s more)" in said(run)


def test_audit_failed_names_the_balance(make_run: MakeRun) -> None:
    broken = {
        "name": "oxygen balance",
        "passed": False,
        "max_residual": 0.02,
        "rows": 12,
        "worst": "south_pole 2034",
    }
    run = make_run(certificate=CERTIFICATE | {"passed": False, "checks": [broken]},
                   audit={"passed": False, "max_residual": 0.02})  # fmt: skip
    text = said(run)
    assert "FAILED, do not rely on this plan: oxygen balance (off by 0.02 at south_pole 2034)" in text
    assert "Audit Passed" not in text


def test_gap_not_reached_is_said_with_both_gaps(make_run: MakeRun) -> None:
    text = said(make_run(gap=0.02, decision_gap=0.5, status="time limit"))
    assert "GAP NOT REACHED: a plan up to 2 % better may exist; 0.1 % was asked for within 300 s" in text
    assert "known only to within 50 % of itself; 10 % was asked for" in text


def test_gap_reached_does_not_alarm(make_run: MakeRun) -> None:
    text = said(make_run())
    assert "No plan can be more than 0.055 % better (0.1 % was asked for)." in text
    assert "NOT REACHED" not in text


def test_terawatt_not_reached_names_the_best_year_and_the_limit(make_run: MakeRun) -> None:
    text = said(make_run(case={"policy": {"launch_licences_per_yr": 900}}))
    assert "Satellites do not reach a terawatt a year: the best is 80 GW a year in 2034" in text
    held = text.split("What holds it then: ")[1].split(".")[0]
    assert "launch licences" in held


def test_the_way_to_a_terawatt_is_marked_at_a_tenth(make_run: MakeRun) -> None:
    text = said(
        make_run(
            ROWS | {"satellites": [(2, "heo", "earth", "added", 100), (3, "heo", "earth", "added", 700)]}
        )
    )
    assert (
        "Satellites pass 100 GW a year in 2032 but do not reach a terawatt a year: the best is 700 GW" in text
    )


def test_terawatt_reached_by_the_moon_alone(make_run: MakeRun) -> None:
    lunar = [(2, "eml2", "hybrid", "added", 1000), (3, "eml2", "hybrid", "added", 1500)]
    text = said(make_run(ROWS | {"satellites": lunar}))
    assert (
        "Satellites pass a terawatt a year in 2032; Moon-made ones alone pass it in 2032 and reach 1.5 TW a year"
        in text
    )


def test_terawatt_reached_only_together(make_run: MakeRun) -> None:
    mixed = [(3, "heo", "earth", "added", 700), (3, "eml2", "hybrid", "added", 400)]
    text = said(make_run(ROWS | {"satellites": mixed}))
    assert "(best mean over a life: 440 GW a year); Moon-made ones alone reach 400 GW a year in 2034" in text


def test_terawatt_reached_from_earth(make_run: MakeRun) -> None:
    rows = earth_rows() | {"satellites": [(3, "heo", "earth", "added", 1100)]}
    text = said(make_run(rows, EARTH_ONLY, baseline=False, fly=NOT_FLOWN, verdict=[]))
    assert (
        "pass a terawatt a year in 2034 in a crest alone (best mean over a life: 440 GW a year), all of them built on"
        " Earth; the best year gives 1.1 TW a year"
        in text
    )


def test_a_plan_that_builds_nothing(make_run: MakeRun) -> None:
    text = said(make_run({}, EARTH_ONLY, baseline=False, fly=NOT_FLOWN, verdict=[]))
    assert "builds no compute at all" in text


def test_the_crest_of_a_wave_is_called_one_with_the_mean_over_a_life(make_run: MakeRun) -> None:
    waves = [(t, "heo", "earth", "added", gw) for t, gw in ((0, 300), (1, 20), (2, 20), (3, 150))]
    text = said(make_run(ROWS | {"satellites": waves}))
    # 300 in one year, 20 in the next three, 150 in the last two: the best five are the first, 510 in all
    assert "the best is 300 GW a year in 2030, the crest of a wave of renewal (102 GW a year is the best mean" in text
    assert "over the 5 years of a satellite's life" in text
    steady = [(t, "heo", "earth", "added", 100) for t in range(4)]
    assert "the crest of" not in said(make_run(ROWS | {"satellites": steady}))


@pytest.mark.parametrize("columns", [60, 80, 98])
def test_every_sentence_of_the_screen_ends(make_run: MakeRun, columns: int) -> None:
    paragraphs: list[str] = []
    for line in answer(make_run(warnings=["one thing was found."] * 3), columns).splitlines()[1:-1]:
        if line[0] == " ":
            paragraphs[-1] += line
        else:
            paragraphs.append(line)
    assert all(text.endswith(".") for text in paragraphs)
    assert "Hangs on" in paragraphs[-4] and "are estimates and" in " ".join(paragraphs[-4].split())


@pytest.mark.parametrize(
    "warnings", [[], ["sourced numbers replaced by the scenario: " + ", ".join(["compute.value"] * 90)]]
)
def test_one_screen_and_the_page_last(make_run: MakeRun, warnings: list[str]) -> None:
    run = make_run(warnings=warnings)
    lines = answer(run, 80).splitlines()
    assert len(lines) <= 24
    assert all(len(line) <= 80 for line in lines[:-1])
    assert lines[-1].endswith(str(run.path / "report.html"))


def test_what_it_hangs_on_gives_ranges_and_counts(make_run: MakeRun) -> None:
    text = said(make_run())
    assert "Hangs on" in text
    assert " numbers used, " in text and " are estimates" in text
    decisive = text.split("Above all: ")[1]
    assert "P09" not in decisive and decisive.count(" to ") >= 1


def test_facts_read_as_people_say_them(facts: Facts) -> None:
    assert fact_text(facts["processes.P09.plant"]).startswith("PV blanket: plant mass per unit annual activity, 1 kg")


def test_numbers_read_well() -> None:
    assert figure_text(11368.2) == "11,400"
    assert figure_text(0.00123) == "0.00123"
    assert rate_text(999.4) == "999 GW a year"
    assert rate_text(1284) == "1.28 TW a year"
    assert money_text(45720) == "45.7 T$"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert lowered("Earth-built") == "Earth-built"
    assert lowered("LOX plant") == "LOX plant"
    assert lowered("Slots") == "slots"
