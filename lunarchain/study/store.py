"""Where the answers of a study live: nothing lost, nothing twice, nothing mixed, whoever is killed whenever.

``fresh/<id>.json`` is one answer, written whole or not at all and never over another. Now and then fresh answers are
gathered into ``results/part-*.parquet``. ``index.parquet`` is one flat table of the whole design, answered or not:
``pandas.read_parquet("studies/NAME/index.parquet")``, or in DuckDB ``from 'studies/NAME/index.parquet'``.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import pandas as pd

Row = dict[str, Any]
EARLIER = "index-earlier.parquet"
INDEX, FRESH, RESULTS, LOG, CLAIMS, PAGE = (
    "index.parquet", "fresh", "results", "log.jsonl", "claims", "study.html",
)  # fmt: skip
GATHER_AT = 200  # fresh answers that are worth one Parquet file
_MOST_PARTS = 16
_GATHERING = 1 << 62  # the byte of the claims file that stands for gathering; cases use those below 2**60
TEXT = (
    "id", "status", "reason", "path", "moon", "assembled", "driver", "tracks_by_design", "run", "policy", "moved",
    "command",
)  # fmt: skip


class Store:
    """The folder of one study. Any number of processes may hold it open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, frozenset[str]] = {}
        for name in (FRESH, RESULTS):
            (folder / name).mkdir(parents=True, exist_ok=True)

    @cached_property
    def _claims(self) -> IO[bytes]:
        # one open file a process: closing any other would give up every claim the process holds
        return (self.folder / CLAIMS).open("ab+")

    def claim(self, case: str) -> bool:
        """Take a case for this process; ``False`` when another living process has it.

        A claim is a lock on one byte of a file and belongs to the process: it ends with it, however it ends.
        """
        try:
            fcntl.lockf(self._claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _byte(case))
        except OSError:
            return False
        return True

    def release(self, case: str) -> None:
        """Give a claim back."""
        fcntl.lockf(self._claims, fcntl.LOCK_UN, 1, _byte(case))

    def write(self, row: Row) -> bool:
        """Store an answer under its id; ``False`` when there already is one, which is then kept."""
        path = self._fresh(row["id"])
        scratch = self.folder / FRESH / f".{row['id']}-{uuid.uuid4().hex}"
        scratch.write_text(json.dumps(row), encoding="utf-8")
        try:
            os.link(scratch, path)
        except FileExistsError:
            return False
        finally:
            scratch.unlink()
        self.note("stored", row["id"])
        return True

    def has(self, case: str) -> bool:
        """Whether a case is answered by now."""
        # fresh before gathered: gathering writes the part before it drops the fresh answer
        return self._fresh(case).exists() or case in self._gathered()

    def ids(self) -> set[str]:
        """Ids of every answer stored."""
        return {path.stem for path in self._fresh_files()} | self._gathered()

    def rows(self) -> list[Row]:
        """Every answer stored, once."""
        fresh = [row for path in self._fresh_files() if (row := _read(path)) is not None]
        while True:
            try:
                found = {row["id"]: row for part in self._parts() for row in _records(part)}
            except FileNotFoundError:  # parts were merged meanwhile
                continue
            return list((found | {row["id"]: row for row in fresh}).values())

    def _fresh(self, case: str) -> Path:
        return self.folder / FRESH / f"{case}.json"

    def _gathered(self) -> set[str]:
        """Ids in the parts; a part never changes, so each is read once."""
        for part in self._parts():
            if part.name not in self._known:
                with suppress(
                    FileNotFoundError
                ):  # merged meanwhile: what it held is in a part looked at next
                    self._known[part.name] = frozenset(_column(part))
        present = {part.name for part in self._parts()}
        if present - set(self._known):
            return self._gathered()
        return {case for name in present for case in self._known[name]}

    def gather(self, least: int = 1) -> None:
        """Move fresh answers into a Parquet part when there are ``least`` of them; one process at a time."""
        if sum(1 for _ in self._fresh_files()) < least:
            return
        with self._gathering() as mine:
            if not mine:
                return
            fresh, parts = list(self._fresh_files()), self._parts()
            known = {case for part in parts for case in _column(part)}
            new = [row for path in fresh if path.stem not in known and (row := _read(path)) is not None]
            if len(parts) >= _MOST_PARTS:
                new = [*{row["id"]: row for part in parts for row in _records(part)}.values(), *new]
            if new:
                self._write_part(new)
            for path in [*fresh, *(parts if len(parts) >= _MOST_PARTS else ())]:
                path.unlink(missing_ok=True)

    def forget(self, cases: Iterable[str]) -> None:
        """Drop the answers of some cases, so that they are computed again."""
        dropped = set(cases)
        with self._gathering() as mine:
            if not mine:
                return
            parts = [part for part in self._parts() if dropped & set(_column(part))]
            kept = [row for part in parts for row in _records(part) if row["id"] not in dropped]
            if kept:
                self._write_part(kept)
            for path in [*parts, *(self._fresh(case) for case in dropped)]:
                path.unlink(missing_ok=True)

    def has_index(self) -> bool:
        """Whether a table of the design was ever written."""
        return (self.folder / INDEX).exists()

    def read_index(self) -> pd.DataFrame:
        """The flat table as it was written last."""
        return pd.read_parquet(self.folder / INDEX)

    def keep_index(self) -> None:
        """Put the flat table aside before another takes its place."""
        os.replace(self.folder / INDEX, self.folder / EARLIER)

    def write_index(self, table: pd.DataFrame) -> None:
        """The flat table of the whole design, replaced in one step."""
        _write_parquet(table, self.folder / INDEX)

    def note(self, event: str, case: str) -> None:
        """A line in the log: who did what to which case, when."""
        line = json.dumps({"event": event, "id": case, "process": os.getpid(), "at": time.time()}) + "\n"
        with (self.folder / LOG).open("ab", buffering=0) as log:
            log.write(line.encode())

    @contextmanager
    def _gathering(self) -> Iterator[bool]:
        try:
            fcntl.lockf(self._claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _GATHERING)
        except OSError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.lockf(self._claims, fcntl.LOCK_UN, 1, _GATHERING)

    def _write_part(self, rows: list[Row]) -> None:
        _write_parquet(typed(rows), self.folder / RESULTS / f"part-{time.time_ns():020d}.parquet")

    def _fresh_files(self) -> Iterator[Path]:
        return (path for path in (self.folder / FRESH).glob("*.json") if not path.name.startswith("."))

    def _parts(self) -> list[Path]:
        return sorted((self.folder / RESULTS).glob("part-*.parquet"))


def typed(rows: list[Row]) -> pd.DataFrame:
    """Rows as a table whose columns have the same type in every part: words where a column holds any, else numbers."""
    frame = pd.DataFrame(rows)
    for column in frame:
        values = frame[column]
        if column in TEXT or any(isinstance(value, str) for value in values):
            frame[column] = values.map(lambda v: None if v is None or v != v else str(v)).astype("string")
        else:
            frame[column] = pd.to_numeric(values, errors="coerce").astype(float)
    return frame


def _byte(case: str) -> int:
    return int(case[:15], 16)


def _read(path: Path) -> Row | None:
    try:
        row: Row = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:  # gathered by another process meanwhile; it is in a part now
        return None
    return row


def _column(part: Path) -> list[str]:
    return [str(case) for case in pd.read_parquet(part, columns=["id"])["id"]]


def _records(part: Path) -> list[Row]:
    frame = pd.read_parquet(part)
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    scratch = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    frame.to_parquet(scratch, index=False)
    os.replace(scratch, path)
