"""Make ``orekit.csv``: end states of the departures of ``departures.csv`` by Orekit, which reads DE440 itself.

Run with a Java runtime and ``pip install orekit-jpype satkit-data``:
``python tests/reference/trajectory_truth/make_orekit.py``. Same forces (points of Earth, Moon and Sun), another
integrator, another reader, JPL's own binary file. Orekit counts SI seconds while the ephemeris runs in TDB, which
gains and loses up to a millisecond in a month: that difference is stored day by day (``clock_0`` to ``clock_30``, TDB
less SI seconds since launch), so that a comparison can put it into its own clock.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import orekit_jpype
import pandas as pd

AXES = ("x", "y", "z", "vx", "vy", "vz")
DAYS, DAY_S, TOLERANCE = (5, 30), 86_400.0, 1e-13


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


def rows(table: pd.DataFrame) -> Iterator[list[float]]:
    """Clock differences day by day, then end states after each span of SI seconds."""
    from org.orekit.time import TimeScalesFactory

    tdb = TimeScalesFactory.getTDB()
    for _, row in table.iterrows():
        date = date_of(row["t_s"])
        flight = propagator(date, row[[f"{axis}_0" for axis in AXES]].to_numpy(dtype=float))
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
    out = here.with_name("orekit.csv")
    pd.DataFrame(list(rows(table)), columns=names).to_csv(out, index=False, float_format="%.17g")
    print(f"{out}: {len(table)} departures, Orekit by way of orekit-jpype")


if __name__ == "__main__":
    main()
