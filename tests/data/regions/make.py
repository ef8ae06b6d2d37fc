#!/usr/bin/env python3
"""Numbers of regions by NumPy, SciPy, scikit-image and Shapely: tests/it/regions.rs compares.

Usage: python3 tests/data/regions/make.py > tests/data/regions/truth.json

The scan is 96 x 64 samples, `sample(x, y) = 2000 + (7919 x + 104729 y + 31 x y) mod 50000`, air 60000,
dark 500. Made with numpy 2.4.6, scikit-image 0.26.0, shapely 2.2.
- ellipse: skimage.draw.ellipse about the middle of the box, centres strictly inside; on these boxes no
  centre lies on the edge itself.
- polygon: shapely, `covers` of every pixel's centre: the edge belongs to it.
- line: skimage.draw.line has other ties, so its pixels are floor((2 k d + n) / 2 n) from the first end.
- percentiles: numpy, linear. SD: n - 1. SNR: (mean - dark) / SD.
- integral: sum of -ln((sample - dark) / (air - dark)) in pixels.
- profile: skimage.measure.profile_line, order 1, of the transmission, mode 'nearest'.
"""
import json

import numpy as np
from shapely.geometry import Point, Polygon
from skimage.draw import ellipse
from skimage.measure import profile_line

W, H, AIR, DARK = 96, 64, 60000.0, 500.0
y, x = np.mgrid[0:H, 0:W].astype(np.int64)
scan = 2000 + (7919 * x + 104729 * y + 31 * x * y) % 50000
transmission = (scan - DARK) / (AIR - DARK)


def box(x0, y0, w, h):
    mask = np.zeros((H, W), bool)
    mask[y0 : y0 + h, x0 : x0 + w] = True
    return mask


def oval(x0, y0, w, h):
    mask = np.zeros((H, W), bool)
    rows, columns = ellipse(y0 + (h - 1) / 2, x0 + (w - 1) / 2, h / 2, w / 2, shape=(H, W))
    mask[rows, columns] = True
    return mask


def polygon(*corners):
    area = Polygon(corners)
    assert area.is_valid, corners
    return np.array([[area.covers(Point(i, j)) for i in range(W)] for j in range(H)])


def line(a, b):
    mask = np.zeros((H, W), bool)
    d = np.subtract(b, a)
    n = int(max(abs(d)))
    for k in range(n + 1):
        i, j = [int(a[m] + (2 * k * d[m] + n) // (2 * n)) for m in (0, 1)]
        mask[j, i] = True
    return mask


def entry(shape, text, mask, **more):
    values = scan[mask].astype(float)
    part = transmission[mask]
    return {
        "shape": shape,
        "text": text,
        "count": int(mask.sum()),
        "mean": values.mean(),
        "sd": values.std(ddof=1),
        "min": int(values.min()),
        "max": int(values.max()),
        "percentiles": list(np.percentile(values, [1, 5, 50, 95, 99])),
        "snr": (values.mean() - DARK) / values.std(ddof=1),
        "transmission": part.mean(),
        "integral": float(-np.log(part).sum()),
        **more,
    }


def points(shape, maker, *at):
    text = ";".join(f"{i},{j}" for i, j in at)
    return entry(shape, text, maker(*at))


def profile(a, b):
    values = profile_line(transmission, a[::-1], b[::-1], order=1, mode="nearest")
    return {"profile": list(values), "length": float(np.hypot(*np.subtract(b, a)))}


found = [entry("rect", "5,7,30,20", box(5, 7, 30, 20)), entry("rect", "0,0,96,64", box(0, 0, 96, 64))]
for at in [(5, 7, 30, 20), (10, 3, 41, 17), (0, 0, 96, 64), (50, 20, 7, 40), (60, 30, 5, 5)]:
    found.append(entry("ellipse", ",".join(map(str, at)), oval(*at)))
found += [
    points("polygon", polygon, (5, 5), (40, 9), (22, 50)),
    points("polygon", polygon, (10, 10), (60, 10), (60, 40), (35, 20), (10, 40)),
    points("polygon", polygon, (90, 2), (94, 60), (70, 63), (85, 30), (66, 4)),
    points("polygon", polygon, (3, 3), (9, 9), (3, 15), (15, 9)),
]
for a, b in [((3, 4), (80, 31)), ((80, 31), (3, 4)), ((10, 60), (10, 5)), ((2, 50), (90, 50)), ((30, 5), (41, 60))]:
    text = ";".join(f"{i},{j}" for i, j in (a, b))
    found.append(entry("line", text, line(a, b), **profile(a, b)))
print(json.dumps(found, indent=1))
