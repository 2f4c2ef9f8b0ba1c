"""Make ``orekit.csv`` and ``orekit_full.csv``: the departures of ``departures.csv`` flown by Orekit, which reads DE440.

Run with a Java runtime and ``pip install orekit-jpype satkit-data``:
``python tests/reference/trajectory_truth/make_orekit.py``. Another integrator, another reader, JPL's own binary file.

The first table has Earth, Moon and Sun as points. The second adds, in Orekit's own code, the lunar field to degree 8
(Holmes and Featherstone's recursion), the Earth's second zonal harmonic about the mean pole of date (by Orekit's own
precession), sunlight without shadow, Venus and Jupiter. What is fed in are constants, the field's coefficients, and the
Moon's orientation, which Orekit does not read from DE440; a test of the ephemeris holds it to JPL's own kernel.

Orekit counts SI seconds while the ephemeris runs in TDB, which gains and loses up to a millisecond in a month: that
difference is stored day by day (``clock_0`` to ``clock_30``, TDB less SI seconds since launch), so that a comparison
can put it into its own clock.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jpype
import numpy as np
import orekit_jpype
import pandas as pd

from lunarchain.model.departure_inputs import shipped_ephemeris

AXES = ("x", "y", "z", "vx", "vy", "vz")
DAYS, DAY_S, TOLERANCE = (5, 30), 86_400.0, 1e-13
DEGREE, PRESSURE_M_S2 = (
    8,
    5.9e-8,
)  # of the second table: lunar field, push of sunlight at one astronomical unit


def start_orekit() -> None:
    """Start the virtual machine and give it the ephemeris under the name it looks for."""
    orekit_jpype.initVM()
    from java.io import File
    from org.orekit.data import DataContext, DirectoryCrawler

    folder = Path(tempfile.mkdtemp())
    (folder / "lnxp1550.440").symlink_to(str(files("satkit_data") / "data" / "linux_p1550p2650.440"))
    manager = DataContext.getDefault().getDataProvidersManager()
    manager.addProvider(DirectoryCrawler(File(str(folder))))


def date_of(t_s: float) -> Any:
    """The instant whose TDB reading is ``t_s`` seconds past J2000."""
    from org.orekit.time import AbsoluteDate, DateComponents, TimeComponents, TimeScalesFactory

    # Split before the half day is added: the sum in one double is rounded to 2e-7 s, which grows to centimetres.
    days, seconds = divmod(t_s, DAY_S)
    late, seconds = divmod(seconds + DAY_S / 2, DAY_S)
    day = DateComponents(DateComponents.J2000_EPOCH, int(days + late))
    return AbsoluteDate(day, TimeComponents(float(seconds)), TimeScalesFactory.getTDB())


def propagator(date: Any, state: np.ndarray) -> Any:
    """Orekit's propagator from a geocentric state on the ICRF axes, metres and metres per second."""
    from org.hipparchus.geometry.euclidean.threed import Vector3D
    from org.hipparchus.ode.nonstiff import DormandPrince853Integrator
    from org.orekit.bodies import CelestialBodyFactory
    from org.orekit.forces.gravity import ThirdBodyAttraction
    from org.orekit.frames import FramesFactory
    from org.orekit.orbits import CartesianOrbit, OrbitType
    from org.orekit.propagation import SpacecraftState
    from org.orekit.propagation.numerical import NumericalPropagator
    from org.orekit.utils import PVCoordinates

    place, pace = (Vector3D(*(float(x) for x in part)) for part in (state[:3], state[3:]))
    earth = CelestialBodyFactory.getEarth().getGM()
    orbit = CartesianOrbit(PVCoordinates(place, pace), FramesFactory.getGCRF(), date, earth)
    found = NumericalPropagator(DormandPrince853Integrator(1e-3, 1e5, 1e-10, TOLERANCE))
    found.setOrbitType(OrbitType.CARTESIAN)
    found.addForceModel(ThirdBodyAttraction(CelestialBodyFactory.getMoon()))
    found.addForceModel(ThirdBodyAttraction(CelestialBodyFactory.getSun()))
    found.setInitialState(SpacecraftState(orbit))
    return found


def turning_moon() -> Any:
    """A frame on the Moon's principal axes: placed by Orekit's Moon, turned by the shipped angles."""
    from org.hipparchus.geometry.euclidean.threed import Rotation
    from org.orekit.bodies import CelestialBodyFactory
    from org.orekit.frames import Frame, FramesFactory, Transform
    from org.orekit.time import AbsoluteDate, TimeScalesFactory

    eph, tdb, around = shipped_ephemeris(), TimeScalesFactory.getTDB(), FramesFactory.getGCRF()
    noon = AbsoluteDate("2000-01-01T12:00:00", tdb)

    @jpype.JImplements("org.orekit.frames.TransformProvider")
    class Turning:
        @jpype.JOverride
        def getTransform(self, date: Any) -> Any:
            there = CelestialBodyFactory.getMoon().getPVCoordinates(date, around)
            turn = eph.principal_axes(np.array([date.offsetFrom(noon, tdb)]))[0]
            axes = jpype.JArray(jpype.JArray(jpype.JDouble))(turn.tolist())
            return Transform(date, Transform(date, there.negate()), Transform(date, Rotation(axes, 1e-9)))

        @jpype.JOverride
        def getKinematicTransform(self, date: Any) -> Any:
            return self.getTransform(date)

        @jpype.JOverride
        def getStaticTransform(self, date: Any) -> Any:
            return self.getTransform(date).toStaticTransform()

    return Frame(
        around, jpype.JObject(Turning(), "org.orekit.frames.TransformProvider"), "Moon, principal axes"
    )


def more_forces(found: Any) -> None:
    """Add everything that the shipped model has besides points, without shadows."""
    from org.orekit.bodies import CelestialBodyFactory, OneAxisEllipsoid
    from org.orekit.forces.gravity import (
        HolmesFeatherstoneAttractionModel,
        J2OnlyPerturbation,
        ThirdBodyAttraction,
    )
    from org.orekit.forces.gravity.potential import GravityFieldFactory, TideSystem
    from org.orekit.forces.radiation import IsotropicRadiationSingleCoefficient, SolarRadiationPressure
    from org.orekit.frames import FramesFactory
    from org.orekit.utils import IERSConventions

    eph, pole = shipped_ephemeris(), FramesFactory.getMOD(IERSConventions.IERS_2010)
    bodies = {
        name: getattr(CelestialBodyFactory, f"get{name}")() for name in ("Earth", "Sun", "Venus", "Jupiter")
    }
    kept = [
        [row[: n + 1].tolist() for n, row in enumerate(part[: DEGREE + 1])]
        for part in (eph.field_c, eph.field_s)
    ]
    kept[0][0][0] = 1.0
    numbers = [jpype.JArray(jpype.JArray(jpype.JDouble))(part) for part in kept]
    field = GravityFieldFactory.getNormalizedProvider(
        eph.field_radius, CelestialBodyFactory.getMoon().getGM(), TideSystem.TIDE_FREE, *numbers
    )
    found.addForceModel(HolmesFeatherstoneAttractionModel(turning_moon(), field))
    found.addForceModel(J2OnlyPerturbation(bodies["Earth"].getGM(), eph.earth_radius, eph.earth_j2, pole))
    for name in ("Venus", "Jupiter"):
        found.addForceModel(ThirdBodyAttraction(bodies[name]))
    mass = found.getInitialState().getMass()
    payload = IsotropicRadiationSingleCoefficient(mass, 1.0)  # a square metre to the kilogram
    pebble = OneAxisEllipsoid(1.0, 0.0, FramesFactory.getGCRF())  # an Earth without a shadow to speak of
    found.addForceModel(
        SolarRadiationPressure(eph.astronomical_unit, PRESSURE_M_S2, bodies["Sun"], pebble, payload)
    )


def rows(table: pd.DataFrame, full: bool) -> Iterator[list[float]]:
    """Clock differences day by day, then end states after each span of SI seconds."""
    from org.orekit.time import TimeScalesFactory

    tdb = TimeScalesFactory.getTDB()
    for _, row in table.iterrows():
        date = date_of(row["t_s"])
        flight = propagator(date, row[[f"{axis}_0" for axis in AXES]].to_numpy(dtype=float))
        if full:
            more_forces(flight)
        gained = [date.shiftedBy(d * DAY_S).offsetFrom(date, tdb) - d * DAY_S for d in range(max(DAYS) + 1)]
        ends = []
        for day in DAYS:
            there = flight.propagate(date.shiftedBy(day * DAY_S)).getPVCoordinates()
            for vector in (there.getPosition(), there.getVelocity()):
                ends += [vector.getX(), vector.getY(), vector.getZ()]
        yield [row["t_s"], *gained, *ends]


def main() -> None:
    """Fly them all and write the table."""
    start_orekit()
    here = Path(__file__)
    table = pd.read_csv(here.with_name("departures.csv"))
    names = ["t_s", *(f"clock_{d}" for d in range(max(DAYS) + 1))]
    names += [f"{axis}_{day}" for day in DAYS for axis in AXES]
    for name, full in (("orekit.csv", False), ("orekit_full.csv", True)):
        out = here.with_name(name)
        pd.DataFrame(list(rows(table, full)), columns=names).to_csv(out, index=False, float_format="%.17g")
        print(f"{out}: {len(table)} departures, Orekit by way of orekit-jpype")


if __name__ == "__main__":
    main()
