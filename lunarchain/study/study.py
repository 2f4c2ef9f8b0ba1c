"""A study read and laid out: the base, the axes, the policies, and every case it designs, each with a content hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lunarchain import __version__
from lunarchain.errors import InputError, Issue
from lunarchain.pipeline.check import check, plain_faults
from lunarchain.pipeline.departures import shipped_departures
from lunarchain.scenario.facts import load_facts
from lunarchain.scenario.load import Case, Tree, load, resolve, toml_text, with_changes, with_overlay
from lunarchain.scenario.schema import Scenario
from lunarchain.scenario.validated import validated
from lunarchain.study.axes import Axis, make_axes
from lunarchain.study.design import Point, points
from lunarchain.study.schema import Base, PolicyMix, Relations, StudyFile, Value, find_study, read_study_file

NO_POLICY = ""
# How studies are run, analysed and shown changes no row; every other part of the program may, and one part of studies.
_NOT_DECIDING = ("cli", "report", "study")
_DECIDING_TOO = ("study/case_worker.py",)
_SOLVERS = ("highspy", "pyomo")
_OF_DATA = ("data.", "scale.")  # factors that move numbers, not choices
_WORDS = ("title", "question")  # what a case is called does not change its answer


@dataclass(frozen=True)
class Designed:
    """One case of a study: its content hash, where it stands on every axis it moves, its policy, its settings."""

    id: str
    point: Point
    policy: str
    tree: Tree


@dataclass(frozen=True)
class Study:
    """A study ready to run. ``cases`` are in the order in which they are computed; no id stands twice."""

    name: str
    file: StudyFile
    base: Case
    axes: tuple[Axis, ...]
    cases: tuple[Designed, ...]
    positions: tuple[str, ...] = field(default=(), repr=False)

    @property
    def policies(self) -> tuple[str, ...]:
        """Names of the policies crossed with the design, in order."""
        return tuple(mix.name for mix in self.file.policies) or (NO_POLICY,)

    def command(self, case: Designed) -> str:
        """The command that answers one case on its own."""
        sets = [*self.file.base.set.items(), *self._mix(case.policy).set.items(), *case.point.items()]
        overlays = [*self.file.base.overlays, *self._mix(case.policy).overlays]
        words = [f"--with {name}" for name in overlays]
        words += [f"--set '{path}={toml_text(value)}'" for path, value in dict(sets).items()]
        return " ".join(["lunarchain run", self.file.base.case, *words])

    def line(self, case: Designed) -> dict[str, Any] | None:
        """The one factor whose range a case lies on, if it moves no other: its ends and where the case stands."""
        moved = [axis for axis in self.axes if axis.path in case.point]
        if len(moved) != 1 or moved[0].values:
            return None
        axis = moved[0]
        # the low end by its content: a worker may go on to another study, with another base
        ends = [
            case_id(with_changes(case.tree, {axis.path: end}), self.file.relations)
            for end in (axis.low, axis.high)
        ]
        key = " ".join(ends)
        return {
            "key": key,
            "path": axis.path,
            "low": axis.low,
            "high": axis.high,
            "value": case.point[axis.path],
        }

    def _mix(self, name: str) -> PolicyMix:
        return next((mix for mix in self.file.policies if mix.name == name), PolicyMix(name=name))


def load_study(study: str | Path) -> Study:
    """The study of a path, or the shipped study of that name. Raises ``InputError`` with every fault found."""
    path = find_study(study)
    file, issues = read_study_file(path)
    if file is not None:
        try:
            found = lay_out(path.stem, _beside(file, path), str(path))
        except InputError as error:
            issues += error.issues
    if file is None or issues:
        raise InputError(issues)
    return found


def _beside(file: StudyFile, path: Path) -> StudyFile:
    """The file with a base case that stands beside it named by its whole path."""
    beside = path.parent / file.base.case
    if not beside.exists():
        return file
    return file.model_copy(update={"base": file.base.model_copy(update={"case": str(beside)})})


def lay_out(name: str, file: StudyFile, source: str = "study") -> Study:
    """The study a file describes. Raises ``InputError`` with every fault of base, factors and policies."""
    base, issues = _base(file.base, source)
    if base is None:
        raise InputError(issues)
    axes = make_axes(file.uncertainties, "uncertainties", base, source, issues)
    axes += make_axes(file.levers, "levers", base, source, issues)
    doubled = {axis.path for axis in axes if sum(other.path == axis.path for other in axes) > 1}
    issues += [
        Issue(source, path, "a factor that stands twice", "one factor a path") for path in sorted(doubled)
    ]
    tree = base.scenario.model_dump(mode="json", exclude_none=True)
    trees = {mix.name: _mixed(tree, mix, source, issues) for mix in file.policies} or {NO_POLICY: tree}
    if issues:
        raise InputError(issues)
    designed, positions = _designed(file, axes, trees, base.file, issues)
    issues += [fault for axis in axes for fault in _faults_at_ends(axis, base, tree, source)]
    if issues:
        raise InputError(list(dict.fromkeys(issues)))
    return Study(name, file, base, tuple(axes), designed, positions)


def _base(wanted: Base, source: str) -> tuple[Case | None, list[Issue]]:
    """The base case as far as it can be read, and what is wrong with it."""
    try:
        base = load(wanted.case, overlays=wanted.overlays)
        if wanted.set:
            tree = base.scenario.model_dump(mode="json", exclude_none=True)
            base = resolve(with_changes(tree, wanted.set), base.name, f"{source}: base.set")
    except InputError as error:
        partial = error.partial if isinstance(error.partial, Case) else None
        return partial, [_of_study(issue, source) for issue in error.issues]
    return base, check(base, shipped_departures())


def _of_study(issue: Issue, source: str, overlays: str = "base.overlays") -> Issue:
    """A fault of what the study names, told by the study's own key."""
    keys = {"CASE": "base.case", "--with": overlays}
    if issue.file != "command line" or issue.key not in keys:
        return issue
    return replace(issue, file=source, key=keys[issue.key])


def _mixed(tree: Tree, mix: PolicyMix, source: str, issues: list[Issue]) -> Tree:
    try:
        for overlay in mix.overlays:
            tree = with_overlay(tree, overlay)
        tree = with_changes(tree, mix.set)
        resolve(tree, mix.name, f"{source}: policies.{mix.name}")
    except InputError as error:
        issues += [_of_study(issue, source, f"policies.{mix.name}.overlays") for issue in error.issues]
    return tree


def _designed(
    file: StudyFile, axes: Sequence[Axis], trees: dict[str, Tree], source: str, issues: list[Issue]
) -> tuple[tuple[Designed, ...], tuple[str, ...]]:
    """Every case once, and the id at each position of the design (a sampled design may name one case twice)."""
    cases: dict[str, Designed] = {}
    positions: list[str] = []
    for policy, tree in trees.items():
        for point in points(file.design, axes):
            made = _case(policy, point, with_changes(tree, point), file, source, issues)
            if made is not None:
                cases.setdefault(made.id, made)
                positions.append(made.id)
    return tuple(cases.values()), tuple(positions)


def _faults_at_ends(axis: Axis, base: Case, tree: Tree, source: str) -> Iterator[Issue]:
    """What is wrong with the base where one factor stands at an end of its range, or at one of its values."""
    for end in axis.values or (axis.low, axis.high):
        try:
            found = plain_faults(resolve(with_changes(tree, {axis.path: end}), base.name, source), shipped_departures())
        except InputError as error:
            found = error.issues if axis.path.startswith(_OF_DATA) else []  # a choice is judged where cases are made
        for fault in found[:1]:
            more = f" (and {len(found) - 1} others with it)" if len(found) > 1 else ""
            named = "" if fault.key == axis.path else f", which makes {fault.key} {fault.got}"
            got = f"{_text(end)}{named}{more}"
            yield Issue(source, f"{axis.role} {axis.path}", got, fault.expected, fault.nearest, fault.hint)


def _text(value: Value) -> str:
    """A value of a factor as text."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _case(
    policy: str, point: Point, tree: Tree, file: StudyFile, source: str, issues: list[Issue]
) -> Designed | None:
    read, faults = validated(Scenario, tree, source)
    issues += faults
    if read is None or faults:
        return None
    scenario = read.model_dump(mode="json", exclude_none=True)
    made = case_id(scenario, file.relations)
    return Designed(made, point, policy, scenario)


def case_id(tree: Tree, relations: Relations) -> str:
    """Sixteen hex digits of all that decides a row: settings, numbers, departures, program, how it is answered."""
    settings = {key: value for key, value in tree.items() if key not in _WORDS}
    how = [relations.mode, relations.figures, relations.warm]
    body = json.dumps([settings, how, tables_digest(), __version__], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def tables_digest() -> str:
    """Digest of the shipped numbers, of the departure table and of the program that turns them into answers."""
    numbers = [(k, f.value, f.low, f.high, f.unit, f.text) for k, f in sorted(load_facts().items())]
    text = json.dumps(numbers) + shipped_departures().to_csv(index=False)
    digest = hashlib.sha256(text.encode())
    package = Path(__file__).parents[1]
    rooms = [f for f in package.rglob("*.py") if f.relative_to(package).parts[0] not in _NOT_DECIDING]
    for file in sorted([*rooms, *(package / name for name in _DECIDING_TOO)]):
        digest.update(file.read_bytes())
    digest.update(json.dumps([version(name) for name in _SOLVERS]).encode())
    return digest.hexdigest()[:16]
