"""Writes ssim.csv: structural similarity of small pictures by scikit-image 0.26, window 7, data range
255, uniform window, sample covariance. Run by hand:
    python3 tests/pixels/ssim.py > tests/pixels/ssim.csv
The picture is (7 x + 13 y + 5 (x y mod 17) + 90 [3 (x + y) > w + h]) mod 256; it is compared with itself
in steps of `step`, with its left neighbour, and with a constant."""
import numpy as np
from skimage.metrics import structural_similarity


def picture(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return ((7 * x + 13 * y + 5 * (x * y % 17) + 90 * (3 * (x + y) > width + height)) % 256).astype(np.uint8)


print("width,height,against,ssim")
for width, height in [(7, 7), (8, 7), (23, 19), (64, 40), (97, 131)]:
    a = picture(width, height)
    others = {f"step {s}": (a // s * s + s // 2).astype(np.uint8) for s in (4, 16, 64)}
    others["left"] = np.concatenate([a[:, :1], a[:, :-1]], axis=1)
    others["constant"] = np.full_like(a, 128)
    for name, b in others.items():
        value = structural_similarity(a, b, win_size=7, data_range=255)
        print(f"{width},{height},{name},{value:.9f}")
