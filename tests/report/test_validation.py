from pathlib import Path

import pytest

from lunarchain.comparison import MISS
from lunarchain.report.validation import ROOMS, as_record, page, validation
from lunarchain.scenario.facts import load_facts

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"


@pytest.fixture(scope="module")
def found():
    return validation(load_facts())


def test_the_committed_page_is_the_regenerated_one(found):
    assert PAGE.read_text(encoding="utf-8") == page(found), (
        "run: lunarchain validation --write docs/validation.md"
    )


def test_every_miss_is_told_at_the_top_of_the_page(found):
    top = page(found).split("\n## ")[1]
    missed = [row.what for rows in found.values() for row in rows if row.verdict == MISS]
    assert missed
    assert all(what in top for what in missed)


def test_the_record_counts_what_it_lists(found):
    record = as_record(found)
    assert set(record["rooms"]) == {room.title for room in ROOMS}
    assert sum(record["counts"].values()) == sum(map(len, found.values()))
