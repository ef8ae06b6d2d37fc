#!/usr/bin/env python3
"""Pixelwise Z: xamine and the published code on the same pair, in one run.

Usage: semiz.py SEMIZ_FOLDER [DATA_FOLDER]

SEMIZ_FOLDER is the package of https://github.com/plalor/semiZ (MIT): calcZ.py, lookup.py, utils.py and
XCOM. DATA_FOLDER holds its tutorial pair with the calibration (default: ../shared/data/semiz beside the
checkout). Needs numpy and scipy. Timed alternately, three times each; the tables of either side are
made before and told apart. The published code runs on the pair, on one thread as it comes; xamine on the
pair beside itself 200 times, on one thread and as the program reads a picture.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parents[2]
ROUNDS = 3


def reference(folder, data):
    """The published code, ready to run: a function of a pair of images."""
    sys.path.insert(0, str(folder.parent))
    package = __import__(folder.name, fromlist=["calcZ", "lookup", "utils"])
    calc = __import__(f"{folder.name}.calcZ", fromlist=["calcZ"]).calcZ
    lookup = __import__(f"{folder.name}.lookup", fromlist=["Lookup"]).Lookup
    utils = __import__(f"{folder.name}.utils", fromlist=["utils"])
    assert package
    load = lambda name: np.load(data / f"{name}.npy")
    energy, response = load("E"), load("D")
    spectra = {"H": load("phi_9MeV"), "L": load("phi_6MeV")}
    z, mass = load("Z_calib"), load("lmbda_calib")
    weights = {
        beam: np.array([utils.fitSemiempirical(load(f"alpha_{beam}_calib")[k], mass[k], z[k], spectra[beam][k], response, energy)
                        for k in range(len(z))])
        for beam in "HL"
    }
    thickness, elements = np.linspace(0, 300, 301), np.arange(1, 101)
    tables = utils.calcLookupTables(spectra["H"], spectra["L"], response, energy,
                                    *weights["H"].T, *weights["L"].T, thickness, elements)
    table = lookup(tables, thickness, elements, interpolate_lmbda=True)
    return lambda high, low: calc(high, low, table, thickness, elements)[1]


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    data = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else HERE.parent / "shared/data/semiz")
    subprocess.run(["cargo", "build", "--release", "--example", "pixelwise_z", "--bin", "xamine"], cwd=HERE, check=True)
    built = HERE / "target/release"
    high, low = np.load(data / "im_H.npy"), np.load(data / "im_L.npy")
    start = time.perf_counter()
    solve = reference(folder, data)
    print(f"reference: tables {time.perf_counter() - start:.1f} s")
    with tempfile.TemporaryDirectory() as place:
        profile, answer = f"{place}/profile.toml", f"{place}/z.txt"
        subprocess.run([built / "xamine", "calibrate", data / "calibration.toml", "-o", profile], check=True,
                       stdout=subprocess.DEVNULL)
        theirs, ours = [], []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            z = solve(high, low)
            theirs.append(high.size / 1e6 / (time.perf_counter() - start))
            told = subprocess.run([built / "examples/pixelwise_z", profile, data / "im_H.npy", data / "im_L.npy", answer],
                                  check=True, capture_output=True, text=True).stdout.split()
            ours.append((float(told[4]), float(told[12])))
        print(f"xamine: tables {told[1]} ms")
        own = np.loadtxt(answer).reshape(high.shape)
    object_ = high > 0.6
    alike = np.abs(np.rint(own) - z) <= 1
    light = object_ & (z <= 64)
    theirs, (one, every) = np.median(theirs), np.median(ours, axis=0)
    print(f"reference {theirs:.4f} megapixels a second on one thread")
    print(f"xamine {one:.1f} on one thread, {one / theirs:.0f} times as fast; {every:.1f} on {told[-1]}, {every / theirs:.0f} times")
    print(f"Z within 1 on {alike[object_].mean():.2%} of object pixels, {alike[light].mean():.2%} up to Z 64")


if __name__ == "__main__":
    main()
