"""Which processes of a network take part: the regular ones, and the optional ones someone asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.industry.network import Process


def participants(
    everyone: Mapping[str, Process], site_kind: str, allow: Sequence[str] = (), goal: str = ""
) -> dict[str, Process]:
    """What can stand at the kind of site: regular processes, those in ``allow``, and makers of ``goal``.

    ``allow`` names ids, row sets or extraction modes. Allowing a reactor, by mode or by id, also opens the
    regular processes on its taps: they are optional only because it is. Raises ``InputError`` with every
    unknown word of ``allow``.
    """
    regular = {p.base for p in everyone.values() if not p.optional}
    names = {name for p in everyone.values() for name in (p.id, p.base, p.mode) if name}
    unknown = [name for name in allow if name not in names]
    if unknown:
        modes = {p.mode for p in everyone.values() if p.optional and p.id == p.base and p.mode}
        bases = {p.base for p in everyone.values() if p.base not in regular} - {
            p.base for p in everyone.values() if p.mode and p.id == p.base
        }
        expected = (
            f"a mode ({' | '.join(sorted(modes))}) or an optional process ({' | '.join(sorted(bases))})"
        )
        raise InputError(
            [Issue("allow", "allow", repr(n), expected, nearest_name(n, names)) for n in unknown]
        )
    asked = set(allow)
    open_modes = {p.mode for p in everyone.values() if p.mode and {p.id, p.mode} & asked}

    def takes_part(process: Process) -> bool:
        named = bool({process.id, process.base} & asked)
        reactor = process.mode in asked and process.id == process.base
        downstream = process.mode in open_modes and process.base in regular
        return not process.optional or named or reactor or downstream or goal in process.outputs

    here = {name: process for name, process in everyone.items() if process.site_kind in ("any", site_kind)}
    return {name: process for name, process in here.items() if takes_part(process)}
