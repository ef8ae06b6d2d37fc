"""A sixel picture to pixels: DEC STD 070, the VT340's manual, and what xterm makes of it."""
import colorsys, re

import numpy as np

TOKEN = re.compile(rb"#(\d+)((?:;\d+){0,4})|\"([\d;]+)|([$-])|((?:!\d+[?-~]|[?-~])+)")
REPEAT = re.compile(rb"!(\d+)([?-~])")
# The six rows of each pattern.
BITS = (np.arange(64)[None, :] >> np.arange(6)[:, None] & 1).astype(bool)


def colour(kind, a, b, c):
    if kind == 1:
        return [round(255 * v) for v in colorsys.hls_to_rgb((a - 120) % 360 / 360, b / 100, c / 100)]
    return [(min(v, 100) * 255 + 50) // 100 for v in (a, b, c)]


def columns(data):
    """A stretch of sixels with its repeats as one row of bit patterns."""
    if b"!" not in data:
        return np.frombuffer(data, np.uint8) - 63
    whole = REPEAT.sub(lambda m: m[2] * int(m[1]), data)
    return np.frombuffer(whole, np.uint8) - 63


def decode(parameters, data):
    """Pixels (rows x columns x 3 of u8) and which of them were painted."""
    numbers = [int(n or 0) for n in parameters.split(b";")] + [0, 0, 0]
    transparent = numbers[1] == 1
    palette = np.full((1024, 3), 255, np.uint8)
    high, wide, limit = 1, 0, [0, 0]
    bands = [np.full((6, 64), -1, np.int16)]
    x = now = 0
    for register, more, raster, move, run in TOKEN.findall(data):
        if register:
            now = int(register) % 1024
            values = [int(n) for n in more[1:].split(b";")] if more else []
            if len(values) == 4:
                palette[now] = colour(*values)
        elif raster:
            values = [int(n or 0) for n in raster.split(b";")] + [0, 0, 0, 0]
            if values[0] and values[1]:
                high = max(1, round(values[0] / values[1]))
            limit = [values[2], values[3]]
        elif move:
            x = 0
            bands += [np.full_like(bands[-1], -1)] if move == b"-" else []
        else:
            bits = columns(run)
            end = x + len(bits)
            if end > bands[-1].shape[1]:
                grown = np.full((6, 2 * end), -1, np.int16)
                grown[:, :bands[-1].shape[1]] = bands[-1]
                bands[-1] = grown
            bands[-1][:, x:end][BITS[:, bits]] = now
            x = end
            wide = max(wide, x)
    painted = np.full((6 * len(bands), max(band.shape[1] for band in bands)), -1, np.int16)
    for at, band in enumerate(bands):
        painted[6 * at:6 * at + 6, :band.shape[1]] = band
    used = np.nonzero((painted >= 0).any(axis=1))[0]
    tall = used[-1] + 1 if len(used) else 0
    if not transparent and limit[0]:
        wide, tall = max(wide, limit[0]), max(tall, -(-limit[1] // high))
    field = np.full((tall, wide), -1, np.int16)
    part = painted[:tall, :wide]
    field[:part.shape[0], :part.shape[1]] = part
    field = np.repeat(field, high, axis=0)
    shown = field >= 0
    pixels = np.where(shown[..., None], palette[np.maximum(field, 0)], 0).astype(np.uint8)
    return pixels, shown if transparent else np.ones_like(shown)
