#!/usr/bin/env python3
"""Filters of whole scans: xamine, OpenCV, libvips and scikit-image on the same 16-bit samples, in one run.

Usage: filters.py [--megapixels 100] [--rounds 5] [--threads 2] [--only clahe,unsharp] [--slow]

Needs numpy and opencv-python-headless from PyPI; libvips (pyvips and pyvips-binary) takes part where it is
there, scikit-image and the CLAHE of libvips only with --slow: they take ten seconds and more. All have the
picture in memory and room for the result; the sides take turns in one run. xamine filters 32-bit floats, which
transmission and logarithms need; the others 16-bit samples where they can. Build first:
cargo build --release --example filter_times
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parents[2]
AIR = 60000


def scene(megapixels, np):
    """Noisy blocks of several attenuations, 16 bit."""
    side = int((megapixels * 1e6) ** 0.5)
    made = np.empty((side, side), np.uint16)
    random = np.random.default_rng(5)
    x = np.arange(side)
    for y in range(0, side, 100):
        rows = min(100, side - y)
        alpha = ((x // 150 + y // 100 * 3) % 7) * 0.7 + x / side
        noise = random.integers(0, 256, (rows, side))
        made[y:y + rows] = (AIR * np.exp(-alpha) + noise).clip(0, 65535).astype(np.uint16)
    return made


class Ours:
    """The example that times what it is asked for."""

    def __init__(self, raw, width, threads):
        words = [HERE / "target/release/examples/filter_times", raw, str(width), str(AIR)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=os.environ | {"RAYON_NUM_THREADS": str(threads)})

    def time(self, stack):
        self.process.stdin.write(stack + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline()) / 1e3


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def opencv(cv2, np, samples):
    """OpenCV's part of each task: the same kernel, into an array that is there."""
    out, soft = np.empty_like(samples), np.empty_like(samples)
    bytes_ = np.empty(samples.shape, np.uint8)
    table = (((np.arange(65536) / AIR) ** (1 / 1.8) - 0.05) / 0.85 * 255).clip(0, 255).astype(np.uint8)
    equal = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8))
    square = np.ones((5, 5), np.uint8)

    def unsharp():
        cv2.GaussianBlur(samples, (13, 13), 2.0, dst=soft)
        cv2.addWeighted(samples, 2.0, soft, -1.0, 0, dst=out)

    def edge_only():
        return cv2.magnitude(cv2.Scharr(samples, cv2.CV_32F, 1, 0), cv2.Scharr(samples, cv2.CV_32F, 0, 1))

    def sen():
        stack = [samples.astype(np.float32)]
        for _ in range(5):
            stack.append(cv2.pyrDown(stack[-1]))
        made = stack[-1]
        for level in reversed(range(5)):
            size = stack[level].shape[::-1]
            band = stack[level] - cv2.pyrUp(stack[level + 1], dstsize=size)
            band *= 1 + 5 / (1 + (band * (1 / 720)) ** 2)
            made = cv2.pyrUp(made, dstsize=size) + band

    floats = []

    def bilateral():
        if not floats:
            floats.append(samples.astype(np.float32) / AIR)
        return timed(lambda: cv2.bilateralFilter(floats[0], 7, 0.05, 2.0))

    return {
        "gamma window": lambda: timed(lambda: cv2.LUT(samples, table, dst=bytes_)),
        "clahe": lambda: timed(lambda: equal.apply(samples, dst=out)),
        "unsharp": lambda: timed(unsharp),
        "median": lambda: timed(lambda: cv2.medianBlur(samples, 3, dst=out)),
        "open": lambda: timed(lambda: cv2.morphologyEx(samples, cv2.MORPH_OPEN, square, dst=out)),
        "edge-only": lambda: timed(edge_only),
        "bilateral": bilateral,
        "sen": lambda: timed(sen),
    }


def vips(pyvips, samples, slow):
    image = pyvips.Image.new_from_array(samples)
    done = lambda made: made.write_to_memory()
    tile = samples.shape[0] // 8
    soft = lambda: image.gaussblur(2.0, min_ampl=0.011, precision="integer")
    tasks = {
        "gamma window": lambda: timed(lambda: done((image.cast("float") / AIR).gamma(exponent=1.8).linear(300, -15).cast("uchar"))),
        "unsharp": lambda: timed(lambda: done((image * 2 - soft()).cast("ushort"))),
        "median": lambda: timed(lambda: done(image.median(3))),
        "open": lambda: timed(lambda: done(image.rank(5, 5, 0).rank(5, 5, 24))),
    }
    if slow:
        tasks["clahe"] = lambda: timed(lambda: done(image.hist_local(tile, tile, max_slope=3)))
    return tasks


def skimage_tasks(np, samples):
    from skimage import exposure, filters, morphology
    return {
        "clahe": lambda: timed(lambda: exposure.equalize_adapthist(samples, clip_limit=0.01)),
        "unsharp": lambda: timed(lambda: filters.unsharp_mask(samples, radius=2.0, amount=1.0)),
        "median": lambda: timed(lambda: filters.median(samples, np.ones((3, 3)))),
        "equalize": lambda: timed(lambda: exposure.equalize_hist(samples, nbins=65536)),
        "open": lambda: timed(lambda: morphology.opening(samples, np.ones((5, 5)))),
    }


STACKS = {
    "gamma window": "gamma=1.8 window", "clahe": "clahe=8,3", "unsharp": "unsharp=1,2", "median": "median=1",
    "sen": "sen", "bilateral": "bilateral=2,0.05", "open": "open=2", "edge-only": "edge-only", "equalize": "equalize",
    "gamma": "gamma=1.8", "log": "log", "high-penetration": "high-penetration", "local-contrast": "local-contrast",
    "destripe": "destripe",
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--megapixels", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--least", action="store_true", help="the least time in place of the median: for a machine that others use")
    given = parser.parse_args()
    os.environ["VIPS_CONCURRENCY"] = str(given.threads)
    import cv2
    import numpy as np
    cv2.setNumThreads(given.threads)
    samples = scene(given.megapixels, np)
    sides = {"OpenCV": opencv(cv2, np, samples)}
    versions = [f"OpenCV {cv2.__version__}"]
    try:
        import pyvips
        sides["libvips"] = vips(pyvips, samples, given.slow)
        versions.append(f"libvips {pyvips.version(0)}.{pyvips.version(1)}.{pyvips.version(2)}")
    except (ImportError, OSError) as problem:
        print(f"without libvips: {problem}")
    if given.slow:
        import skimage
        sides["scikit-image"] = skimage_tasks(np, samples)
        versions.append(f"scikit-image {skimage.__version__}")
    only = [name for name in given.only.split(",") if name]
    with tempfile.NamedTemporaryFile(suffix=".raw") as raw:
        samples.tofile(raw)
        raw.flush()
        ours = Ours(raw.name, samples.shape[1], given.threads)
        print(f"{samples.size / 1e6:.0f} megapixels, {given.threads} threads, {"least" if given.least else "median"} of {given.rounds}; {', '.join(versions)}")
        for name, stack in STACKS.items():
            if only and name not in only:
                continue
            times = {"xamine": []}
            ours.time(stack)
            for _ in range(given.rounds):
                times["xamine"].append(ours.time(stack))
                for side, tasks in sides.items():
                    if name in tasks and not (side != "OpenCV" and len(times.get(side, [])) >= 2):
                        times.setdefault(side, []).append(tasks[name]())
            medians = {side: (min if given.least else statistics.median)(all_) for side, all_ in times.items()}
            own = medians.pop("xamine")
            others = "".join(f"  {side} {t * 1e3:8.0f} ms ({t / own:.2f}x)" for side, t in medians.items())
            print(f"{name:18} {own * 1e3:8.0f} ms{others}", flush=True)


main()
