"""A task answered in a process of its own, under a limit of time and of memory, whatever the task does.

The process is kept from task to task and replaced when it had to be ended or died. It is a plain subprocess and not
one of a process pool, because it must also work inside the workers of a cluster, which may not have children of the
pool's kind, and because a pool cannot end the one task that hangs.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

import psutil

from lunarchain.study.child import READY, Task

CASES = (sys.executable, "-m", "lunarchain.study.child")
_LOOK_S = 0.2  # how often memory is looked at
_START_S = 120.0  # a busy machine may take long to import everything
_WORDS_KEPT = 300


@dataclass(frozen=True)
class Limit:
    """What one task may take: seconds, and memory of its whole process [MB]."""

    seconds: float
    memory_mb: float


class EndedError(Exception):
    """The process had to be ended, or died; ``status`` is that of the task's row."""

    def __init__(self, status: str, reason: str) -> None:
        self.status, self.reason = status, reason
        super().__init__(reason)


_local = threading.local()
_children: set[Child] = set()  # those of every thread, so that whoever ends the work can end them


def answer(task: Task, limit: Limit, command: Sequence[str] = CASES) -> Task:
    """The answer to a task, from the process that belongs to this thread; a row with a reason where there is none."""
    child: Child | None = getattr(_local, "child", None)
    if child is None or child.command != tuple(command) or child not in _children:
        if child is not None:
            child.end()
        child = _local.child = Child(tuple(command))
        _children.add(child)
    begun = time.perf_counter()
    try:
        return child.ask(task, limit)
    except EndedError as ended:
        child.end()
        _children.discard(child)
        seconds = round(time.perf_counter() - begun, 3)
        return {"id": task["id"], "status": ended.status, "reason": ended.reason, "seconds": seconds}


def end_all() -> None:
    """End every process of this program; what they were at is given up."""
    while _children:
        _children.pop().end()


class Child:
    """One process that answers tasks. It is in a session of its own: an interrupt is for its parent to deal with."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.command = command
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, start_new_session=True,
            env=environment,
        )  # fmt: skip
        self._memory = psutil.Process(self._process.pid)
        self._unread = b""
        self._ready = False

    def ask(self, task: Task, limit: Limit) -> Task:
        """The answer to a task. Raises ``EndedError`` when the process dies or passes a limit."""
        if not self._ready:
            self._ready = READY in self._line(Limit(_START_S, limit.memory_mb))
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(task).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise EndedError("crashed", f"the worker was gone: {self._last_words()}") from None
        return self._line(limit)

    def _line(self, limit: Limit) -> dict[str, Any]:
        """The next line the process prints, read as JSON."""
        assert self._process.stdout is not None
        deadline = time.monotonic() + limit.seconds
        while b"\n" not in self._unread:
            if select.select([self._process.stdout], [], [], _LOOK_S)[0]:
                read = os.read(self._process.stdout.fileno(), 1 << 16)
                if not read:
                    code = self._process.wait()
                    raise EndedError("crashed", f"the worker ended with code {code}: {self._last_words()}")
                self._unread += read
                continue
            if time.monotonic() > deadline:
                raise EndedError("timed out", f"not answered within {limit.seconds:g} s")
            self._check_memory(limit)
        line, _, self._unread = self._unread.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def _check_memory(self, limit: Limit) -> None:
        try:
            used_mb = self._memory.memory_info().rss / 2**20
        except psutil.Error:
            return  # it has just ended; the next read says so
        if used_mb > limit.memory_mb:
            raise EndedError(
                "out of memory", f"used {used_mb:.0f} MB of the {limit.memory_mb:.0f} MB allowed"
            )

    def _last_words(self) -> str:
        self._said.seek(0)
        return self._said.read().decode(errors="replace").strip()[-_WORDS_KEPT:] or "it said nothing"

    def end(self) -> None:
        """Kill the process and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._said):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # an unsent rest of a line to a dead process
