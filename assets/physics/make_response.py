#!/usr/bin/env python3
"""Makes linac_response.csv: what a cadmium tungstate detector absorbs of a photon, by energy.

Usage: make_response.py E.npy D.npy > linac_response.csv

E.npy (MeV) and D.npy are the Geant4 detector response that https://github.com/plalor/semiZ
publishes (MIT, Copyright (c) 2024 Peter Lalor), 900 bins of 10 keV; every tenth of them is kept
above 200 keV, where the response is smooth.
"""

import sys

import numpy as np

energies, response = np.load(sys.argv[1]), np.load(sys.argv[2])
print("# Energy absorbed per photon in a cadmium tungstate detector, Geant4; from")
print("# https://github.com/plalor/semiZ (MIT, Copyright (c) 2024 Peter Lalor); made by make_response.py.")
print("# energy in MeV,absorbed energy in MeV")
for i, (energy, value) in enumerate(zip(energies, response)):
    if energy < 0.2 or i % 10 == 0 or i == len(energies) - 1:
        print(f"{energy:.3f},{value:.5f}")
