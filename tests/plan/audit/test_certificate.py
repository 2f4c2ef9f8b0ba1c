"""How a statement is judged: the larger side, the floor near zero, numbers that are none."""

from __future__ import annotations

import numpy as np
import pytest

from lunarchain.plan.audit.certificate import FLOOR, Line, Statement, certify

EDGES = np.array([2030.0, 2031.0, 2033.0])
FLOW = Statement("flow", "used <= there [kt/yr]")


def judged(*lines: Line) -> float:
    certificate = certify(lines, EDGES, 0.0)
    (check,) = certificate.checks
    assert check.passed == (check.max_residual <= 1e-6) == certificate.passed
    return check.max_residual


def test_residual_is_relative_to_the_larger_side() -> None:
    assert judged(FLOW.equal("here", np.array([8.0, 1.0]), np.array([10.0, 1.0]))) == pytest.approx(0.2)


def test_less_than_there_is_may_be_used() -> None:
    assert judged(FLOW.within("here", np.array([1.0, 0.0]), np.array([2.0, 0.0]))) == 0.0


def test_near_zero_the_scale_of_the_whole_statement_counts() -> None:
    large = FLOW.within("there", np.array([1e3, 0.0]), np.array([1e3, 0.0]))
    small = FLOW.within("here", np.array([1e-10, 0.0]), np.zeros(2))
    assert judged(large, small) == pytest.approx(1e-10 / (FLOOR * 1e3))


def test_unlike_quantities_do_not_share_a_scale() -> None:
    large = FLOW.within("there", np.array([1e3, 0.0]), np.array([1e3, 0.0]), "iron")
    small = FLOW.within("here", np.array([1e-10, 0.0]), np.zeros(2), "silver")
    assert judged(large, small) == pytest.approx(1.0)


def test_a_number_that_is_none_never_passes() -> None:
    assert judged(FLOW.within("here", np.array([np.nan, 0.0]), np.ones(2))) == np.inf


def test_only_what_the_tables_leave_out_is_allowed_for() -> None:
    line = FLOW.within("here", np.array([3e-9, 0.0]), np.zeros(2))
    spoken = FLOW.within("here", np.array([3e-9, 0.0]), np.array([2e-9, 2e-9]))
    assert judged(line.compared(spoken)) == pytest.approx(1 / 3)


def test_worst_names_period_years_place_and_both_numbers() -> None:
    line = FLOW.within("lox at mare_33e", np.array([1.0, 2.5]), np.array([1.0, 2.0]))
    (check,) = certify([line], EDGES, 0.0).checks
    assert check.worst == "period 1 (2031-2033), lox at mare_33e: 2.5 should be <= 2"
