#!/usr/bin/env python3
"""Writes tube.csv, the tube spectra that the program embeds.

    python3 -m venv venv && venv/bin/pip install spekpy==2.5.4
    venv/bin/python assets/physics/make_tube.py

Made with SpekPy 2.5.4 (MIT licence; G. Poludniowski, A. Omar, R. Bujila, P. Andreo, "Technical Note:
SpekPy v2.0", Med. Phys. 48:3630, 2021), numpy 2.4, Python 3.11; physics model 'casim', which is
SpekPy's default. Tungsten target, anode angle 12 degrees, filter 0.8 mm beryllium and 2 mm aluminium,
constant potential, no air in the path.

Columns of tube.csv:
    kv          tube voltage, kV
    energy_kev  middle of a bin of 1 keV, keV
    fluence     photons per cm2, keV and mAs at 1 m, three significant digits

Bins with less than a millionth of the largest bin of their voltage are left out.
"""

import sys
from pathlib import Path

import spekpy

VOLTAGES = (80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 200)
LEAST = 1e-6


def spectrum(kv):
    """Bin middles in keV and fluences of one voltage."""
    tube = spekpy.Spek(kvp=kv, th=12, dk=1.0, physics="casim", targ="W")
    tube.filter("Be", 0.8).filter("Al", 2.0)
    return tube.get_spectrum()


def main():
    if spekpy.__version__ != "2.5.4":
        print(f"made with SpekPy 2.5.4, this is {spekpy.__version__}", file=sys.stderr)
    lines = ["kv,energy_kev,fluence"]
    for kv in VOLTAGES:
        energies, fluences = spectrum(kv)
        least = LEAST * max(fluences)
        for energy, fluence in zip(energies, fluences):
            if fluence > least:
                lines.append(f"{kv},{energy:g},{float(f'{fluence:.3g}'):g}".replace("e+0", "e"))
    Path(__file__).with_name("tube.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
