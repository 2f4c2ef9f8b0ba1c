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
    """The table, also written as the study's index. An index of answers of another version is kept beside it."""
    table = table_of(study, store)
    if earlier(study, store) is not None and not set(answered(store.read_index())["id"]) & set(table["id"]):
        store.keep_index()
    store.write_index(table)
    return table


def earlier(study: Study, store: Store) -> pd.DataFrame | None:
    """The same cases as another version of the program or of the tables answered them; ``None`` where there are none.

    Ids say which version answered; the command says which case it is, and so these rows are given today's ids.
    """
    if not store.has_index():
        return None
    index = store.read_index()
    ids = {study.command(case): case.id for case in study.cases}
    known = index[index["command"].isin(list(ids))] if "command" in index else index.head(0)
    if answered(known).empty:
        return None
    return known.assign(id=known["command"].map(ids).astype("string"))


def table_of(study: Study, store: Store) -> pd.DataFrame:
    """The table, not written. A factor a case does not move stands at its nominal value."""
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
    return typed(rows)


def answered(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that have an answer."""
    return table[table["status"].isin(ANSWERED)]


def missing(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that have none, with their reasons."""
    return table[~table["status"].isin(ANSWERED)]
