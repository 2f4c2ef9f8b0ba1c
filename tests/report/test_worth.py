"""What the Moon gains, told apart: payments, compute at its assumed value, within the horizon and after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lunarchain.pipeline.store import Run
from lunarchain.plan.merit import UNSERVED
from lunarchain.report.page import build_page
from lunarchain.report.view import view
from lunarchain.report.words import answer
from lunarchain.report.worth import card, gain, in_words, rows

from .conftest import MakeRun
from .small_run import ROWS, earth_rows

Cost = list[tuple[int, str, str, str, float]]
MakePair = Callable[..., Run]


def paid(g_usd_per_yr: float) -> Cost:
    return [(t, "all", "chips", "charged", g_usd_per_yr) for t in range(5)]


def unserved(last: float, tail: float) -> Cost:
    return [(3, "batch", UNSERVED, "tier 1", last), (4, "batch", UNSERVED, "tier 1", tail)]


@pytest.fixture
def pair(make_run: MakeRun) -> MakePair:
    """A run whose plans, with and without the Moon, cost what is given; nothing is discounted.

    The plan without the Moon does not serve the 40 GW of the last two years.
    """

    def make(with_moon: Cost, without: Cost, **record: object) -> Run:
        other = earth_rows() | {"costs": without, "compute": ROWS["compute"][:1]}
        return make_run(ROWS | {"costs": with_moon}, baseline=other,
                        replaced={"economics.wacc_ground": 0.0}, **record)  # fmt: skip

    return make


def test_paid_and_served_are_told_apart_and_the_tail_from_the_horizon(pair: MakePair) -> None:
    found = gain(view(pair(paid(350) + unserved(100, 40), paid(300) + unserved(300, 240))))
    # 50 G$ more in each of six years and of five in the tail; 200 more served in the last two and in those five
    assert found.paid_more == pytest.approx((50 * 6, 50 * 5))
    assert found.served_more == pytest.approx((200 * 2, 200 * 5))
    assert found.net == pytest.approx((100, 750))


def test_the_words_name_payments_value_horizon_and_tail(pair: MakePair) -> None:
    run = pair(paid(350) + unserved(100, 40), paid(300) + unserved(300, 240), decision_value=850.0,
               objective_without_moon=8500.0)  # fmt: skip
    text = in_words(view(run))
    assert "By 2036 the plan with the Moon pays 300 G$ more, discounted, than the best without" in text
    assert "serves compute valued at 400 G$ more (assumed, on average 5,000 $/kW-yr)" in text  # 40 GW for two years
    assert ": 100 G$ gained. The 5 years counted after 2036 add 750 G$: 850 G$ in all" in text
    assert "10 % of cost and unserved value without the Moon" in text
    assert in_words(view(run), shared=False) in " ".join(answer(run, 80).split())
    assert card(view(run))[1:] == (
        "100 G$ by 2036",
        "300 G$ more paid, 400 G$ more compute served at an assumed value; after 2036 750 G$ more",
    )


def test_a_loss_within_the_horizon_is_called_one(pair: MakePair) -> None:
    run = pair(paid(350), paid(300), decision_value=200.0)
    assert "and serves as much compute: 300 G$ LOST." in in_words(view(run))
    assert "add 500 G$: 200 G$ in all" in in_words(view(run))
    assert card(view(run))[1] == "-300 G$ by 2036"


def test_less_paid_is_said_as_less(pair: MakePair) -> None:
    text = in_words(view(pair(paid(300), paid(350), decision_value=200.0)))
    assert "pays 300 G$ less, discounted, than the best without" in text
    assert "take 100 G$ of it: 200 G$ in all" in text


def test_the_page_shows_the_parts_that_add_up(pair: MakePair) -> None:
    run = pair(paid(350) + unserved(100, 40), paid(300) + unserved(300, 240))
    names, table = rows(view(run))
    amounts = [[float(text.removesuffix(" G$").replace(",", "")) for text in texts] for _, texts in table]
    assert names == ["By 2036", "2036 to 2041", "In all"]
    assert all(within + after == whole for within, after, whole in amounts)
    assert [served - more for more, served in zip(*amounts[:2], strict=True)] == amounts[2]
    page = build_page([run])
    assert "What having the Moon changes" in page and "Value of compute served more, as assumed" in page
