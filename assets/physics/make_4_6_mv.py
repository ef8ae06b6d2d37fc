#!/usr/bin/env python3
"""Prints the block "4/6 MV" of boundaries.toml: python3 make_4_6_mv.py XCOM.csv CALIBRATION_FOLDER

Schiff thin-target spectra of 4 and 6 MeV (tungsten, filtered by 2 mm W + 5 mm Cu), NIST XCOM, free
streaming, and the detector response of the published 6/9 MV calibration (E.npy and D.npy in
samples/semiz/calibration, Geant4), so that both generic megavolt systems stand on one detector.
"""

import csv
import sys

import numpy as np

MC2 = 0.51099895


def main():
    table = {}
    for row in csv.DictReader(open(sys.argv[1])):
        table.setdefault(int(row["Z"]), []).append((float(row["E_MeV"]), float(row["total_with_coherent"])))
    energy, response = (np.load(f"{sys.argv[2]}/{name}.npy") for name in "ED")
    kept = (energy > 0.03) & (energy < 6)
    energy, response = energy[kept], response[kept]
    mu = {z: np.exp(np.interp(np.log(energy), *np.log(np.array(v)).T)) for z, v in table.items()}
    through = np.exp(-mu[74] * 19.3 * 0.2 - mu[29] * 8.96 * 0.5) * response

    def beam(end):
        inside = energy < end
        k, e0 = energy[inside] / MC2, end / MC2 + 1
        r = (e0 - k) / e0
        m0 = 1 / ((k / (2 * e0 * (e0 - k))) ** 2 + (74 ** (1 / 3) / 111) ** 2)
        spectrum = np.zeros_like(energy)
        spectrum[inside] = ((1 + r**2) * np.log(m0) - (1 + r) ** 2) / k
        spectrum = np.clip(spectrum, 0, None) * through
        return spectrum / spectrum.sum()

    low, high = beam(4.0), beam(6.0)
    grid = np.concatenate([np.arange(0.05, 1.0, 0.05), np.arange(1, 8.01, 0.25)])
    mass = np.concatenate([[0], np.geomspace(0.01, 1000, 4000)])
    ratio = {}
    for z in range(6, 93):
        block = np.exp(-np.outer(mass, mu[z]))
        alpha_high, alpha_low = -np.log(block @ high), -np.log(block @ low)
        ratio[z] = np.interp(grid, alpha_high, alpha_low) / grid
    every = np.array(list(ratio.values()))
    print("points = [")
    for i, alpha in enumerate(grid):
        cells = [ratio[10][i], ratio[18][i], ratio[50][i], every[:, i].min(), every[:, i].max()]
        print(f"  [{round(alpha, 2)}, " + ", ".join(f"{c:.5f}" for c in cells) + "],")
    print("]")


if __name__ == "__main__":
    main()
