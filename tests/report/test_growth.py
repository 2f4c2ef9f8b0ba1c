import numpy as np
import pytest

from lunarchain.report.growth import free_share, grown, held, plant_growth
from lunarchain.report.limits import Limit, limits
from lunarchain.report.view import view


@pytest.fixture()
def seen(make_run):
    stock = [(t, "moon", "made so far", "", 2.0 ** (3 * t)) for t in range(3)]
    return view(make_run({"plant": [*stock, (0, "south_pole", "structure", "crude", 0.4)]}))


def limit(seen, name: str, used: list[float]) -> Limit:
    spent = np.array(used + [0.0] * (seen.span.count - len(used)))
    return Limit(name, "kt/yr", spent, np.ones(seen.span.count))


def test_what_held_growth_is_ranked_by_its_share_of_the_years(seen):
    span = seen.span
    found = [limit(seen, "Experience for mature lunar plant", [0.0, 1.0]), limit(seen, "Demand: batch", [1.0, 1.0])]
    years = span.lengths[:2].sum()
    assert held(seen, found) == {"Experience for mature lunar plant": pytest.approx(span.lengths[1] / years)}
    assert free_share(seen, found) == pytest.approx(span.lengths[0] / years)


def test_the_sentence_says_how_fast_when_and_what(seen):
    found = [limit(seen, "Commissioning of lunar plant", [1.0, 1.0])]
    text = grown(seen, found)
    assert text.startswith("Lunar-made plant doubled every")
    assert str(seen.span.year(0)) in text and "commissioning of lunar plant in 100 %" in text
    assert "not worth its price" in grown(seen, [])


def test_a_plan_without_lunar_plant_says_nothing_of_growth(make_run):
    empty = view(make_run({"plant": []}))
    assert grown(empty, limits(empty)) == ""


def test_the_chart_stands_on_logarithmic_axes(seen):
    figure = plant_growth(seen)
    assert {axis.type for axis in figure.select_yaxes()} == {"log"}
