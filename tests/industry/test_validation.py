from lunarchain.industry.validation import CALIBRATED, HELD, MISSED, Comparison, comparisons


def test_the_verdict_is_the_same_whichever_way_the_ratio_lies():
    high, low = (Comparison("x", 1.0, ours, "kg", 0.1, "s") for ours in (1.11, 1 / 1.11))
    assert high.verdict == low.verdict == MISSED
    assert Comparison("x", 1.0, 1.09, "kg", 0.1, "s").verdict == HELD


def test_what_was_calibrated_makes_no_claim():
    assert Comparison("x", 1.0, 1.0, "kg", 0.1, "s", calibrated=True).verdict == CALIBRATED


def test_misses_are_listed_beside_the_hits(facts):
    found = {row.what: row.verdict for row in comparisons(facts)}
    assert found["satellite: electricity"] == HELD
    assert found["Metzger 2013: mass at the end, printers at half rate"] == MISSED
    assert found["Metzger 2013: mass of generation 6, fast case"] == CALIBRATED
