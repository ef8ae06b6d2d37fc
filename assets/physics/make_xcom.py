#!/usr/bin/env python3
"""Makes xcom.csv: the NIST XCOM photon cross sections by process, Z 1 to 100, 1 keV to 20 MeV.

Usage: make_xcom.py TABLE.csv > xcom.csv

TABLE.csv holds what https://physics.nist.gov/PhysRefData/Xcom/html/xcom1.html answers for each
element (all quantities, standard grid and edges) under the header
Z,E_MeV,coherent,incoherent,photoelectric,pair_nuclear,pair_electron,... The totals are left out:
they are sums. Absorption edges are energies that stand twice, first from below, then from above.
"""

import csv
import sys

COLUMNS = ["E_MeV", "coherent", "incoherent", "photoelectric", "pair_nuclear", "pair_electron"]

print("# NIST XCOM photon cross sections (NBSIR 87-3597, database 8), public domain; made by make_xcom.py.")
print("# cm2/g by energy in MeV. A line of one number begins the element of that Z.")
print("# energy,coherent,incoherent,photoelectric,pair nuclear,pair electron")
z = None
for row in csv.DictReader(open(sys.argv[1], encoding="ascii")):
    if row["Z"] != z:
        z = row["Z"]
        print(z)
    values = [row[column] for column in COLUMNS]
    while values[-1] == "0":
        values.pop()
    print(",".join(values))
