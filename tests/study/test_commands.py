"""The verbs as a person types them: one JSON document, the documented keys, exit codes that mean something."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time

import pytest

MAIN = (sys.executable, "-c", "from lunarchain.cli import main; main()")
STUDY = """
title = "Two prices"
[base]
case = "03_one_driver"
[base.set]
"calendar.steps" = [{ until = 2056, years = 14 }]
[[uncertainties]]
path = "data.prices.plant"
[design]
method = "tornado"
[relations]
mode = "MODE"
[measures]
also = ["peak_flights_per_yr"]
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text(STUDY.replace("MODE", "relaxed"))
    return path


def test_sweep_prints_one_document_and_writes_a_page_that_loads_nothing(typed, study, tmp_path):
    found = typed("sweep", str(study), "--out", str(tmp_path), "--workers", "1", "--json")
    content = json.loads(found.out)
    assert found.code == 0 and content["designed"] == len(content["rows"]) == 3
    assert {"id", "status", "objective", "gap", "path"} <= set(content["rows"][0])
    page = (tmp_path / "prices" / "study.html").read_text()
    assert "What moves what the Moon is worth" in page and "lunarchain run 03_one_driver" in page
    assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=", page.split("</script>", 1)[1])
    said = json.loads(typed("study", str(study), "--out", str(tmp_path), "--json").out)
    assert said["results"]["swings"][0]["path"] == "data.prices.plant"
    screen = typed("study", str(study), "--out", str(tmp_path), "--where", "decision_value > 0").out
    assert "3 relaxed" in screen and max(map(len, screen.splitlines())) <= 80


def test_bad_input_ends_with_code_2_and_every_fault(typed, tmp_path):
    (tmp_path / "bad.toml").write_text(STUDY.replace("MODE", "fast").replace("[design]", "[desing]"))
    found = typed("sweep", str(tmp_path / "bad.toml"), "--json")
    assert found.code == 2 and len(json.loads(found.out)["issues"]) == 3
    assert typed("sweep", "no_such_study").code == 2
    nonsense = 'main = "decison_value"\ninterest = "decision_value >"\n'
    (tmp_path / "vague.toml").write_text(
        STUDY.replace("MODE", "relaxed").replace("[measures]\n", "[measures]\n" + nonsense)
    )
    issues = json.loads(typed("sweep", str(tmp_path / "vague.toml"), "--design", "--json").out)["issues"]
    assert [issue["nearest"] for issue in issues] == ["decision_value", ""]
    (tmp_path / "odd.toml").write_text(
        STUDY.replace("MODE", "relaxed").replace('"tornado"', '"sobol"\nsamples = 33')
    )
    assert "32 or 64" in typed("sweep", str(tmp_path / "odd.toml"), "--json").out
    assert typed("flips", "03_one_driver", "--fact", "prices.plnt").code == 2
    assert typed("flips", "03_one_driver", "--mode", "fast").code == 2
    assert typed("study", "quick", "--measure", "objectiv", "--out", str(tmp_path)).code == 2


def test_the_cases_of_a_design_can_be_listed_without_running_any(typed, study):
    content = json.loads(typed("sweep", str(study), "--design", "--json").out)
    assert content["designed"] == 3 and content["rows"][0].keys() == {"id", "policy"}


def test_an_interrupt_keeps_what_is_done_and_says_so(tmp_path):
    path = tmp_path / "long.toml"
    path.write_text(STUDY.replace("MODE", "relaxed").replace('"tornado"', '"tornado"\nlevels = 60'))
    process = subprocess.Popen(
        [*MAIN, "sweep", str(path), "--out", str(tmp_path), "--workers", "1"],
        stderr=subprocess.PIPE,
        text=True,
        # As from a keyboard: a shell in the background hands down an ignored interrupt.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    log, deadline = tmp_path / "long" / "log.jsonl", time.monotonic() + 120
    while not (log.exists() and "stored" in log.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "run it again to go on" in said


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["rounded", "certified", "verified"])
def test_a_study_can_ask_for_more_than_relaxations(typed, tmp_path, mode):
    path = tmp_path / "whole.toml"
    path.write_text(STUDY.replace("MODE", mode))
    content = json.loads(typed("sweep", str(path), "--out", str(tmp_path), "--workers", "1", "--json").out)
    for row in content["rows"]:
        assert row["status"] in ("rounded", "optimal", "gap not reached") and row["gap"] >= -1e-9
        assert row["bound"] <= row["objective"] * (1 + 1e-9)
        if mode == "verified":
            assert (tmp_path / "whole" / "runs" / row["run"] / "report.html").is_file()
