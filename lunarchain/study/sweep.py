"""Run every case of a study that has no answer yet, on this machine or on a cluster, beside whoever else does."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from lunarchain.errors import InputError, Issue
from lunarchain.study import isolated
from lunarchain.study.collect import collect
from lunarchain.study.isolated import CASES, Limit
from lunarchain.study.store import GATHER_AT, Row, Store
from lunarchain.study.study import Designed, Study

# What may be tried again: the case itself was not found to have no answer.
UNLUCKY = ("timed out", "out of memory", "crashed", "failed", "no answer")
_LOOK_S = 0.5  # how often cases that another process holds are looked at
_RECENT = 50  # cases over which the rate is measured


@dataclass(frozen=True)
class State:
    """How far a sweep is: cases answered of all, by this process, its rate [1/s] and the seconds left at that rate."""

    done: int
    total: int
    here: int
    rate_per_s: float | None
    seconds_left: float | None


Progress = Callable[[State], None]


@dataclass(frozen=True)
class Swept:
    """A study after a sweep: where it is, and its flat table (one row per designed case)."""

    folder: Path
    table: Any
    computed: int

    @property
    def complete(self) -> bool:
        """Whether every designed case has a row."""
        return bool((self.table["status"] != "not run").all())


def sweep(
    study: Study,
    out: Path,
    workers: int | None = None,
    scheduler: Any = None,
    shard: tuple[int, int] = (1, 1),
    retry: bool = False,
    progress: Progress = lambda state: None,
    command: Sequence[str] = CASES,
) -> Swept:
    """Answer every case of the study (or of one shard of it) that has no answer; returns when all have one.

    ``scheduler`` is the address of a Dask scheduler, or any Dask cluster or client; without it ``workers`` processes
    of this machine are used. Cases that another process works on are waited for, and taken over when it dies.
    """
    store = Store(out / study.name)
    mine = [case for case in study.cases if int(case.id, 16) % shard[1] == shard[0] - 1]
    if retry:
        unlucky = {row["id"] for row in store.rows() if row.get("status") in UNLUCKY}
        store.forget(unlucky & {case.id for case in mine})
    relations = study.file.relations
    limit = Limit(relations.case_limit_s, relations.case_memory_mb)
    work = _Work(study, store, limit, tuple(command), progress)
    if scheduler is None:
        count = workers or worker_count(relations.case_memory_mb)
        with ThreadPoolExecutor(count) as pool:
            try:
                computed = work.run(mine, pool, lambda: count)
            finally:
                isolated.end_all()
    else:
        from lunarchain.study.cluster import connected

        with connected(scheduler) as (executor, capacity):
            computed = work.run(mine, executor, capacity)
    store.gather()
    return Swept(store.folder, collect(study, store), computed)


def worker_count(case_memory_mb: float) -> int:
    """Worker processes for this machine: one per core it may use, as long as each can have its memory."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    free_mb = psutil.virtual_memory().available / 2**20
    return max(1, min(cores, int(free_mb // case_memory_mb)))


def shard_of(text: str) -> tuple[int, int]:
    """The shard that ``I/N`` means. Raises ``InputError`` when it means none."""
    number, _, count = text.partition("/")
    try:
        shard = int(number), int(count)
    except ValueError:
        shard = (0, 0)
    if not 1 <= shard[0] <= shard[1]:
        raise InputError(
            [Issue("command line", "--shard", repr(text), "I/N, such as 2/4: the second of four parts")]
        )
    return shard


class _Work:
    """One process's part in a study."""

    def __init__(
        self, study: Study, store: Store, limit: Limit, command: tuple[str, ...], progress: Progress
    ) -> None:
        self.study, self.store, self.limit, self.command, self.progress = (
            study,
            store,
            limit,
            command,
            progress,
        )
        self.times: deque[float] = deque(maxlen=_RECENT)
        self.computed = 0

    def run(self, cases: list[Designed], executor: Executor, capacity: Callable[[], int]) -> int:
        """Answer the cases; returns how many were computed here."""
        done = self.store.ids()
        waiting = deque(case for case in cases if case.id not in done)
        total = len(cases)
        self.times.append(time.monotonic())
        running: dict[Future[Row], Designed] = {}
        try:
            while waiting or running:
                self._report(total, len(waiting) + len(running))
                held = self._fill(waiting, running, executor, capacity())
                finished, _ = wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._store(running.pop(future), future)
                if held and not running:
                    time.sleep(_LOOK_S)  # all that is left is in other hands
        finally:
            for future, case in running.items():
                future.cancel()
                self.store.release(case.id)
        self._report(total, 0)
        return self.computed

    def _fill(
        self, waiting: deque[Designed], running: dict[Future[Row], Designed], executor: Executor, most: int
    ) -> bool:
        """Hand out cases until every worker has one; says whether any was in other hands."""
        for _ in range(len(waiting)):
            if len(running) >= most:
                return False
            case = waiting.popleft()
            if not self.store.claim(case.id):
                waiting.append(case)
                continue
            if self.store.has(case.id):
                self.store.release(case.id)
                continue
            self.store.note("begun", case.id)
            running[executor.submit(isolated.answer, self._task(case), self.limit, self.command)] = case
        return bool(waiting)

    def _task(self, case: Designed) -> dict[str, Any]:
        """What travels to a worker: settings and how to answer them; no model, no numbers but those replaced."""
        relations = self.study.file.relations
        return {
            "id": case.id,
            "settings": case.tree,
            "mode": relations.mode,
            "figures": relations.figures,
            "warm": relations.warm,
            "line": self.study.line(case),
            "runs": str((self.store.folder / "runs").resolve()),
        }

    def _store(self, case: Designed, future: Future[Row]) -> None:
        try:
            row = future.result()
        except Exception as error:  # a worker of a cluster that was lost, for one
            row = {"id": case.id, "status": "crashed", "reason": f"{type(error).__name__}: {error}"}
        self.store.write(row)
        self.store.release(case.id)
        self.computed += 1
        self.times.append(time.monotonic())
        if self.computed % GATHER_AT == 0:
            self.store.gather(GATHER_AT)

    def _report(self, total: int, open_cases: int) -> None:
        span = self.times[-1] - self.times[0]
        rate = (len(self.times) - 1) / span if span > 0 else None
        left = open_cases / rate if rate else None
        self.progress(State(total - open_cases, total, self.computed, rate, left))
