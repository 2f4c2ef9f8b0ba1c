"""What tests of several rooms share."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from lunarchain.cli import main


@dataclass(frozen=True)
class Said:
    """What a verb left behind: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def content(self) -> dict[str, Any]:
        """The one JSON document it printed."""
        return dict(json.loads(self.out))


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Type a verb on a terminal of 80 columns, without the start-up of a program of its own."""

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["lunarchain", *words])
        monkeypatch.setenv("COLUMNS", "80")
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run
