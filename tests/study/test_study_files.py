"""Study files: everything wrong is said at once, ranges come from the sources, shipped studies can be laid out."""

from __future__ import annotations

from pathlib import Path

import pytest

from lunarchain.errors import InputError
from lunarchain.paths import shipped
from lunarchain.scenario.facts import load_facts
from lunarchain.scenario.load import load
from lunarchain.study.schema import find_study, read_study_file
from lunarchain.study.study import load_study
from tests.study.conftest import study_of

SHIPPED = sorted(path.stem for path in (shipped("models") / "studies").glob("*.toml"))


def test_a_range_is_that_of_the_source_unless_given():
    axes = study_of(
        uncertainties=[{"path": "data.prices.plant"}, {"path": "data.compute.value", "low": 1.0}]
    ).axes
    facts = load_facts()
    assert (axes[0].low, axes[0].high) == (facts["prices.plant"].low, facts["prices.plant"].high)
    assert (axes[1].low, axes[1].high) == (1.0, facts["compute.value"].high)


def test_a_pattern_stands_for_every_fact_with_a_range_below_it():
    axes = study_of(uncertainties=[{"path": "data.labour.*"}]).axes
    facts = load_facts()
    expected = [f"data.{k}" for k, f in facts.items() if k.startswith("labour.") and f.low < f.high]
    assert [axis.path for axis in axes] == expected and expected


def test_every_fault_of_every_factor_is_named_at_once_with_the_nearest_name():
    wrong = [
        {"path": "data.prices.plnt"},
        {"path": "demand.grwth", "low": 1, "high": 2},
        {"path": "moon.allowed"},
        {"path": "scale.processes.*.plant"},
        {"path": "data.satellites.power"},
    ]
    policies = [{"name": "cap", "overlays": ["policies/licence_capp"]}]
    with pytest.raises(InputError) as error:
        study_of(uncertainties=wrong, policies=policies)
    issues = {issue.key.split(" ")[-1]: issue for issue in error.value.issues}
    assert issues["data.prices.plnt"].nearest == "prices.plant"
    assert issues["demand.grwth"].nearest == "growth"
    assert len(error.value.issues) == 6


def test_policies_of_one_name_overlays_of_none_and_values_twice_are_told_by_the_studys_own_keys(tmp_path):
    file = tmp_path / "s.toml"
    head = 'title = "x"\n[base]\ncase = "02_crossover"\n[design]\nmethod = "grid"\n'
    lever = '[[levers]]\npath = "policy.lunar_nuclear"\nvalues = [true, true]\n'
    file.write_text(head + lever + '[[policies]]\nname = "a"\n[[policies]]\nname = "a"\n')
    with pytest.raises(InputError) as error:
        load_study(file)
    found = {issue.key: issue.got for issue in error.value.issues}
    assert found["policies"] == "two policies of one name: 'a'" and "twice" in found["levers.0"]
    file.write_text(head + '[[policies]]\nname = "a"\noverlays = ["policies/licence_capp"]\n')
    with pytest.raises(InputError) as error:
        load_study(file)
    assert [(i.file, i.key) for i in error.value.issues] == [(str(file), "policies.a.overlays")]


def test_unknown_keys_of_a_study_file_are_refused_with_what_is_known(tmp_path):
    file = tmp_path / "s.toml"
    file.write_text('title = "x"\n[base]\ncase = "02_crossover"\n[design]\nmethod = "sobl"\nsample = 3\n')
    _, issues = read_study_file(file)
    text = "\n".join(map(str, issues))
    assert "samples" in text and "sobol" in text and len(issues) == 2
    with pytest.raises(InputError, match="quick"):
        find_study("quik")


def test_faults_of_file_base_factors_and_policies_come_at_once_and_the_base_stands_beside_the_study(tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "02_crossover"\n[policy]\nlaunch_licences_per_yr = -1\n')
    file = tmp_path / "s.toml"
    file.write_text(
        'title = "x"\n[base]\ncase = "mine.toml"\n[design]\nmethod = "grid"\n[relations]\nmode = "relax"\n'
        '[[uncertainties]]\npath = "data.prices.plnt"\n[[uncertainties]]\npath = "demand.growth"\nlow = 3\nhigh = 2\n'
        '[[policies]]\nname = "cap"\noverlays = ["policies/licence_capp"]\n'
    )
    with pytest.raises(InputError) as error:
        load_study(file)
    told = {(Path(issue.file).name, issue.key.split(" ")[-1]) for issue in error.value.issues}
    assert told >= {
        ("s.toml", "relations.mode"), ("s.toml", "uncertainties.1"), ("s.toml", "data.prices.plnt"),
        ("mine.toml", "policy.launch_licences_per_yr"),
    }  # fmt: skip
    assert any("licence_cap'" in str(issue) for issue in error.value.issues)


def test_a_case_has_one_hash_whatever_it_is_called_and_another_for_any_number():
    one = study_of("one", levers=[{"path": "demand.growth", "values": [0.1, 0.2]}], design={"method": "grid"})
    two = study_of(
        "two", levers=[{"path": "demand.growth", "values": [0.2, 0.25]}], design={"method": "grid"}
    )
    ids = [case.id for case in (*one.cases, *two.cases)]
    assert ids[1] == ids[2] and len(set(ids)) == 3


def test_the_command_of_a_case_gives_that_case():
    study = study_of(
        levers=[{"path": "launcher.payload_classes", "values": ["x"]}][:0],
        uncertainties=[{"path": "data.prices.plant"}],
        policies=[{"name": "cap", "overlays": ["policies/licence_cap"]}],
    )
    import shlex

    words = shlex.split(study.command(study.cases[-1]))
    sets = [words[k + 1] for k, word in enumerate(words) if word == "--set"]
    overlays = [words[k + 1] for k, word in enumerate(words) if word == "--with"]
    case = load(words[2], sets, overlays)
    assert case.scenario.model_dump(exclude={"title", "question"}, mode="json", exclude_none=True) == {
        key: value for key, value in study.cases[-1].tree.items() if key not in ("title", "question")
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_studies_can_be_laid_out(name):
    assert load_study(name).cases


def test_ends_at_which_no_case_could_stand_are_told_before_anything_runs() -> None:
    """Both ends of each factor, all at once, by the study's own key; a range that may be passes."""
    with pytest.raises(InputError) as caught:
        study_of(
            uncertainties=[
                {"path": "data.prices.plant", "low": -5, "high": -1},
                {"path": "scale.prices.*", "low": -0.5, "high": 2},
                {"path": "data.prices.robot_year", "low": 1, "high": 2000},
            ],
            levers=[{"path": "satellites.pair", "values": ["nobody"]}],
        )
    found = [(issue.key, issue.got.split(",")[0]) for issue in caught.value.issues if issue.file == "study"]
    assert ("uncertainties data.prices.plant", "-5") in found and ("uncertainties data.prices.plant", "-1") in found
    assert [got for key, got in found if key == "uncertainties scale.prices.*"] == ["-0.5"]
    assert [key for key, _ in found].count("levers satellites.pair") == 1
    assert not any("robot" in key for key, _ in found)
