"""A sixel picture to pixels: DEC STD 070, the VT340's manual, and what xterm makes of it."""
import colorsys, re

import numpy as np

TOKEN = re.compile(rb"!(\d+)([?-~])|#(\d+)((?:;\d+){0,4})|\"([\d;]*)|([$])|(-)|([?-~]+)")


def colour(kind, a, b, c):
    if kind == 1:
        return [round(255 * v) for v in colorsys.hls_to_rgb((a - 120) % 360 / 360, b / 100, c / 100)]
    return [(min(v, 100) * 255 + 50) // 100 for v in (a, b, c)]


def decode(parameters, data):
    """Pixels (rows x columns x 3 of u8) and which of them were painted."""
    numbers = [int(n or 0) for n in parameters.split(b";")] + [0, 0, 0]
    transparent = numbers[1] == 1
    palette = np.full((1024, 3), 255, np.uint8)
    high, wide, limit = 1, 0, [0, 0]
    painted = np.full((6, 64), -1, np.int16)
    x = y = now = 0
    for token in TOKEN.finditer(data):
        times, one, register, more, raster, back, down, run = token.groups()
        if register is not None:
            now = int(register) % 1024
            if more:
                values = [int(n) for n in more[1:].split(b";")]
                if len(values) == 4:
                    palette[now] = colour(*values)
        elif raster is not None:
            values = [int(n or 0) for n in raster.split(b";")] + [0, 0, 0, 0]
            if values[0] and values[1]:
                high = max(1, round(values[0] / values[1]))
            limit = [values[2], values[3]]
        elif back:
            x = 0
        elif down:
            x, y = 0, y + 6
        else:
            bits = np.full(int(times), one[0] - 63) if one else np.frombuffer(run, np.uint8) - 63
            end = x + len(bits)
            if y + 6 > painted.shape[0] or end > painted.shape[1]:
                grown = np.full((max(y + 6, 2 * painted.shape[0] if y + 6 > painted.shape[0] else 0,
                                     painted.shape[0]),
                                 max(end, painted.shape[1])), -1, np.int16)
                grown[:painted.shape[0], :painted.shape[1]] = painted
                painted = grown
            for bit in range(6):
                row = painted[y + bit, x:end]
                row[(bits >> bit & 1).astype(bool)] = now
            x = end
            wide = max(wide, x)
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
