import pytest

from lunarchain.industry.growth import bottlenecks, doubling_time
from lunarchain.industry.recipe import recipe
from lunarchain.report.industry_figures import (
    flows_figure,
    growth_figure,
    growth_page,
    recipe_page,
    shares_figure,
)
from lunarchain.scenario.facts import load_facts

FACTS = load_facts()
SATELLITE = recipe(FACTS, "satellite", "highland")


def test_the_bars_of_a_recipe_are_its_figures():
    electricity, plant, imports = (sum(trace.x) for trace in shares_figure(SATELLITE, FACTS).data)
    assert electricity == pytest.approx(SATELLITE.electricity_kwh, rel=0.01)
    assert plant == pytest.approx(SATELLITE.plant_kg_per_unit_per_yr, rel=0.01)
    assert imports == pytest.approx(SATELLITE.imports_kg, rel=0.01)


def test_the_flows_of_a_recipe_end_in_the_product():
    links = flows_figure(SATELLITE, FACTS).data[0]
    product = links.node.label.index("Product")
    reached = [v for v, target in zip(links.link.value, links.link.target, strict=True) if target == product]
    assert sum(reached) == pytest.approx(1000, rel=1e-3)


def test_growth_shows_what_binds_first_on_top():
    gains = bottlenecks(FACTS, "highland")
    bars = growth_figure(doubling_time(FACTS, "highland"), gains, FACTS).data[0]
    assert bars.y[0] == "Electricity of every process"
    assert bars.x[0] == pytest.approx(100 * max(gains.values()), rel=1e-3)


def test_pages_load_nothing_from_anywhere():
    growth = doubling_time(FACTS, "highland")
    for page in (recipe_page(SATELLITE, FACTS), growth_page(growth, bottlenecks(FACTS, "highland"), FACTS)):
        assert page.startswith("<!doctype html>") and "<script src=" not in page
