"""Content that any JSON reader understands."""

from __future__ import annotations

import math
from typing import Any


def jsonable(content: Any) -> Any:
    """The same with everything JSON does not know made plain: array scalars, missing numbers, paths."""
    if isinstance(content, dict):
        return {str(key): jsonable(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [jsonable(value) for value in content]
    if hasattr(content, "item"):
        content = content.item()
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content if isinstance(content, bool | int | float | str | None) else str(content)
