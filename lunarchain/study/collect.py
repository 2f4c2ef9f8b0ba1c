"""The flat table of a study: one row per designed case, where it stands beside what came out, answered or not."""

from __future__ import annotations

import pandas as pd

from lunarchain.study.store import Store, typed
from lunarchain.study.study import Study

NOT_RUN = "not run"
# What is no answer: analysis must leave these out by the rules of its method, and say how many there were.
ANSWERED = ("optimal", "gap not reached", "relaxed", "rounded", "not verified")
# Columns a reader can count on, whatever became of the cases.
ALWAYS = ("path", "objective", "bound", "gap", "decision_value", "moon", "seconds")


def collect(study: Study, store: Store) -> pd.DataFrame:
    """The table, also written as the study's index. A factor a case does not move stands at its nominal value."""
    answers = {row["id"]: row for row in store.rows()}
    nominal = {axis.path: axis.nominal for axis in study.axes}
    alone = study.file.design.method == "tornado"
    rows = [
        {
            "id": case.id,
            "status": NOT_RUN,
            "reason": "",
            **dict.fromkeys(ALWAYS),
            "policy": case.policy,
            "moved": next(iter(case.point), "") if alone else "",
            **nominal,
            **case.point,
            **answers.get(case.id, {}),
            "command": study.command(case),
        }
        for case in study.cases
    ]
    table = typed(rows)
    store.write_index(table)
    return table


def answered(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that have an answer."""
    return table[table["status"].isin(ANSWERED)]


def missing(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that have none, with their reasons."""
    return table[~table["status"].isin(ANSWERED)]
