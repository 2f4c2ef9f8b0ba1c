"""The article's claims beside the plan: each number from the run or the facts, each verdict as the numbers say."""

from __future__ import annotations

from lunarchain.report.claims import Claim, claims
from lunarchain.report.page import build_page
from lunarchain.report.view import view
from tests.report.conftest import MakeRun


def found(make_run: MakeRun, **changes: object) -> dict[str, Claim]:
    return {claim.says: claim for claim in claims(view(make_run(**changes)))}


def test_every_claim_stands_beside_the_plans_own_number(make_run: MakeRun) -> None:
    said = found(make_run)
    assert len(said) == 8
    # 60 GW a year at best are joined from lunar hulls: 100 TW a year is 1,670 times more
    assert "0.06 TW a year" in said["100 TW a year from the Moon"].here
    assert "1,670 times short" in said["100 TW a year from the Moon"].so
    # 20 GW a year at best from Earth, at 10 kt a GW
    assert said["100 GW a year of satellites from Earth"].so.startswith("5 times short")
    assert said["1 Mt of satellites a year"].here == "0.2 Mt a year"
    # 900 flights over 145 licences, within what has been stated
    assert said["as many launches as it takes"].so == "6.21 times what is licensed today"


def test_a_fleet_beyond_every_estimate_does_not_fit_the_shell(make_run: MakeRun) -> None:
    rows = {"satellites": [(2, "eml2", "all", "in service", 9000), (2, "heo", "earth", "added", 9)]}
    said = found(make_run, rows=rows)["a million satellites in dawn-dusk orbit"]
    assert "9,000 GW does not fit" in said.so and "96 %" not in said.here


def test_a_case_without_the_moon_is_not_asked_about_it(make_run: MakeRun) -> None:
    said = found(make_run, case={"moon": {"allowed": False}})
    assert not any("Moon" in says for says in said)


def test_the_page_shows_them(make_run: MakeRun) -> None:
    page = build_page([make_run()])
    assert "The claims this starts from" in page and "times what is licensed today" in page
