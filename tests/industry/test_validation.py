from lunarchain.comparison import CALIBRATED, HIT, MISS
from lunarchain.industry.validation import comparisons


def test_misses_are_listed_beside_the_hits(facts):
    found = {row.what: row.verdict for row in comparisons(facts)}
    assert found["satellite: electricity"] == HIT
    assert found["Metzger 2013: mass at the end, printers at half rate"] == MISS
    assert found["Metzger 2013: mass of generation 6, fast case"] == CALIBRATED
    assert found["Metzger 2013: cut of the last mass, duty 0.40 for 0.70"] == HIT
