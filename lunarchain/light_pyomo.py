"""Pyomo without the half second it spends loading statistics that nothing here uses.

As soon as scipy is loaded, Pyomo imports ``scipy.stats`` and more along with itself. Empty modules stand in for them
while it does, and are taken away again: whoever needs the real ones later imports them as ever.
"""

from __future__ import annotations

import sys
from types import ModuleType

import scipy.sparse  # noqa: F401  Pyomo's compiler uses it; loaded first, so that Pyomo settles what it has of scipy now

_UNUSED = ("scipy.stats", "scipy.integrate", "scipy.spatial")


def load_pyomo() -> None:
    """Import Pyomo's modelling language, if it is not loaded yet, without what it loads in vain."""
    if "pyomo.common.dependencies" in sys.modules:
        return
    stand_ins = {name: ModuleType(name) for name in _UNUSED if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        import pyomo.environ  # noqa: F401
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)
