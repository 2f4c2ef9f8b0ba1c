import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lunarchain.errors import InputError
from lunarchain.industry.chemistry import LEDGER, extraction, formula, oxide_elements, oxides, soil_elements
from lunarchain.scenario.facts import load_facts

# kg per t of highland feed as printed in the hand-closed process table (not read by the code).
PRINTED = {
    "sequential": {
        "oxygen": 189.53,
        "oxygen_vent": 5.86,
        "fe_tap": 49.51,
        "si_tap": 123.93,
        "al_tap": 35.52,
        "slag": 591.33,
        "alkali": 4.32,
    },
    "high_al": {
        "oxygen": 285.94,
        "oxygen_vent": 8.84,
        "fe_tap": 51.6,
        "si_tap": 162.53,
        "al_tap": 95.06,
        "slag": 391.71,
        "alkali": 4.32,
    },
}


def test_a_formula_is_read_with_and_without_counts():
    assert formula("Al2O3") == {"Al": 2, "O": 3}
    assert formula("MgO") == {"Mg": 1, "O": 1}


def test_silica_is_47_percent_silicon(facts):
    assert oxide_elements(facts, "SiO2")[LEDGER.index("Si")] == pytest.approx(0.4674, abs=1e-4)


@pytest.mark.parametrize("soil", ["highland", "mare_high_ti", "mare_low_ti"])
def test_an_assay_is_normalised_before_use(facts, soil):
    assert sum(oxides(facts, soil).values()) == pytest.approx(1.0, abs=1e-12)
    assert soil_elements(facts, soil).sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("mode", sorted(PRINTED))
def test_taps_follow_from_the_oxides_to_the_printed_digits(facts, mode):
    drawn = extraction(facts, "highland", mode)
    for stream, printed in PRINTED[mode].items():
        assert 1000 * drawn.streams[stream] == pytest.approx(printed, abs=0.006), stream


def test_the_aluminium_tap_of_the_two_modes_is_not_one_commodity(facts):
    silicon = {
        mode: extraction(facts, "highland", mode).compositions["al_tap"][LEDGER.index("Si")]
        for mode in ("sequential", "high_al")
    }
    assert silicon["sequential"] == pytest.approx(0.19, abs=0.005)
    assert silicon["high_al"] == pytest.approx(0.09, abs=0.005)


def test_an_unknown_soil_names_the_nearest(facts):
    with pytest.raises(InputError) as caught:
        oxides(facts, "highlnd")
    assert caught.value.issues[0].nearest == "highland"


@settings(max_examples=25, deadline=None)
@given(
    shares=st.lists(st.floats(0.01, 0.6), min_size=10, max_size=10),
    extents=st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4),
    capture=st.floats(0.5, 1.0),
)
def test_no_soil_and_no_extents_make_or_lose_mass_or_an_element(shares, extents, capture):
    base = load_facts()
    names = base.children("soils.highland.oxide")
    changed = {f"soils.highland.oxide.{name}": share for name, share in zip(names, shares, strict=True)}
    melt = zip(("FeO", "SiO2", "TiO2", "Al2O3"), sorted(extents, reverse=True), strict=True)
    changed |= {f"extraction.mode.sequential.extent.{name}": extent for name, extent in melt}
    changed["extraction.mode.sequential.capture"] = capture
    facts = base.override(changed)
    drawn = extraction(facts, "highland", "sequential")
    assert sum(drawn.streams.values()) == pytest.approx(1.0, abs=1e-12)
    total = sum(mass * drawn.compositions[name] for name, mass in drawn.streams.items())
    assert total == pytest.approx(soil_elements(facts, "highland"), abs=1e-12)
