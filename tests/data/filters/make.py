#!/usr/bin/env python3
"""References of the filters: a 16-bit picture and what OpenCV, scikit-image, SciPy and NumPy make of it.

Usage: make.py  (writes picture.npy, *.npy and versions.txt beside itself)
Needs opencv-python-headless, scikit-image, scipy and numpy from PyPI; made with the versions of versions.txt.

The picture: 96 x 80 samples, air at 60000: a wedge of steps, a dark block with a faint wire in it, a disc,
a slope, thin lines, air, and Poisson-like noise of a fixed seed. Transmission is the sample by 60000.
Everything here is by the packages' own functions, or by a formula written out where they have none; no
program of this project takes part. Results are float32, of transmission where nothing else is said.
"""
import importlib.metadata
import pathlib
import platform

import cv2
import numpy as np
import scipy.ndimage as nd
import skimage.exposure
import skimage.filters

HERE = pathlib.Path(__file__).resolve().parent
WIDTH, HEIGHT, AIR = 96, 80, 60000.0


def picture():
    """The samples."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    alpha = np.zeros((HEIGHT, WIDTH))
    alpha += np.where(y < 20, 0.35 * np.floor(x / 12), 0)            # steps of a wedge
    alpha += np.where((x > 8) & (x < 40) & (y > 26) & (y < 62), 4.2, 0)  # a dark block
    alpha += np.where((abs(x - y + 18) < 0.8) & (x < 36) & (x > 12), 0.25, 0)  # a wire in it
    alpha += np.where((x - 64) ** 2 + (y - 42) ** 2 < 150, 1.1, 0)   # a disc
    alpha += np.where(y > 66, 1.5 * x / WIDTH, 0)                    # a slope
    alpha += np.where((y > 26) & (y < 60) & (x > 82) & (x % 4 < 1), 0.6, 0)    # thin lines
    clean = AIR * np.exp(-alpha)
    noise = np.random.default_rng(20260729).normal(size=clean.shape)
    return np.clip(np.round(clean + noise * np.sqrt(clean) * 3.0 + 20), 0, 65535).astype(np.uint16)


def gauss(values, sigma):
    """The Gauss kernel cut at 3 sigma, over what lies inside."""
    radius = int(np.ceil(3 * sigma))
    there = nd.gaussian_filter(np.ones_like(values), sigma, mode="constant", radius=radius)
    return nd.gaussian_filter(values, sigma, mode="constant", radius=radius) / there


def over_what_is_there(values, size, function):
    """`function` over the squares of `size`, what lies outside left out."""
    padded = np.pad(values, size // 2, constant_values=np.nan)
    squares = np.lib.stride_tricks.sliding_window_view(padded, (size, size))
    return function(squares, axis=(2, 3))


def lifted(t, knee):
    return np.log1p(t / knee) / np.log1p(1 / knee)


def clahe(samples, tiles, limit):
    """OpenCV counts 65536 steps; 4096 of them that are 16 apart get the same curves by a limit 16 times as high."""
    steps = np.round(samples / AIR * 4095).clip(0, 4095).astype(np.uint16)
    made = cv2.createCLAHE(clipLimit=16 * limit, tileGridSize=(tiles, tiles)).apply(steps * 16)
    return steps / 4095.0, made / 65535.0


def sen(t, detail, ground, levels):
    """Laplacian pyramid of OpenCV's own steps."""
    stack = [lifted(t, 0.15).astype(np.float32)]
    for _ in range(levels):
        stack.append(cv2.pyrDown(stack[-1]))
    made = 0.5 + ground * (stack[-1] - 0.5)
    for level in reversed(range(levels)):
        size = stack[level].shape[::-1]
        band = stack[level] - cv2.pyrUp(stack[level + 1], dstsize=size)
        share = (0.35, 0.7)[level] if level < 2 else 1.0
        band = band * (1 + (detail - 1) * share / (1 + (band / 0.012) ** 2))
        made = cv2.pyrUp(made, dstsize=size) + band
    return made


def striped(t):
    """Gain errors of a twentieth at most, of every row: the picture with them."""
    gains = 1 + np.random.default_rng(7).normal(size=HEIGHT).clip(-2, 2) * 0.02
    return t * gains[:, None]


def destriped(t, radius):
    """By the median along a row of its ratio to the median of the rows around it, a tenth off at most."""
    rows = [np.median(t[max(0, y - radius):y + radius + 1], axis=0) for y in range(HEIGHT)]
    ratios = [np.median((t[y] / row)[row > 0.01]) for y, row in enumerate(rows)]
    return t / np.where(abs(np.array(ratios) - 1) > 0.1, 1, ratios)[:, None]


def main():
    samples = picture()
    t = samples / AIR
    results = {
        "log": -np.log(t),
        "gamma": t ** (1 / 1.8),
        "high_penetration": lifted(t, 0.02),
        "low_penetration": np.where(t > 1, 1 + (t - 1) / 0.1 / np.log1p(10), 1 - lifted(np.minimum(1 - t, 1).clip(0), 0.1)),
        "equalize": np.where(t > 0.98, t, 0.98 * skimage.exposure.equalize_hist(t, nbins=65536, mask=t <= 0.98)),
        "smooth": gauss(t, 1.5),
        "unsharp": t + 1.0 * (t - gauss(t, 2.0)),
        "unsharp_threshold": (lambda d: t + np.where(abs(d) > 0.03, 1.5 * d, 0))(t - gauss(t, 1.0)),
        "unsharp_opencv": cv2.addWeighted(t, 2.0, cv2.GaussianBlur(t, (13, 13), 2.0), -1.0, 0),
        "median3": over_what_is_there(t, 3, np.nanmedian),
        "median5": over_what_is_there(t, 5, np.nanmedian),
        "median3_opencv": cv2.medianBlur(samples, 3) / AIR,
        "median7_scipy": nd.median_filter(t, 7),
        "bilateral": cv2.bilateralFilter(t.astype(np.float32), 7, 0.05, 2.0),
        "open": cv2.morphologyEx(t.astype(np.float32), cv2.MORPH_OPEN, np.ones((5, 5))),
        "close": cv2.morphologyEx(t.astype(np.float32), cv2.MORPH_CLOSE, np.ones((5, 5))),
        "edge_only": 4 * np.hypot(cv2.Scharr(t, cv2.CV_64F, 1, 0, borderType=cv2.BORDER_REPLICATE),
                                  cv2.Scharr(t, cv2.CV_64F, 0, 1, borderType=cv2.BORDER_REPLICATE)) / 32,
        "relief": 0.5 + 2 * (np.cos(np.radians(135)) * cv2.Scharr(t, cv2.CV_64F, 1, 0, borderType=cv2.BORDER_REPLICATE)
                             - np.sin(np.radians(135)) * cv2.Scharr(t, cv2.CV_64F, 0, 1, borderType=cv2.BORDER_REPLICATE)) / 32,
        "striped": striped(t),
        "destriped": destriped(striped(t), 3),
        "sen": sen(t, 6.0, 0.8, 3),
    }
    mean = over_what_is_there(t, 17, np.nanmean)
    deviation = over_what_is_there(t, 17, np.nanstd)
    results["local_contrast"] = 0.5 + 0.6 * (mean - 0.5) + np.clip(0.12 / np.maximum(deviation, 1e-6), 1, 6) * (t - mean)
    results["edge_only"] = np.minimum(results["edge_only"], 1)
    results["clahe_input"], results["clahe"] = clahe(samples, 2, 8.54)
    np.save(HERE / "picture.npy", samples)
    for name, values in results.items():
        np.save(HERE / f"{name}.npy", np.ascontiguousarray(values, dtype=np.float32))
    names = ["opencv-python-headless", "scikit-image", "scipy", "numpy"]
    said = [f"{name} {importlib.metadata.version(name)}" for name in names]
    (HERE / "versions.txt").write_text("\n".join([f"python {platform.python_version()}", *said]) + "\n")


main()
