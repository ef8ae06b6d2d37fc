#!/usr/bin/env python3
"""Whole scans: xamine, OpenCV, libvips, scikit-image, NumPy and SciPy on the same 16-bit planes, in one run.

Usage: filters.py [--scan FOLDER | --megapixels 100] [--rounds 5] [--threads 2] [--only clahe,unsharp] [--least]
                  [--write docs/performance.md]

Needs from PyPI: opencv-python-headless numpy scipy scikit-image pyvips pyvips-binary; who is not there takes no
part. FOLDER holds high.tif and low.tif, 16 bits, uncompressed is best; without one, noisy blocks of several
attenuations are made. Build first: cargo build --release --example filter_times

All have the planes in memory and, where their functions take one, a place for the result. The sides take turns,
round by round; what takes longer than three seconds runs once. --write replaces what stands between the marks
of "filters.py" in a document.
"""
import argparse
import datetime
import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
import time

HOME = pathlib.Path(__file__).resolve().parents[2]
AIR = 60000
WIDE = 1600  # pixels of the area average
ONCE = 3.0  # seconds from which on a task is not repeated
BEGIN, END = "<!-- filters.py: begin -->", "<!-- filters.py: end -->"

# Name in --only, what the document says, and the task of filter_times.rs.
ROWS = [
    ("window", "window + gamma to 8 bits", "table gamma=1.8"),
    ("clahe", "CLAHE, 8 x 8 tiles", "field clahe=8,3"),
    ("unsharp", "unsharp, sigma 2", "field unsharp=1,2"),
    ("dual-tube", "two energies to colours, tube", "print 160/80kV material"),
    ("dual-linac", "two energies to colours, linac, mean by noise", "print 9/6MV material"),
    ("average", f"area average to {WIDE} px wide", f"average {WIDE}"),
    ("median", "median, 3 x 3", "samples median=1"),
    ("median-window", "median, window + gamma to 8 bits", "print-grey median gamma=1.8"),
    ("sen", "super enhancement; peers: a Laplacian pyramid", "field sen"),
    ("bilateral", "bilateral, sigma 2", "field bilateral=2,0.05"),
    ("open", "opening, 5 x 5", "field open=2"),
    ("edge-only", "edges alone (Scharr)", "field edge-only"),
    ("equalize", "histogram equalisation", "field equalize"),
]


class Planes:
    """Both energies, and places for results."""

    def __init__(self, np, high, low):
        self.high, self.low = high, low
        self.samples, self.bytes = np.empty_like(high), np.empty(high.shape, np.uint8)
        self.colours = np.empty((*high.shape, 3), np.uint8)
        self.floats = np.empty(high.shape, np.float32)
        self.maps = [np.empty(high.shape, np.float32) for _ in range(2)]
        # Gamma 1.8 and a window from 0.05 to 0.9 of the open beam.
        grey = ((np.arange(65536) / AIR) ** (1 / 1.8) - 0.05) / 0.85 * 255
        self.grey = grey.clip(0, 255).astype(np.uint8)
        self.table = np.random.default_rng(1).integers(0, 256, (256, 256, 3), dtype=np.uint8)


def scene(np, megapixels):
    """Noisy blocks of several attenuations, high and low."""
    side = int((megapixels * 1e6) ** 0.5)
    x = np.arange(side)
    random = np.random.default_rng(5)
    planes = [np.empty((side, side), np.uint16) for _ in range(2)]
    for y in range(0, side, 100):
        rows = min(100, side - y)
        alpha = ((x // 150 + y // 100 * 3) % 7) * 0.7 + x / side
        for plane, ratio in zip(planes, (1.0, 1.15)):
            noise = random.integers(0, 256, (rows, side))
            plane[y:y + rows] = (AIR * np.exp(-alpha * ratio) + noise).clip(0, 65535).astype(np.uint16)
    return planes


def opencv(np, planes, threads):
    import cv2
    cv2.setNumThreads(threads)
    high, samples = planes.high, planes.samples
    equal = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8))
    square = np.ones((5, 5), np.uint8)

    def unsharp():
        soft = cv2.GaussianBlur(high, (13, 13), 2.0, dst=samples)
        cv2.addWeighted(high, 2.0, soft, -1.0, 0, dst=samples)

    def dual():
        for plane, place in zip((planes.high, planes.low), planes.maps):
            np.multiply(plane, np.float32(255 / 65535), out=place, casting="unsafe")
        cv2.remap(planes.table, *planes.maps, cv2.INTER_NEAREST, dst=planes.colours)

    def median_window():
        cv2.LUT(cv2.medianBlur(high, 3, dst=samples), planes.grey, dst=planes.bytes)

    def sen():
        stack = [high.astype(np.float32)]
        for _ in range(5):
            stack.append(cv2.pyrDown(stack[-1]))
        made = stack[-1]
        for level in reversed(range(5)):
            size = stack[level].shape[::-1]
            band = stack[level] - cv2.pyrUp(stack[level + 1], dstsize=size)
            band *= 1 + 5 / (1 + (band * (1 / 720)) ** 2)
            made = cv2.pyrUp(made, dstsize=size) + band

    def transmissions():
        np.multiply(high, np.float32(1 / AIR), out=planes.floats, casting="unsafe")

    return f"OpenCV {cv2.__version__}", {
        "window": lambda: cv2.LUT(high, planes.grey, dst=planes.bytes),
        "clahe": lambda: equal.apply(high, dst=samples),
        "unsharp": unsharp,
        "dual-tube": dual,
        "dual-linac": dual,
        "average": lambda: cv2.resize(high, (WIDE, high.shape[0] * WIDE // high.shape[1]), interpolation=cv2.INTER_AREA),
        "median": lambda: cv2.medianBlur(high, 3, dst=samples),
        "median-window": median_window,
        "sen": sen,
        "bilateral": (transmissions, lambda: cv2.bilateralFilter(planes.floats, 7, 0.05, 2.0)),
        "open": lambda: cv2.morphologyEx(high, cv2.MORPH_OPEN, square, dst=samples),
        "edge-only": lambda: cv2.magnitude(cv2.Scharr(high, cv2.CV_32F, 1, 0), cv2.Scharr(high, cv2.CV_32F, 0, 1)),
    }


def libvips(np, planes, threads):
    os.environ["VIPS_CONCURRENCY"] = str(threads)
    import pyvips
    pyvips.cache_set_max(0)  # else a second round finds the result of the first
    image = pyvips.Image.new_from_array(planes.high)
    table = pyvips.Image.new_from_array(planes.grey[None])
    shrink = planes.high.shape[1] / WIDE
    tasks = {
        "window": lambda: image.maplut(table),
        "unsharp": lambda: (image * 2 - image.gaussblur(2.0, min_ampl=0.011, precision="integer")).cast("ushort"),
        "average": lambda: image.shrink(shrink, shrink),
        "median": lambda: image.median(3),
        "median-window": lambda: image.median(3).maplut(table),
        "open": lambda: image.rank(5, 5, 0).rank(5, 5, 24),
        "equalize": lambda: image.hist_equal(),
    }
    version = ".".join(str(pyvips.version(part)) for part in range(3))
    return f"libvips {version}", {name: lambda task=task: task().write_to_memory() for name, task in tasks.items()}


def scikit_image(np, planes, threads):
    import skimage
    from skimage import exposure, filters, morphology, transform
    high = planes.high
    factor = round(high.shape[1] / WIDE)
    return f"scikit-image {skimage.__version__}", {
        "clahe": lambda: exposure.equalize_adapthist(high, clip_limit=0.01),
        "unsharp": lambda: filters.unsharp_mask(high, radius=2.0, amount=1.0),
        "average": lambda: transform.downscale_local_mean(high, (factor, factor)),
        "median": lambda: filters.median(high, np.ones((3, 3))),
        "equalize": lambda: exposure.equalize_hist(high, nbins=65536),
        "open": lambda: morphology.opening(high, np.ones((5, 5))),
    }


def numpy(np, planes, threads):
    def dual():
        np.take(planes.table.reshape(-1, 3), (planes.high & 0xFF00) | (planes.low >> 8), axis=0, out=planes.colours, mode="clip")

    return f"NumPy {np.__version__}", {
        "window": lambda: np.take(planes.grey, planes.high, out=planes.bytes, mode="clip"),
        "dual-tube": dual,
        "dual-linac": dual,
    }


def scipy(np, planes, threads):
    import scipy
    from scipy import ndimage
    high = planes.high

    def unsharp():
        soft = ndimage.gaussian_filter(high, 2.0, output=np.float32, truncate=3.0)
        return 2.0 * high - soft

    return f"SciPy {scipy.__version__}", {
        "unsharp": unsharp,
        "median": lambda: ndimage.median_filter(high, 3),
        "open": lambda: ndimage.grey_opening(high, (5, 5)),
        "edge-only": lambda: np.hypot(ndimage.sobel(high.astype(np.float32), 0), ndimage.sobel(high.astype(np.float32), 1)),
    }


PEERS = {"OpenCV": opencv, "libvips": libvips, "scikit-image": scikit_image, "NumPy": numpy, "SciPy": scipy}


class Ours:
    """The program that times what it is asked for."""

    def __init__(self, folder, planes, threads):
        words = [HOME / "target/release/examples/filter_times"]
        for name, plane in (("high", planes.high), ("low", planes.low)):
            path = pathlib.Path(folder) / f"{name}.raw"
            plane.astype("<u2", copy=False).tofile(path)
            words.append(path)
        words += [str(planes.high.shape[1]), str(AIR)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=os.environ | {"RAYON_NUM_THREADS": str(threads)})

    def time(self, task):
        self.process.stdin.write(task + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline()) / 1e3


def timed(task):
    ready, work = task if isinstance(task, tuple) else (None, task)
    if ready:
        ready()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measured(name, task, ours, sides, rounds):
    """The times of every side that can do a row, by side."""
    times = {"xamine": []}
    ours.time(task)
    for _ in range(rounds):
        times["xamine"].append(ours.time(task))
        for side, tasks in sides.items():
            before = times.setdefault(side, []) if name in tasks else None
            if before is not None and not (before and before[0] > ONCE):
                before.append(timed(tasks[name]))
    return times


def milliseconds(seconds):
    return f"{seconds * 1e3:,.0f} ms"


def line(title, found, sides):
    """A row of the table: every side, the best peer, and its time by ours."""
    own = found["xamine"]
    peers = {side: took for side, took in found.items() if side != "xamine"}
    best = min(peers, key=peers.get, default=None)
    cells = [title, f"**{milliseconds(own)}**"]
    cells += [milliseconds(peers[side]) if side in peers else "" for side in sides]
    cells.append(f"{peers[best] / own:.2f} ({best})" if best else "")
    return "| " + " | ".join(cells) + " |"


def page(lines, sides, given, megapixels, versions):
    cpu = next((row.split(":")[1].strip() for row in open("/proc/cpuinfo") if row.startswith("model name")), "?")
    how = "least" if given.least else "median"
    head = ["task", "xamine", *sides, "best peer's time by ours"]
    return "\n".join([
        BEGIN, "",
        f"{datetime.date.today()}, {os.cpu_count()} x {cpu}, {platform.system()} {platform.release()};"
        f" {megapixels:.0f} megapixels, {given.threads} threads, {how} of {given.rounds} rounds in turns"
        f" (what takes more than {ONCE:.0f} s runs once).", f"{', '.join(versions)}.", "",
        "| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1), *lines, "", END])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scan", type=pathlib.Path, help="folder with high.tif and low.tif of 16 bits")
    parser.add_argument("--megapixels", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="", help="names of rows: " + ",".join(name for name, _, _ in ROWS))
    parser.add_argument("--least", action="store_true", help="least times in place of medians: for a machine that others use")
    parser.add_argument("--write", type=pathlib.Path)
    given = parser.parse_args()
    import numpy as np
    if given.scan:
        import skimage.io
        high, low = [skimage.io.imread(given.scan / f"{name}.tif") for name in ("high", "low")]
    else:
        high, low = scene(np, given.megapixels)
    planes = Planes(np, high, low)
    sides, versions = {}, []
    for name, peer in PEERS.items():
        try:
            version, sides[name] = peer(np, planes, given.threads)
            versions.append(version)
        except (ImportError, OSError) as problem:
            print(f"without {name}: {problem}")
    only = [name for name in given.only.split(",") if name]
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(folder, planes, given.threads)
        for name, title, task in ROWS:
            if only and name not in only:
                continue
            times = measured(name, task, ours, sides, given.rounds)
            found = {side: (min if given.least else statistics.median)(all_) for side, all_ in times.items()}
            lines.append(line(title, found, sides))
            print(lines[-1], flush=True)
    text = page(lines, sides, given, high.size / 1e6, versions)
    if given.write:
        before, rest = given.write.read_text().split(BEGIN)
        given.write.write_text(before + text + rest.split(END)[1])


main()
