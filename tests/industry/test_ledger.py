from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.errors import InputError
from lunarchain.industry.check import checked_processes, industry_issues
from lunarchain.industry.chemistry import LEDGER, soils
from lunarchain.industry.ledger import (
    check_balances,
    compositions,
    corners,
    element_residual,
    fixed_compositions,
    mass_residual,
    masses_kt,
)
from lunarchain.industry.network import processes
from lunarchain.scenario.facts import load_facts

SOILS = ("highland", "mare_high_ti", "mare_low_ti")


def test_the_shipped_tables_have_no_fault_on_any_soil(facts):
    assert set(soils(facts)) == set(SOILS)
    assert industry_issues(facts) == []


@pytest.mark.parametrize("soil", SOILS)
def test_every_process_closes_in_mass_and_in_every_element(facts, soil):
    network = processes(facts, soil)
    masses, fixed = masses_kt(facts, network), fixed_compositions(facts, soil)
    known = compositions(network, masses, fixed)
    for process in network.values():
        assert abs(mass_residual(process, masses)) < 1e-9, process.id
        for taken in corners(process, known):
            assert np.abs(element_residual(process, taken, masses, fixed)).max() < 1e-9, process.id


def test_a_process_that_makes_mass_is_refused_by_name(facts):
    wrong = facts.override({"processes.P07.out.cullet": 0.06})
    with pytest.raises(InputError) as caught:
        checked_processes(wrong, "highland")
    assert [issue.key for issue in caught.value.issues] == ["P07"]


def test_a_process_that_makes_an_element_is_refused_though_its_mass_closes(facts):
    wrong = facts.override({"processes.P04.out.sog_si": 1.25, "processes.P04.out.si_resid": 0.0})
    issues = check_balances(wrong, "highland", processes(wrong, "highland"))
    assert {issue.key for issue in issues} >= {"P04_sequential", "P04_high_al"}
    assert all("of Si" in issue.got or "of Ti" in issue.got for issue in issues)


def test_a_tap_too_poor_for_the_nominal_yield_lowers_it_instead_of_making_aluminium(facts):
    rich = processes(facts, "highland")["P05_sequential"]
    poor = processes(facts, "mare_high_ti")["P05_sequential"]
    assert rich.outputs["al_pure"] == pytest.approx(0.70)
    assert poor.outputs["al_pure"] < 0.70
    aluminium = fixed_compositions(facts, "mare_high_ti")["al_tap_sequential"][LEDGER.index("Al")]
    assert poor.outputs["al_pure"] < aluminium


def test_splits_that_lose_a_metal_are_refused(facts):
    issues = industry_issues(facts.override({"extraction.mode.sequential.split.Si.si_tap": 0.8}))
    assert [issue.key for issue in issues] == ["extraction.mode.sequential.split.Si"]


def test_a_process_whose_input_nobody_makes_is_named(facts):
    network = processes(facts, "highland")
    network["P11"] = replace(network["P11"], inputs={"unobtainium": 1.02})
    issues = check_balances(facts, "highland", network)
    assert any("unobtainium" in issue.got for issue in issues)


@settings(max_examples=20, deadline=None)
@given(weights=st.lists(st.floats(0.001, 1.0), min_size=3, max_size=3), soil=st.sampled_from(SOILS))
def test_any_mixture_of_alloys_keeps_every_element(weights, soil):
    facts = load_facts()
    network = processes(facts, soil)
    masses, fixed = masses_kt(facts, network), fixed_compositions(facts, soil)
    known = compositions(network, masses, fixed)
    alloys = known["al_parts"]
    share = np.array(weights[: len(alloys)]) / sum(weights[: len(alloys)])
    mixed = np.sum([part * vector for part, vector in zip(share, alloys, strict=True)], axis=0)
    panel = network["P11"]
    taken = {name: mixed if name == "al_parts" else known[name][0] for name in panel.inputs}
    assert np.abs(element_residual(panel, taken, masses, fixed)).max() < 1e-9
