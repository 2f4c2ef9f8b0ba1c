"""The whole input surface of a study file, in the words of exploratory modelling.

Uncertainties (what nobody controls), levers and policies (what somebody decides), relations (the base case and how
each case is answered) and measures (what is kept of each answer).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.paths import shipped
from lunarchain.scenario.validated import validated

MODES = ("relaxed", "rounded", "certified", "verified")
Value = bool | float | str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Base(_Strict):
    """The case every other case of the study is a change of."""

    case: str
    overlays: tuple[str, ...] = ()
    set: dict[str, Any] = Field(
        default_factory=dict, description="dotted paths of the scenario and their values"
    )


class Factor(_Strict):
    """Something that is varied: a dotted path of the scenario, ``data.<id>`` or ``scale.<pattern>``.

    Either a range (the sourced low to high of the fact where none is given) or a list of values. A path that ends
    in ``*`` stands for every fact below it that has a range.
    """

    path: str
    name: str = ""
    low: float | None = None
    high: float | None = None
    nominal: Value | None = None
    values: tuple[Value, ...] = ()
    spread: Literal["linear", "log"] = "linear"
    levels: Annotated[int, Field(ge=2, le=1000)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Factor:
        if self.values and (self.low is not None or self.high is not None):
            raise ValueError("both values and a range (low, high)")
        if len(set(map(repr, self.values))) < len(self.values):
            raise ValueError(f"a value twice among {', '.join(map(str, self.values))}")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"low {self.low:g}, which is not below high {self.high:g}")
        if self.spread == "log" and self.low is not None and self.low <= 0:
            raise ValueError(f"a log spread from low {self.low:g}, which is not above zero")
        return self


class PolicyMix(_Strict):
    """A named mix of policies: overlays and settings laid over every case it is crossed with."""

    name: str
    overlays: tuple[str, ...] = ()
    set: dict[str, Any] = Field(default_factory=dict)


class Design(_Strict):
    """Which points of the space of factors are computed."""

    method: Literal["tornado", "grid", "lhs", "sobol", "morris"]
    levels: Annotated[int, Field(ge=2, le=1000)] = Field(
        default=2, description="points of a range (tornado, grid)"
    )
    samples: Annotated[int, Field(ge=2, le=1_000_000)] = Field(
        default=64, description="lhs points; sobol base points"
    )
    trajectories: Annotated[int, Field(ge=2, le=10_000)] = Field(default=10, description="morris")
    grid_levels: Annotated[int, Field(ge=2, le=64)] = Field(default=4, description="morris")
    second_order: bool = Field(default=False, description="sobol: also pairs of factors")
    seed: int = 1

    @model_validator(mode="after")
    def _balanced(self) -> Design:
        if self.method == "sobol" and self.samples & (self.samples - 1):
            near = 1 << (self.samples.bit_length() - 1)
            raise ValueError(
                f"{self.samples} samples for sobol, which needs a power of two: {near} or {2 * near}"
            )
        return self


class Relations(_Strict):
    """How each case is answered, and what one case may take.

    ``relaxed``: both arms as linear models (fractions of tracks and openings): a proven bound and a relaxed plan.
    ``rounded``: the same, then one plan in whole numbers: bound and plan, with whatever gap is left.
    ``certified``: the search of the main job to the gap asked for. ``verified``: the main job itself, flown, audited
    and kept as a run folder.
    """

    mode: Literal["relaxed", "rounded", "certified", "verified"] = "rounded"
    figures: bool = Field(
        default=True, description="relaxed: figures of the plan too, not only objective and bound"
    )
    warm: bool = Field(
        default=True, description="relaxed: go on from the last case's vertex where that is faster"
    )
    case_limit_s: Annotated[float, Field(gt=0)] = 900.0
    case_memory_mb: Annotated[float, Field(gt=0)] = 3000.0


class Measures(_Strict):
    """What the analysis looks at; every figure of every case is kept in any case."""

    main: str = "decision_value"
    also: tuple[str, ...] = ()
    better: Literal["lower", "higher"] = "higher"
    flips_at: float = Field(default=0.0, description="value of the main measure at which the decision flips")
    pareto: dict[str, Literal["min", "max"]] = Field(default_factory=dict)
    interest: str = Field(default="", description="rule for scenario discovery, such as decision_value > 0")


class StudyFile(_Strict):
    """One study."""

    title: str
    question: str = ""
    base: Base
    uncertainties: tuple[Factor, ...] = ()
    levers: tuple[Factor, ...] = ()
    policies: tuple[PolicyMix, ...] = ()
    design: Design
    relations: Relations = Relations()
    measures: Measures = Measures()

    @model_validator(mode="after")
    def _something_to_do(self) -> StudyFile:
        if not (self.uncertainties or self.levers or self.policies):
            raise ValueError("nothing that is varied: give uncertainties, levers or policies")
        return self

    @field_validator("policies")
    @classmethod
    def _told_apart(cls, mixes: tuple[PolicyMix, ...]) -> tuple[PolicyMix, ...]:
        names = [mix.name for mix in mixes]
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice:
            raise ValueError(f"two policies of one name: {', '.join(repr(name) for name in twice)}")
        return mixes


def read_study_file(path: Path) -> tuple[StudyFile | None, list[Issue]]:
    """The study file and every fault of its shape; none where too little of it can be read to go on."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError([Issue(str(path), "file", str(error), "valid TOML")]) from None
    return validated(StudyFile, tree, str(path))


def find_study(study: str | Path) -> Path:
    """The study file meant: an existing path, else a shipped study of that name."""
    root = shipped("models")
    name = str(study).removeprefix("models/").removeprefix("studies/").removesuffix(".toml")
    for candidate in (Path(study), root / "studies" / f"{name}.toml"):
        if candidate.is_file():
            return candidate
    names = sorted(path.stem for path in (root / "studies").glob("*.toml"))
    expected = "the path of a study file, or one of: " + ", ".join(names)
    hint = "that is a folder, of results perhaps: name the file it was swept from" if Path(study).is_dir() else ""
    raise InputError([Issue("command line", "STUDY", f"'{study}'", expected, nearest_name(name, names), hint)])
