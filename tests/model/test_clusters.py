"""Training in clusters: who needs them, what they weigh, cost and spare."""

from __future__ import annotations

import pytest

from lunarchain.model.clusters import needed, shared_share, terminals_kt_per_gw
from lunarchain.model.ground import serves

from .small import base, changed, inputs

MEGAWATT = {"satellites.power": "1000 kW/satellite"}


def test_what_trains_flies_in_clusters() -> None:
    """Every period: training from an orbit is no more than the sunlit members in service, summed by hand."""
    plan = base()
    number, calendar = plan.context.inputs.number, plan.context.inputs.calendar
    sun = number("orbits.eml2.sun_fraction", "dimensionless")
    trained = [plan.at("served", "eml2", "training", t) for t in plan.context.periods]
    assert max(trained) > 0
    for t, amount in enumerate(trained):
        most = sum(
            plan.at("clustered_added", "eml2", k)
            * calendar.stock(k, t, number("compute.satellite_life", "yr"))
            for k in range(t + 1)
        )
        assert amount <= sun * most * (1 + 1e-6)


def test_dear_terminals_move_training_to_the_ground() -> None:
    """Terminals as heavy as a satellite: nothing trains in orbit, other classes stay there."""
    heavy = changed({"links.cluster_terminal_mass": 5000.0})
    assert heavy.of("served", "leo", "training") + heavy.of("served", "eml2", "training") == pytest.approx(
        0, abs=1e-6
    )
    assert heavy.of("served", "leo", "batch") + heavy.of("served", "eml2", "batch") > 0
    assert heavy.objective > base().objective


def test_a_megawatt_trains_alone() -> None:
    plan = changed(MEGAWATT)
    assert not needed(plan.context.inputs) and len(plan.context.model.clustered_added) == 0
    assert sum(plan.of("served", o, "training") for o in ("leo", "eml2")) > 0


def test_an_orbit_without_formations_trains_nothing() -> None:
    torn = changed({"orbits.leo.clusters": "no"})
    assert not serves(torn.context, "leo", "training") and serves(torn.context, "leo", "batch")
    assert serves(changed({**MEGAWATT, "orbits.leo.clusters": "no"}).context, "leo", "training")


def test_a_cluster_takes_one_place() -> None:
    """Few slots: what trains packs 81 satellites in one, so larger clusters let more be served."""
    tight = {"orbits.leo.slots": 300000.0}
    alone, packed = (
        changed({**tight, "links.cluster_members": n}, satellites={"orbits": ["leo"]}) for n in (1.0, 81.0)
    )
    assert packed.of("added", "leo") > 1.05 * alone.of("added", "leo")
    assert shared_share(alone.context, "leo") == 0


def test_terminals_by_hand() -> None:
    """Four terminals of 10 kg on each 100 kW: 0.4 kg/kW."""
    assert terminals_kt_per_gw(inputs()) == pytest.approx(0.4)
