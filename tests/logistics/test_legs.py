"""The rocket equation and the flow rules, against closed forms; the audit, against plans made wrong."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.errors import InfeasibleError
from lunarchain.logistics.rocket import burnt_share, reachable_delta_v
from lunarchain.pipeline.logistics import Answer, solve_logistics
from lunarchain.plan.audit.logistics import audit
from lunarchain.scenario.facts import load_facts
from lunarchain.scenario.load import Case, load
from lunarchain.scenario.schema import Scenario


def quiet(*_: object) -> None:
    """No progress."""


@given(st.floats(0, 1e4), st.floats(200, 4000), st.floats(1, 1e3), st.floats(0.1, 1e3))
def test_a_burn_to_dry_tanks_gives_the_delta_v_tanks_can_give(
    dv: float, isp: float, propellant: float, dry: float
) -> None:
    most = reachable_delta_v(dry, propellant, isp, 9.80665)
    assert burnt_share(most, isp, 9.80665) * (dry + propellant) == pytest.approx(propellant, rel=1e-9)
    assert 0 <= burnt_share(dv, isp, 9.80665) < 1


def one_leg(
    cargo: float, dry: float, isp: float, delta_v: float, payload: float, days: float = 0, lost: float = 0
) -> Case:
    """Everything is brought to a depot, waits, and then flies one leg one way."""
    tree: dict[str, Any] = {
        "title": "one leg",
        "solve": {"gap": 1e-9},
        "logistics": {
            "places": ["home", "depot", "there"], "count_from": "home", "most_vehicles": 50,
            "phases": ["bring", "go"], "goods": {"cargo": {}, "fuel": {}},
            "vehicles": {"craft": {"dry_mass": dry, "payload": payload, "isp": isp, "mixture": {"fuel": 1}}},
            "legs": [
                {"start": "home", "end": "depot", "phases": ["bring"]},
                {"start": "depot", "end": "there", "delta_v": delta_v, "phases": ["go"]},
            ],
            "stays": {"depot": {"depot": True, "time": days, "boil_off": {"fuel": lost}}},
            "supplies": [{"at": "home", "good": g, "phases": ["bring"]} for g in ("cargo", "fuel", "craft")],
            "demands": [{"at": "there", "good": "cargo", "amount": cargo, "phases": ["go"]}],
        },
    }  # fmt: skip
    return Case("one", Scenario.model_validate(tree), load_facts(), "one.toml")


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 8), st.floats(0.05, 0.5), st.floats(300, 3000), st.floats(500, 4000))
def test_one_leg_is_the_rocket_equation(units: int, dry_share: float, isp: float, delta_v: float) -> None:
    """``units`` full vehicles: what leaves is their mass times the mass ratio."""
    payload = 10_000.0
    answered = solve_logistics(one_leg(units * payload, dry_share * payload, isp, delta_v, payload), quiet)
    ratio = math.exp(delta_v / (isp * 9.80665))
    assert answered.objective_kg == pytest.approx(units * payload * (1 + dry_share) * ratio, rel=1e-6)


def test_a_part_load_still_takes_a_whole_vehicle() -> None:
    over, full = (solve_logistics(one_leg(x, 2000, 300, 2000, 10_000), quiet) for x in (10_001, 20_000))
    flown = [a.tables["vehicles"].set_index("node")["value"]["depot>there"] for a in (over, full)]
    assert flown == [2, 2]


def test_boil_off_is_made_up_for_by_what_is_brought() -> None:
    answered = solve_logistics(one_leg(10_000, 2000, 300, 2000, 10_000, days=10, lost=0.01), quiet)
    burnt = 12_000 * math.expm1(2000 / (300 * 9.80665))
    assert answered.objective_kg == pytest.approx(12_000 + burnt / 0.99**10, rel=1e-9)


def test_what_no_vehicle_can_carry_is_infeasible() -> None:
    case = one_leg(600_000, 2000, 300, 2000, 10_000)
    with pytest.raises(InfeasibleError):
        solve_logistics(case, quiet)


def benchmark() -> tuple[Case, Answer]:
    case = load("benchmarks/isaji2022")
    return case, solve_logistics(case, quiet)


def changed(frame: pd.DataFrame, row: int, factor: float) -> pd.DataFrame:
    out = frame.copy()
    out.loc[row, "value"] *= factor
    return out


@pytest.mark.parametrize(
    ("table", "row", "factor", "statement"),
    [
        ("loads", 0, 1.1, "mass that leaves"), ("vehicles", 0, 2.0, "vehicles at places"),
        ("vehicles", 0, 1.05, "whole numbers"),
        ("goal", 0, 1.001, "mass that leaves"), ("sizes", 0, 0.9, "dry mass"),
    ],
)  # fmt: skip
def test_the_audit_sees_a_plan_made_wrong(table: str, row: int, factor: float, statement: str) -> None:
    case, answered = benchmark()
    assert case.scenario.logistics is not None
    tables = answered.tables | {table: changed(answered.tables[table], row, factor)}
    certificate = audit(tables, case.scenario.logistics, case.facts)
    assert not certificate.passed
    assert statement in certificate.failed


def test_the_audit_sees_less_propellant_than_a_leg_burns() -> None:
    case, answered = benchmark()
    loads = answered.tables["loads"]
    row = loads[(loads["node"] == "leo>llo") & (loads["detail"] == "hydrogen")].index[0]
    given_logistics = replace(case).scenario.logistics
    assert given_logistics is not None
    certificate = audit(answered.tables | {"loads": changed(loads, row, 0.5)}, given_logistics, case.facts)
    assert "arrival" in certificate.failed
