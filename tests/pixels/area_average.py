"""Writes area_average.csv: exact area averages of a plane, computed with numpy in 64-bit floats
from the overlap of every source pixel with every output pixel. Run by hand:
    python3 tests/pixels/area_average.py > tests/pixels/area_average.csv
The plane is 37 x 23 with the sample (1103 x + 2207 y + 31 (x y mod 97)) mod 65536."""
import numpy as np

y, x = np.mgrid[0:23, 0:37]
plane = ((1103 * x + 2207 * y + 31 * (x * y % 97)) % 65536).astype(np.float64)


def overlaps(origin, extent, out, limit):
    edges = origin + extent / out * np.arange(out + 1)
    low = np.maximum(edges[:-1, None], np.arange(limit)[None, :])
    high = np.minimum(edges[1:, None], np.arange(limit)[None, :] + 1)
    return np.clip(high - low, 0, None)


print("x,y,w,h,columns,rows,values")
for region, size in [
    ((0, 0, 37, 23), (5, 4)),
    ((0, 0, 37, 23), (36, 22)),
    ((3.25, 1.5, 30.6, 20.4), (7, 9)),
    ((10, 5, 12, 9), (4, 3)),
    ((-6, -4, 49, 31), (7, 5)),
]:
    a = overlaps(region[0], region[2], size[0], 37)
    b = overlaps(region[1], region[3], size[1], 23)
    # Less than half inside the plane: outside.
    a[a.sum(1) < region[2] / size[0] / 2] = np.nan
    b[b.sum(1) < region[3] / size[1] / 2] = np.nan
    means = (b @ plane @ a.T) / np.outer(b.sum(1), a.sum(1))
    print(*region, *size, " ".join("%.4f" % v for v in means.ravel()), sep=",")
