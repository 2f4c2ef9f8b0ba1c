"""The printed equations are the model's own: every family, its counts, and rows that change when the model does."""

from __future__ import annotations

import re

import pyomo.environ as pyo
import pytest

from lunarchain.model.build import build_pyomo
from lunarchain.model.context import Context
from lunarchain.report.equations import Equations, as_latex, as_markdown, as_text, equations
from tests.model.small import SETTINGS, inputs


@pytest.fixture(scope="module")
def context() -> Context:
    return build_pyomo(inputs(policy={"launch_licences_per_yr": 4000}, goals={"least_share_served": 0.1}))


@pytest.fixture(scope="module")
def found(context: Context) -> Equations:
    return equations(context, "small")


def test_every_family_is_there_with_its_count(context: Context, found: Equations) -> None:
    rows = {row.name: row.count for part in found.subsystems for row in part.rows}
    columns = {column.name: column.count for part in found.subsystems for column in part.columns}
    model = context.model
    assert rows == {c.name: len(c) for c in model.component_objects(pyo.Constraint) if len(c)}
    assert columns == {v.name: len(v) for v in model.component_objects(pyo.Var) if len(v)}


def test_prose_is_not_broken_where_its_source_is(found: Equations) -> None:
    """Every statement of a subsystem is one line: a terminal breaks it where it is wide, and no word is lost."""
    text = as_text(found)
    for part in found.subsystems:
        assert " ".join(part.text.split()) in " ".join(text.split())
        statements = [line for line in part.text.splitlines() if line.endswith((";", ".")) and " " in line]
        assert all(re.search(rf"^  .*{re.escape(line)}$", text, re.MULTILINE) for line in statements)
    broken = [line for line in found.subsystems[0].text.splitlines() if " " in line and line[-1] not in ".;:"]
    assert broken and not any(f"  {line}\n" in text for line in broken)


def test_general_forms_read_as_the_rows_do(found: Equations) -> None:
    text = as_text(found)
    assert "cadence_used[v,t]: flights[v,t] - cadence[v,t] <= 0" in text
    assert "cadence_growth[v,t]: cadence[v,t] - a cadence[v,t'] <= b" in text
    assert re.search(r"demand_met\[q,t\]: sum_\{o\} served\[o,q,t\] - sum_\{\w\} tier\[q,\w,t\] = 0", text)


def test_worked_rows_carry_the_numbers_of_the_case(found: Equations) -> None:
    """The licence row in numbers, and another cap gives another row."""
    rows = {row.name: row for part in found.subsystems for row in part.rows}
    assert rows["policy"].worked.endswith("flights[starship,2] <= 4000")
    other = equations(build_pyomo(inputs(policy={"launch_licences_per_yr": 777})), "small")
    assert {r.name: r for p in other.subsystems for r in p.rows}["policy"].worked.endswith("<= 777")
    faster = inputs(data={**SETTINGS["data"], "vehicles.starship.cadence_growth": 0.5})
    grown = {r.name: r for p in equations(build_pyomo(faster), "small").subsystems for r in p.rows}[
        "cadence_growth"
    ]
    assert f"- {1.5**4:.4g} cadence" in grown.worked  # four years a step


def test_words_and_units_stand_beside_the_math(found: Equations) -> None:
    rows = {row.name: row for part in found.subsystems for row in part.rows}
    assert (rows["chip_supply"].words, rows["chip_supply"].unit) == ("supply of chips", "GW/yr")
    titles = [part.title for part in found.subsystems]
    assert any(title.startswith("Mass drivers") for title in titles) and len(titles) == len(set(titles)) > 10
    assert "chips" in found.costs


def test_markdown_and_latex_are_whole(found: Equations) -> None:
    page, document = as_markdown(found), as_latex(found)
    assert page.startswith("# The equations") and page.count("$$") % 2 == 0
    for part in found.subsystems:
        for row in part.rows:
            assert f"`{row.worked}`" in page
    assert document.startswith(r"\documentclass") and document.rstrip().endswith(r"\end{document}")
    for name in ("itemize", "multline*"):
        assert document.count(rf"\begin{{{name}}}") == document.count(rf"\end{{{name}}}")
    mathless = re.sub(r"\$[^$]*\$|\\begin\{multline\*\}.*?\\end\{multline\*\}", "", document, flags=re.S)
    assert not re.search(r"(?<!\\)[_#&]", mathless)
