"""Reference values for windows: VOI LUT Functions by pydicom, percentiles by NumPy.

    pip install pydicom numpy
    python3 tests/data/windows/reference.py

writes voi.csv (function, centre, width, x, luminance 0 to 1) and auto.csv (extent, region, low and
high edge of the automatic window of the scan that both sides make by the same rule).
"""

import csv
import pathlib

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels import apply_windowing

HERE = pathlib.Path(__file__).parent
FUNCTIONS = {"linear": "LINEAR", "linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}
# The worked examples of PS3.3 C.11.2.1.2.1 first.
WINDOWS = [(2048, 4096), (2048, 1), (0, 100), (0, 1), (32768, 65535), (1000, 2), (1000.5, 3), (40, 400)]


def luminance(function, centre, width, values):
    about = Dataset()
    about.PhotometricInterpretation = "MONOCHROME2"
    about.BitsStored = about.BitsAllocated = 16
    about.PixelRepresentation = 1
    about.WindowCenter, about.WindowWidth = centre, width
    about.VOILUTFunction = FUNCTIONS[function]
    out = apply_windowing(np.asarray(values, dtype=np.int64), about)
    return (out.astype(float) + 32768) / 65535


def voi(out):
    out.writerow(["function", "centre", "width", "x", "luminance"])
    for function in FUNCTIONS:
        for centre, width in WINDOWS:
            steps = np.linspace(centre - 0.75 * width - 2, centre + 0.75 * width + 2, 25)
            edges = [centre - width / 2, centre, centre + width / 2]
            near = [np.floor(edge) + step for edge in edges for step in (-1, 0, 1, 2)]
            values = np.unique(np.concatenate([steps, near]).round().astype(np.int64))
            for x, y in zip(values, luminance(function, centre, width, values)):
                out.writerow([function, centre, width, x, f"{y:.9f}"])


def scan():
    """Open beam 60000 around a load; a part of it lets nothing through."""
    y, x = np.mgrid[0:120, 0:160]
    load = 2000 + (x * 373 + y * 1013 + (x * y) % 97 * 131) % 40000
    load = np.where((x > 100) & (y > 80), 20, load)
    inside = (x >= 30) & (x < 130) & (y >= 20) & (y < 110)
    return np.where(inside, load, 60000).astype(np.uint16)


def auto(out):
    out.writerow(["extent", "x", "y", "width", "height", "low", "high"])
    transmission = scan() / 60000
    for x, y, w, h in [(0, 0, 160, 120), (20, 10, 60, 50), (90, 70, 60, 45), (0, 0, 30, 20), (40, 30, 7, 5)]:
        seen = transmission[y : y + h, x : x + w].ravel()
        matter = seen[(seen >= 0.001) & (seen <= 0.98)]
        for extent, values in [("auto-local", seen), ("auto-content", matter if matter.size else seen)]:
            edges = np.percentile(values, [0.5, 99.5], method="nearest")
            out.writerow([extent, x, y, w, h, *(f"{edge:.9f}" for edge in edges)])


for name, write in [("voi", voi), ("auto", auto)]:
    with open(HERE / f"{name}.csv", "w", newline="") as file:
        write(csv.writer(file, lineterminator="\n"))
