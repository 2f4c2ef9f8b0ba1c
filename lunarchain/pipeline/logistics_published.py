"""Published answers of logistics cases beside ours: each row solves its case (hundredths of a second)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lunarchain.comparison import Comparison
from lunarchain.pipeline.logistics import solve_logistics
from lunarchain.plan.logistics import figures
from lunarchain.scenario.facts import Facts
from lunarchain.scenario.load import load

RATIOS = (
    "returning_ship", "surface_oxygen", "lander_surface_oxygen", "lander_orbital_oxygen", "electric_tug",
    "self_propelled",
)  # fmt: skip
EXACT, RATIO = 1e-6, 0.15


def rows(facts: Facts) -> list[Comparison]:
    """Every comparison of this room. Cases are those shipped; the numbers are those of ``facts``."""
    return [_campaign(facts), *_ratios(facts)]


def _figures(name: str, facts: Facts) -> dict[str, float]:
    answer = solve_logistics(replace(load(name), facts=facts), lambda *_: None)
    return figures(answer.tables, answer.network)


def _campaign(facts: Facts) -> Comparison:
    fact = facts["benchmark_isaji2022.result.imleo_fixed"]
    ours = _figures("benchmarks/isaji2022", facts)["imleo_kg"]
    what = "Isaji, Takubo, Ho 2022: two missions, mass that leaves"
    return Comparison(what, fact.to("kg"), ours, "kg", EXACT, fact.source, fact.kind)


def _ratios(facts: Facts) -> Iterator[Comparison]:
    for name in RATIOS:
        fact = facts[f"logistics.published.{name}"]
        ours = _figures(f"logistics/{name}", facts)["leo_kg_per_kg_delivered"]
        what = fact.description.removeprefix("Published ratio").lstrip(",: ")
        yield Comparison(
            what, fact.to("kg/kg"), ours, "kg/kg", RATIO, fact.source, fact.kind, f"case logistics/{name}"
        )
