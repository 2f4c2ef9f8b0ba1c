import pytest

from lunarchain.comparison import AT_LEAST, AT_MOST, CONTRADICTION, HIT, MISS, Comparison


def row(ours: float, tolerance: float = 0.1, **more: str) -> Comparison:
    return Comparison("x", 1.0, ours, "kg", tolerance, "a book", "seen", **more)


def test_the_verdict_is_the_same_whichever_way_the_ratio_lies():
    assert row(1.11).verdict == row(1 / 1.11).verdict == MISS
    assert row(1.09).verdict == row(1 / 1.09).verdict == HIT


@pytest.mark.parametrize(("relation", "ours", "verdict"), [
    (AT_LEAST, 5.0, HIT), (AT_LEAST, 0.8, MISS), (AT_MOST, 0.2, HIT), (AT_MOST, 1.2, MISS),
])  # fmt: skip
def test_a_bound_holds_one_way(relation: str, ours: float, verdict: str):
    assert row(ours, relation=relation).verdict == verdict


def test_a_finding_stands_in_place_of_arithmetic():
    found = row(1.0, finding=CONTRADICTION).as_dict()
    assert found["verdict"] == CONTRADICTION
    assert found["ratio"] == 1.0
