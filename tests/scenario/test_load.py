"""Loading a case: parents, overlays, overrides, every fault at once, and a hash of all of it."""

from __future__ import annotations

import math
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lunarchain.errors import InputError, Issue
from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.scenario.load import Case, find_case, load, toml_text

PARENT = """
title = "parent"
[demand]
first_gw = 50
growth = 0.1
[data]
"compute.chip_price" = 20
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parent.toml").write_text(PARENT)
    (tmp_path / "child.toml").write_text('extends = "parent.toml"\ntitle = "child"\n[demand]\ngrowth = 0.3\n')
    (tmp_path / "cap.toml").write_text("[policy]\nlaunch_licences_per_yr = 145\n[demand]\nfirst_gw = 70\n")
    return tmp_path


def case_of(folder: Path, text: str, **options: object) -> Case:
    (folder / "case.toml").write_text('title = "t"\n' + text)
    return load(folder / "case.toml", **options)  # type: ignore[arg-type]


def issues_of(folder: Path, text: str, **options: object) -> dict[str, Issue]:
    with pytest.raises(InputError) as caught:
        case_of(folder, text, **options)
    return {issue.key: issue for issue in caught.value.issues}


def test_a_child_changes_only_what_it_says(folder: Path) -> None:
    case = load(folder / "child.toml")
    assert (case.name, case.scenario.title) == ("child", "child")
    assert (case.scenario.demand.first_gw, case.scenario.demand.growth) == (50, 0.3)
    assert case.facts.number("compute.chip_price", "USD/W") == 20


def test_overlays_apply_in_order_and_sets_last(folder: Path) -> None:
    case = load(folder / "child.toml", sets=["demand.first_gw=90"], overlays=[str(folder / "cap.toml")])
    assert case.scenario.policy.launch_licences_per_yr == 145
    assert (case.scenario.demand.first_gw, case.scenario.demand.growth) == (90, 0.3)
    assert load(folder / "child.toml", overlays=[str(folder / "cap")]).scenario.demand.first_gw == 70


def test_what_was_asked_for_beside_the_case_is_kept_in_order() -> None:
    given = load("01_earth_only", ["demand.growth=0.2"], ["policies/licence_cap"])
    assert given.changes == ["policies/licence_cap", "demand.growth=0.2"]
    assert load("01_earth_only").changes == []


def test_a_circle_of_parents_is_told(folder: Path) -> None:
    (folder / "parent.toml").write_text('extends = "child.toml"\n' + PARENT)
    with pytest.raises(InputError, match="a chain that ends"):
        load(folder / "child.toml")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("demand.growth=0.5", lambda s: s.demand.growth == 0.5),
        ("moon.allowed=false", lambda s: s.moon.allowed is False),
        ("moon.sites=['mare_33e']", lambda s: s.moon.sites == ("mare_33e",)),
        ("satellites.slots=low", lambda s: s.satellites.slots == "low"),
        ("title=a new one", lambda s: s.title == "a new one"),
        ("calendar.steps=[{until=2040, years=2}]", lambda s: s.calendar.steps[0].years == 2),
        ("data.compute.chip_price=low", lambda s: s.data["compute.chip_price"] == "low"),
    ],
)
def test_set_takes_toml_values_and_bare_words(folder: Path, text: str, read: object) -> None:
    assert read(load(folder / "parent.toml", sets=[text]).scenario)  # type: ignore[operator]


@pytest.mark.parametrize("text", ["demand.growth", "=3", ""])
def test_set_without_a_value_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(InputError, match="path=value"):
        load(folder / "parent.toml", sets=[text])


@pytest.mark.parametrize("level", ["low", "nominal", "high"])
def test_facts_go_to_their_bounds(folder: Path, level: str) -> None:
    shipped = load_facts()["ground.electricity"]
    expected = {"low": shipped.low, "nominal": shipped.value, "high": shipped.high}[level]
    case = case_of(folder, f'[data]\n"ground.electricity" = "{level}"\n')
    assert case.facts["ground.electricity"].value == expected


def test_scale_multiplies_every_match_and_nothing_else(folder: Path) -> None:
    scaled = case_of(folder, '[scale]\n"vehicles.*.first_price" = 2.0\n').facts
    shipped = load_facts()
    changed = {key for key in shipped if not same_number(scaled[key].value, shipped[key].value)}
    assert changed == {key for key in shipped if key.startswith("vehicles.") and key.endswith(".first_price")}
    assert len(changed) > 1
    assert all(scaled[key].value == 2 * shipped[key].value for key in changed)
    assert {scaled[key].kind for key in changed} == {"estimate"}, (
        "a scaled number no longer is what its source said"
    )


def same_number(first: float, second: float) -> bool:
    return first == second or (math.isnan(first) and math.isnan(second))


def test_nested_data_tables_mean_dotted_ids(folder: Path) -> None:
    flat = case_of(folder, '[data]\n"ground.electricity" = 0.05\n')
    nested = case_of(folder, "[data.ground]\nelectricity = 0.05\n")
    assert flat.facts["ground.electricity"].value == nested.facts["ground.electricity"].value == 0.05


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("[demand]\ngrwth = 0.2\n", "demand.grwth", "growth"),
        ("[mon]\nallowed = false\n", "mon", "moon"),
        ("[policy]\nlaunch_licenses_per_yr = 5\n", "policy.launch_licenses_per_yr", "launch_licences_per_yr"),
        ("[calendar]\nsteps = [{until=2040, yeras=1}]\n", "calendar.steps.0.yeras", "years"),
        ('[data]\n"compute.chip_prise" = 3\n', "data.compute.chip_prise", "compute.chip_price"),
        ('[scale]\n"compute.chip_prise" = 3.0\n', "scale.compute.chip_prise", "compute.chip_price"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest(folder: Path, text: str, key: str, nearest: str) -> None:
    issue = issues_of(folder, text)[key]
    assert issue.nearest == nearest
    assert issue.file.endswith("case.toml") and issue.got and issue.expected


def test_every_fault_of_the_choices_comes_at_once(folder: Path) -> None:
    found = issues_of(folder, "[demand]\ngrwth = 0.2\nfirst_gw = -4\n[solve]\ngap = 0\n")
    assert set(found) == {"demand.grwth", "demand.first_gw", "solve.gap"}
    assert "-4" in found["demand.first_gw"].got and "above 0" in found["demand.first_gw"].expected


def test_every_fault_of_the_numbers_comes_at_once(folder: Path) -> None:
    found = issues_of(
        folder, '[data]\n"compute.chip_prise" = 3\n"ground.pue" = "dear"\n"power.fission.sites" = 1\n'
    )
    assert set(found) == {"data.compute.chip_prise", "data.ground.pue", "data.power.fission.sites"}


def test_every_fault_of_every_kind_comes_at_once(folder: Path) -> None:
    found = issues_of(
        folder, '[demand]\ngrwth = 0.2\n[data]\n"ground.peu" = 1\n[scale]\n"compute.chip_prise" = 2.0\n'
    )
    assert set(found) == {"demand.grwth", "data.ground.peu", "scale.compute.chip_prise"}


def test_a_fault_is_told_with_the_source_that_set_it_and_hides_no_other(folder: Path) -> None:
    overlay = folder / "overlay.toml"
    overlay.write_text("[policy]\nblack_carbon_cap_kt = -1\n")
    (folder / "mine.toml").write_text('extends = "parent.toml"\n[demand]\nfirst_gw = -4\n')
    sets = ["policy.launch_licences_per_yr=-3", "data.ground.pue=dear", "demand.grwth=1"]
    with pytest.raises(InputError) as caught:
        load(folder / "mine.toml", sets, [str(overlay), "no_such_overlay_anywhere"])
    told = {issue.key: Path(issue.file).name for issue in caught.value.issues}
    assert told == {
        "--with": "command line", "demand.first_gw": "mine.toml", "policy.black_carbon_cap_kt": "overlay.toml",
        "policy.launch_licences_per_yr": "command line: --set", "data.ground.pue": "command line: --set",
        "demand.grwth": "command line: --set",
    }  # fmt: skip


def test_a_fault_that_only_shows_without_another_is_told_with_it(folder: Path) -> None:
    text = "[goals]\nserved_from = 2030\nleast_share_served = 7\n[satellites]\nslots = 'hgih'\n"
    found = issues_of(folder, text)
    assert set(found) == {"goals", "goals.least_share_served", "satellites.slots"}
    assert found["satellites.slots"].nearest == "high"


def test_a_case_that_extends_nothing_known_is_told_where(folder: Path) -> None:
    (folder / "lost.toml").write_text('extends = "02_crosover"\n')
    with pytest.raises(InputError) as caught:
        load(folder / "lost.toml")
    (issue,) = caught.value.issues
    assert (Path(issue.file).name, issue.key, issue.nearest) == ("lost.toml", "extends", "02_crossover")


def test_a_number_outside_its_sourced_range_is_warned_of_and_within_is_not() -> None:
    def said(tonnes: float) -> str:
        return " ".join(load("02_crossover", [f"data.vehicles.starship.payload_leo={tonnes}"]).warnings)

    assert "outside the range" in said(5000) and "35 to 200" in said(5000)
    assert "outside the range" not in said(150) and "replaced" in said(150)
    assert not load("02_crossover").warnings


def test_a_broken_file_is_told_with_its_place(folder: Path) -> None:
    with pytest.raises(InputError, match="line 2"):
        case_of(folder, "[demand\n")


def test_an_unknown_case_or_overlay_offers_the_nearest(folder: Path) -> None:
    with pytest.raises(InputError, match="did you mean '04_terawatt'"):
        find_case("04_terrawatt")
    with pytest.raises(InputError, match="--with"):
        load(folder / "parent.toml", overlays=["no_such_overlay_anywhere"])


def test_the_hash_is_stable_and_short(folder: Path) -> None:
    first, second = (case_of(folder, "[demand]\ngrowth = 0.25\n") for _ in range(2))
    assert first.content_hash == second.content_hash
    assert len(first.content_hash) == 12 and int(first.content_hash, 16) >= 0


def test_the_hash_does_not_depend_on_order_or_place(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    first = case_of(folder, "[demand]\ngrowth = 0.25\nfirst_gw = 30\n[solve]\ngap = 0.01\n")
    second = case_of(elsewhere, "[solve]\ngap = 0.01\n[demand]\nfirst_gw = 30\ngrowth = 0.25\n")
    assert first.content_hash == second.content_hash


@pytest.mark.parametrize(
    "change",
    [
        "[demand]\ngrowth = 0.2200001\n",
        "[moon]\nallowed = false\n",
        "[policy]\nlunar_nuclear = false\n",
        "[calendar]\ntail_periods = 1\n",
        '[data]\n"ground.electricity" = 0.0800001\n',
        '[data]\n"power.fission.sites" = "polar"\n',
        '[scale]\n"heat.low.radiator" = 1.0001\n',
    ],
)
def test_the_hash_changes_with_any_choice_or_number(folder: Path, change: str) -> None:
    assert case_of(folder, change).content_hash != case_of(folder, "").content_hash


def test_the_hash_changes_when_a_shipped_number_changes(folder: Path) -> None:
    case = case_of(folder, "")
    for key in ("constants.standard_gravity", *list(case.facts)[::97]):
        if key in case.facts and not case.facts[key].text:
            moved = Facts({**case.facts, key: replace(case.facts[key], value=case.facts[key].value + 1.0)})
            assert replace(case, facts=moved).content_hash != case.content_hash, key


def test_the_hash_changes_with_a_bound_the_model_reads(folder: Path) -> None:
    case = case_of(folder, '[satellites]\nslots = "low"\n')
    fact = case.facts["orbits.sso.slots"]
    moved = Facts({**case.facts, fact.id: replace(fact, low=fact.low / 2)})
    assert replace(case, facts=moved).content_hash != case.content_hash


def test_shipped_cases_load_and_differ() -> None:
    cases = [load(name) for name in ("01_earth_only", "02_crossover", "03_one_driver", "04_terawatt")]
    assert len({case.content_hash for case in cases}) == 4
    assert [case.name for case in cases] == ["01_earth_only", "02_crossover", "03_one_driver", "04_terawatt"]


def test_what_a_multiplier_made_wrong_is_one_fault_under_the_key_that_was_typed() -> None:
    case = load("02_crossover", ['scale."processes.*.plant"=-3'])
    wrong = [
        Issue(case.file, f"data.processes.{p}.plant", "-1 kg/(t/yr)", "zero or more") for p in ("P01", "P02")
    ]
    other = Issue(case.file, "data.prices.plant", "-1", "zero or more")
    found = case.attributed([*wrong, other])
    assert [issue.key for issue in found] == ["data.prices.plant", 'scale."processes.*.plant"']
    assert found[1].file == "command line: --set" and found[1].got == "-3" and "1 more" in found[1].hint


@given(
    st.recursive(
        st.booleans()
        | st.integers(-9, 9)
        | st.floats(-1e6, 1e6).map(lambda x: float(f"{x:.9g}"))
        | st.text("ab \"'é"),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=2)
        ),
    )
)
def test_a_value_as_text_is_read_back_the_same(value: object) -> None:
    text = toml_text(value)
    assert "\n" not in text and tomllib.loads(f"x = {text}")["x"] == value
