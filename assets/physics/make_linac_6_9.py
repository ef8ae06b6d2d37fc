#!/usr/bin/env python3
"""Makes linac_6_9.csv: published beams of 6 and 9 MV as a detector's middle row sees them.

Usage: make_linac_6_9.py CALIBRATION_FOLDER > linac_6_9.csv

The folder holds E.npy (MeV), phi_6MeV.npy and phi_9MeV.npy (rows x energies) of
https://github.com/plalor/semiZ (MIT, Copyright (c) 2024 Peter Lalor), Geant4. Energies nearer than
3 % are joined.
"""

import sys

import numpy as np

energy, six, nine = (np.load(f"{sys.argv[1]}/{name}.npy") for name in ("E", "phi_6MeV", "phi_9MeV"))
six, nine = six[len(six) // 2], nine[len(nine) // 2]
print("# Photons by energy of 6 and 9 MV beams, middle detector row, Geant4; from")
print("# https://github.com/plalor/semiZ (MIT, Copyright (c) 2024 Peter Lalor); made by make_linac_6_9.py.")
print("# energy in MeV,photons at 6 MV,photons at 9 MV")
start = 0
while start < len(energy):
    end = start + 1
    while end < len(energy) and energy[end] / energy[start] - 1 < 0.03:
        end += 1
    print(f"{energy[start:end].mean():.4f},{six[start:end].sum():.5g},{nine[start:end].sum():.5g}")
    start = end
