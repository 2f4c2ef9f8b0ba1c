r"""Growth: plant made of lunar-made kits, better with experience, limited by commissioning.

Local builds and spares ask for structure (lunar-made by nature) and precision parts (motors, sensors, bearings,
refractories; the process table's import share). Grades $g$ are crude, improved, mature: a grade multiplies the mass
of what is made by its crudeness $c_g$ and still imports a share $f_g$ of the precision parts.

Variables: structure $k_{igt}$ and precision parts $q_{igt}$ served at grade $g$ [nominal kt/yr], structure landed
$e_{it}$ [kt/yr], lunar plant made so far $Y_t$ [kt], robots $R_{ikt}$ [kt handled/yr] landed or made of plant parts.

Constraints
$\sum_g k_{igt} + e_{it} + \sum_g \max(f_g - 1, 0)\, q_{igt} \ge$ structure wanted, $\sum_g q_{igt} \ge$ precision
wanted: grade crude imports all precision parts and, with $f_g > 1$, a little of the structure;
kits used: $\sum_g c_g k_{igt} + (1 - f_g) c_g q_{igt}$, taken from the kit commodity;
$Y_{t+1} = Y_t + \ell_t \sum_{ig} (\ldots)$; experience: $\sum_i (k_{igt} + q_{igt}) \le \theta_g Y_t$ for
better grades;
commissioning: local kits $\le$ seed $+ (1 + r) \times$ those of the year before, compounded over the step;
handled mass $\le$ robots at work.
Closure therefore rises only by making things, never by the calendar.
"""

from __future__ import annotations

from lunarchain.model import algebra
from lunarchain.model.context import Context
from lunarchain.model.factory import SOURCES
from lunarchain.model.ledger import linear, negated


def add(context: Context) -> None:
    """Add plant pools, grades, experience, commissioning and robots."""
    grades = _grades(context)
    _variables(context, grades)
    _post_uses(context, grades)
    _post_robots(context)
    _experience(context, grades)
    _commissioning(context, grades)


def close(context: Context) -> None:
    """Plant pools and robots at every site, once every subsystem has posted what it wants and handles."""
    _pools(context, _grades(context))
    _robots(context)


def _grades(context: Context) -> list[str]:
    """Grades a plan may build at, crudest first."""
    facts = context.inputs.facts
    return [g for g in facts.children("closure.grade") if f"closure.grade.{g}.import_factor" in facts]


def _post_robots(context: Context) -> None:
    """Robots come whole from Earth, or are made of plant parts, of which electronics come from Earth."""
    m, books, number = context.model, context.ledgers, context.inputs.number
    life, per_robot = number("labour.robot_life", "yr"), number("labour.handled_per_robot", "kt/robot/yr")
    price = number("labour.robot_price", "GUSD/robot") / per_robot
    mass = number("labour.robot_mass", "kt/robot") / per_robot
    imported = number("labour.robot_import_share", "dimensionless")
    m.robots_added = algebra.Var(
        [(i, k, ...) for i in context.inputs.sites for k in SOURCES],
        bounds=(0, context.inputs.flow_cap_kt),
        doc="robots added, by the mass they handle [kt/yr/yr]",
    )
    for i in context.inputs.sites:
        landed, local = (m.robots_added[i, k, ...] for k in SOURCES)
        books.landed.post((i, "plant"), mass, landed)
        context.buy("robots", price, landed, life)
        books.structure.post(i, mass * (1 - imported), local)
        books.precision.post(i, mass * imported, local)


def _robots(context: Context) -> None:
    m, books, number = context.model, context.ledgers, context.inputs.number
    life, lag = number("labour.robot_life", "yr"), number("operations.commissioning_lag", "yr")
    upkeep = number("prices.robot_year", "GUSD/robot/yr") / number("labour.handled_per_robot", "kt/robot/yr")
    for i in context.inputs.sites:
        for coefficient, variable in books.labour.pairs(i):
            context.pay("robot operation", upkeep * coefficient, variable)

    def robots(_: algebra.Model, i: str) -> object:
        working = [(1, context.stock(m.robots_added[i, k, ...], life, lag)) for k in SOURCES]
        return linear(working) >= books.labour.total(i)

    m.robots_at_work = algebra.Constraint(
        [(i, ...) for i in context.inputs.sites], rule=robots, doc="price: handling by robots [kt/yr]"
    )


def _variables(context: Context, grades: list[str]) -> None:
    m, cap = context.model, context.inputs.flow_cap_kt
    index = [(i, g, ...) for i in context.inputs.sites for g in grades]
    m.structure = algebra.Var(index, bounds=(0, cap), doc="plant structure made at a grade [kt/yr]")
    m.precision = algebra.Var(
        index, bounds=(0, cap), doc="precision parts of plant served at a grade [kt/yr]"
    )
    m.landed_structure = algebra.Var(
        [(i, ...) for i in context.inputs.sites],
        bounds=(0, cap),
        doc="plant structure landed from Earth [kt/yr]",
    )
    m.lunar_plant_made = algebra.Var([...], bounds=(0, cap), doc="lunar-made plant so far [kt, once]")


def _pools(context: Context, grades: list[str]) -> None:
    m, books = context.model, context.ledgers
    index = m.landed_structure.declared()
    # of what a grade imports, the part beyond the precision parts stands in for structure
    excesses = {g: max(_imported(context, g) - 1, 0.0) for g in grades}

    def structure(_: algebra.Model, i: str) -> object:
        supplied = [(1.0, m.structure[i, g, ...]) for g in grades] + [(1.0, m.landed_structure[i, ...])]
        supplied += [(excess, m.precision[i, g, ...]) for g, excess in excesses.items()]
        return linear(supplied) >= books.structure.total(i)

    def precision(_: algebra.Model, i: str) -> object:
        return linear([(1, m.precision[i, g, ...]) for g in grades]) >= books.precision.total(i)

    m.structure_supply = algebra.Constraint(
        index, rule=structure, doc="price: plant structure at a lunar site [kt/yr]"
    )
    m.precision_supply = algebra.Constraint(
        index, rule=precision, doc="price: precision parts of plant at a lunar site [kt/yr]"
    )


def _post_uses(context: Context, grades: list[str]) -> None:
    m, books = context.model, context.ledgers
    price = context.inputs.number("prices.plant", "GUSD/kt")
    for i in context.inputs.sites:
        books.landed.post((i, "plant"), 1, m.landed_structure[i, ...])
        context.buy("imported spares and parts", price, m.landed_structure[i, ...])
        for g in grades:
            imported = _imported(context, g)
            books.landed.post((i, "plant"), imported, m.precision[i, g, ...])
            context.buy("imported spares and parts", price * imported, m.precision[i, g, ...])
            for amount, pool in kit_uses(context, g):
                books.commodity.post((i, "kit"), -amount, pool[i, g, ...])
                books.labour.post(i, amount, pool[i, g, ...])


def kit_uses(context: Context, grade: str) -> list[tuple[float, algebra.Family]]:
    """Kit mass used per nominal kt of structure and of precision parts at a grade."""
    crudeness = context.inputs.number(f"closure.grade.{grade}.crudeness", "dimensionless")
    made_here = max(1 - _imported(context, grade), 0.0)
    return [(crudeness, context.model.structure), (crudeness * made_here, context.model.precision)]


def _imported(context: Context, grade: str) -> float:
    """Import of a grade as a multiple of the precision parts it serves."""
    return context.inputs.number(f"closure.grade.{grade}.import_factor", "dimensionless")


def _made(context: Context, grades: list[str]) -> list[algebra.Term]:
    return [
        (amount, pool[i, g, ...])
        for i in context.inputs.sites
        for g in grades
        for amount, pool in kit_uses(context, g)
    ]


def _experience(context: Context, grades: list[str]) -> None:
    m = context.model

    def made_so_far(_: algebra.Model) -> object:
        made = m.lunar_plant_made[...]
        before = [(amount, line.times(context.years).before()) for amount, line in _made(context, grades)]
        return linear([(1, made), (-1, made.before()), *negated(before)]) == 0

    def limit(_: algebra.Model, g: str) -> object:
        rate = context.inputs.number(f"closure.grade.{g}.experience", "1/yr")
        served = [(1, pool[i, g, ...]) for i in context.inputs.sites for pool in (m.structure, m.precision)]
        return linear([*served, (-rate, m.lunar_plant_made[...])]) <= 0

    m.experience_gained = algebra.Constraint(
        [...], rule=made_so_far, doc="definition: lunar-made plant adds up [kt, once]"
    )
    m.experience_limit = algebra.Constraint(
        [(g, ...) for g in grades[1:]],
        rule=limit,
        doc="limit: experience for better lunar-made plant [kt/yr]; set by: closure.grade.{0}.experience",
    )


def _commissioning(context: Context, grades: list[str]) -> None:
    m = context.model
    seed = context.inputs.number("operations.commissioning_seed", "kt/yr")
    rate = context.inputs.number("operations.commissioning_rate", "1/yr")

    def ramp(_: algebra.Model) -> object:
        factor, seeds = context.allowance(rate)
        made = _made(context, grades)
        return linear([*made, *((-factor * amount, line.before()) for amount, line in made)]) <= seed * seeds

    m.commissioning = algebra.Constraint(
        [...],
        rule=ramp,
        doc="limit: commissioning of lunar-made plant [kt/yr]; set by: operations.commissioning_rate,"
        " operations.commissioning_seed; priced at: prices.plant",
    )
