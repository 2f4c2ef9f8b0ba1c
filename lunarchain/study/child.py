"""A process that answers one task after another: JSON lines in on standard input, JSON lines out.

It ends when its standard input does, in the middle of a task if need be: when whoever started it is gone, killed or
not, nobody is left to read the answer. ``python -m lunarchain.study.child`` serves the cases of studies.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

READY = "ready"
Task = dict[str, Any]


def serve(answer: Callable[[Task], Task]) -> None:
    """Answer tasks until standard input ends. Whatever else is printed goes to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as replies:
        os.dup2(2, 1)
        tasks: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
        print(json.dumps({READY: os.getpid()}), file=replies, flush=True)
        while True:
            print(json.dumps(answer(json.loads(tasks.get()))), file=replies, flush=True)


def _listen(tasks: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        tasks.put(line)
    os._exit(0)


if __name__ == "__main__":
    from lunarchain.study.case_worker import answer as answer_case

    serve(answer_case)
