"""A Dask cluster on loopback in place of the local pool: the same answers, the same limits."""

from __future__ import annotations

import pandas as pd
import pytest

from lunarchain.errors import InputError
from lunarchain.study.sweep import sweep
from tests.study.conftest import growths, study_of

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", dashboard_address=None
    ) as running:
        yield running


def test_a_cluster_gives_the_rows_of_the_local_pool_and_keeps_the_limits(tmp_path, cluster, stand_in):
    limits = {"mode": "relaxed", "case_limit_s": 3, "case_memory_mb": 400}
    study = study_of(**growths(0.1, 0.91, 0.2, 0.93, 0.3), relations=limits)
    here = sweep(study, tmp_path / "here", workers=2, command=stand_in)
    there = sweep(study, tmp_path / "there", scheduler=cluster.scheduler_address, command=stand_in)
    columns = ["id", "status", "demand.growth", "objective", "moon"]
    pd.testing.assert_frame_equal(here.table[columns], there.table[columns])
    assert set(there.table["status"]) == {"relaxed", "timed out", "crashed"}


@pytest.mark.slow
def test_a_cluster_gives_the_models_answers_of_the_local_pool(tmp_path, cluster):
    study = study_of(uncertainties=[{"path": "data.prices.plant"}, {"path": "data.compute.value"}])
    here = sweep(study, tmp_path / "here", workers=2)
    there = sweep(study, tmp_path / "there", scheduler=cluster)
    dropped = ["seconds"]
    pd.testing.assert_frame_equal(
        here.table.drop(columns=dropped), there.table.drop(columns=dropped), rtol=1e-9
    )


def test_a_scheduler_that_is_not_there_is_said_so(tmp_path, stand_in, monkeypatch):
    monkeypatch.setattr("lunarchain.study.cluster._CONNECT_S", 1)
    with pytest.raises(InputError, match="--scheduler"):
        sweep(study_of(**growths(0.1, 0.2)), tmp_path, scheduler="tcp://127.0.0.1:9", command=stand_in)
