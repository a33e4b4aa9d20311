"""Draws the demonstration's signature images (blue) and seals (red): PNG, transparent, 300 dpi. Usage: images.py OUT-DIR"""
import math
import random
import sys
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

FONTS = Path("/usr/share/fonts/truetype/croscore")
DPI, OVER = 300, 4
BLUE, RED = (22, 48, 158), (206, 24, 34)

# Strokes as a hand makes them: points that the pen passes, in millimetres, origin at the top left.
SIGNATURES = {
    # A tall looped K with a long tail back under the name.
    "chu-ky-1": [
        [(9, 4), (8.4, 9), (7.4, 15), (6.6, 20), (6.2, 22.5)],
        [(20, 3.2), (15.5, 7.6), (10, 12.4), (7.8, 13.4), (9.6, 12.8), (13.2, 15.2), (16.4, 19.4), (19.2, 20.6), (21.6, 18.4), (22.6, 14.6), (21.4, 13.4),
         (20.6, 16.2), (21.8, 19.2), (24.2, 18.4), (25.6, 14.8), (26.2, 13.8), (26, 17.2), (26.8, 19.2), (28.6, 17.2), (29.8, 14.6), (30.6, 14.4), (30.4, 17.6),
         (31.6, 19), (34, 16), (37.4, 7.2), (38.4, 2.8), (37, 2.4), (35.4, 7), (34.6, 14.4), (34.4, 19.6), (36, 15.6), (38.4, 14.4), (39.2, 16.6), (38.8, 19),
         (41, 18.6), (46, 15.8), (51, 13.2), (53, 13.6), (49, 17.2), (38, 21.6), (24, 24.4), (12, 25.6), (5, 25.2), (7, 23.4), (18, 22.4), (36, 22), (56, 20.6)],
        [(25.4, 9.6), (27.2, 8.2), (29, 9.4)],
    ],
    # A round H thrown upward, waves, and a flat flourish.
    "chu-ky-2": [
        [(4, 17), (6.4, 10.2), (9.8, 4.4), (12, 3.6), (11.4, 7.8), (9.2, 14.4), (7.6, 20.2), (8.2, 21.4), (10.6, 17), (13.8, 13.2), (16.4, 12.4), (15.8, 15.8),
         (15, 19.4), (16.8, 18.6), (19, 14.6), (20.8, 13), (21, 15.6), (20.2, 18.8), (21.8, 18.4), (23.8, 14.8), (25.4, 13.2), (25.6, 16), (25.2, 18.4),
         (27.2, 17.4), (29.4, 14.2), (31.6, 13.4), (33, 14.8), (31.2, 17.8), (29.2, 18), (30.4, 15.4), (34.2, 13.6), (40, 11), (47, 7.2), (49.4, 4.6), (46.6, 4),
         (42.4, 9.2), (39.6, 16.8), (37.2, 25.2), (34.2, 29), (31.8, 27.4), (34.6, 22.4), (43, 17.4), (54, 13.8)],
        [(5.4, 13.8), (12, 12), (17.6, 10.2)],
        [(40.6, 20.8), (41, 21.2)],
    ],
    # An angular L and S, underlined twice.
    "chu-ky-3": [
        [(11, 3), (9.4, 8.8), (7.2, 15), (5, 20.4), (4.4, 22.2), (8, 20.8), (13.4, 18), (17.4, 13.4), (20.2, 7.8), (22.4, 4.6), (23.6, 5.8), (21.6, 9.6), (18.8, 12.2),
         (19.8, 14.4), (22.4, 16.4), (21.8, 19.2), (18.4, 20.4), (16.8, 18.8), (20, 17), (25, 14.6), (27.4, 11.8), (27.2, 14.4), (26.4, 17.6), (28.2, 17),
         (30.4, 13.4), (31.8, 11.8), (31.6, 14.8), (31, 17.4), (33, 16.6), (35.6, 13), (38, 10.8), (37.2, 14.8), (35.2, 21), (33.2, 26.4), (31.2, 27.2),
         (32.2, 23.2), (38.4, 17.8), (46, 13.8), (52, 11.6)],
        [(50, 18.6), (36, 21.6), (20, 24.6), (9, 26.4), (13, 26.8), (28, 25.4), (44, 23)],
    ],
    # A stem, two bows of a B, small even waves, and a short stroke beneath.
    "chu-ky-4": [
        [(10, 4), (9, 10), (7.8, 16), (6.6, 22), (7.4, 19), (9.6, 11), (12.4, 5.4), (16.6, 3.6), (19, 5.8), (17.4, 9.6), (13, 12.2), (17.8, 12.4), (20.2, 15.2),
         (18.4, 19.4), (13.4, 21.6), (10, 20.6), (14.6, 18.4), (20.6, 16.4), (23.8, 13.6), (24, 16.8), (24.8, 19), (27, 17), (28.8, 14), (29.6, 16.6),
         (30.6, 18.8), (32.8, 16.6), (34.6, 13.8), (35.4, 16.4), (36.8, 18.2), (40, 16), (45.6, 12.6), (50, 11.4)],
        [(22, 24), (32, 22.6), (44, 20.4), (49, 19.8)],
        [(28.4, 9.8), (29.6, 8.4), (31, 9.6)],
    ],
}


def spline(points, step=0.06):
    """Catmull-Rom (centripetal) through the points, sampled about every `step` millimetres."""
    pts = [points[0], *points, points[-1]]
    for i in range(1, len(pts) - 2):
        p0, p1, p2, p3 = pts[i - 1 : i + 3]
        n = max(2, int(math.dist(p1, p2) / step))
        for k in range(n):
            t = k / n
            yield tuple(
                0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
                for a, b, c, d in zip(p0, p1, p2, p3)
            ), math.dist(p1, p2)


def signature(strokes, seed):
    rng = random.Random(seed)
    scale = DPI / 25.4 * OVER
    width, height = max(x for s in strokes for x, _ in s) + 4, max(y for s in strokes for _, y in s) + 3
    ink = Image.new("L", (int(width * scale), int(height * scale)), 0)
    draw = ImageDraw.Draw(ink)
    for stroke in strokes:
        samples = list(spline([(x + rng.uniform(-0.25, 0.25), y + rng.uniform(-0.25, 0.25)) for x, y in stroke]))
        pen, last = 0.5, samples[0][0]
        for i, ((x, y), speed) in enumerate(samples):
            # Down strokes press, long quick ones are thin; the pen lands and lifts softly.
            down = (y - last[1]) / (math.dist((x, y), last) or 1)
            wanted = 0.5 + 0.2 * down - 0.022 * min(speed, 12)
            pen += (wanted - pen) * 0.06
            ends = min(1, 0.45 + i / 28, 0.25 + (len(samples) - i) / 60)
            r = max(0.11, pen * ends) / 2 * scale
            draw.ellipse((x * scale - r, y * scale - r, x * scale + r, y * scale + r), fill=255)
            last = (x, y)
    return finish(ink, BLUE, seed, 0.10)


def finish(ink, colour, seed, unevenness):
    """Down to 300 dpi, with ink that is not quite even, on nothing."""
    size = (ink.width // OVER, ink.height // OVER)
    alpha = ink.resize(size, Image.LANCZOS)
    rng = random.Random(seed)
    grain = Image.new("L", (size[0] // 3 + 1, size[1] // 3 + 1))
    grain.putdata([int(255 * (1 - unevenness * 2 * rng.random())) for _ in range(grain.width * grain.height)])
    grain = grain.resize(size, Image.BICUBIC).filter(ImageFilter.GaussianBlur(0.6))
    image = Image.new("RGBA", size, colour + (0,))
    image.putalpha(ImageChops.multiply(alpha, grain))
    return image


def ring_text(ink, text, radius, size, centre_deg, inward=False, bold=True):
    """Letters along a circle around the middle of `ink`; `inward` reads from below."""
    font = ImageFont.truetype(str(FONTS / f"Arimo-{'Bold' if bold else 'Regular'}.ttf"), size)
    gap = size * 0.07
    widths = [font.getlength(c) + gap for c in text]
    angle = -sum(widths) / 2 / radius
    for char, width in zip(text, widths):
        mid = angle + width / 2 / radius
        angle += width / radius
        theta = math.radians(centre_deg) + (-mid if inward else mid)
        tile = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(tile).text((size, size * 1.36), char, font=font, fill=255, anchor="ms")
        turn = -math.degrees(theta) + (180 if inward else 0)
        tile = tile.rotate(turn, resample=Image.BICUBIC)
        x, y = ink.width / 2 + radius * math.sin(theta), ink.height / 2 - radius * math.cos(theta)
        box = (int(x - size), int(y - size))
        ink.paste(255, box, tile)


def star(cx, cy, radius, turn=0):
    return [(cx + r * math.sin(math.radians(36 * i + turn)), cy - r * math.cos(math.radians(36 * i + turn)))
            for i, r in enumerate([radius, radius * 0.382] * 5)]


def seal(top, lines, seed):
    mm = DPI / 25.4 * OVER
    side = int(35 * mm) + 8 * OVER
    ink = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(ink)
    c = side / 2
    for radius, width in ((17.5, 0.75), (16.4, 0.25), (11.6, 0.35)):
        draw.ellipse((c - radius * mm, c - radius * mm, c + radius * mm, c + radius * mm), outline=255, width=int(width * mm))
    ring_text(ink, top, 14.0 * mm, int(3.0 * mm), 0)
    ring_text(ink, "BẢN TRÌNH DIỄN", 14.0 * mm, int(2.1 * mm), 180, inward=True)
    for side_of in (-1, 1):
        theta = math.radians(180 - 52 * side_of)
        draw.polygon(star(c + 14 * mm * math.sin(theta), c - 14 * mm * math.cos(theta), 1.25 * mm), fill=255)
    # An emblem of our own: a star over rays and two ears of rice.
    for i in range(24):
        a = math.radians(i * 15)
        draw.line((c + 5.4 * mm * math.sin(a), c - 1.9 * mm - 5.4 * mm * math.cos(a), c + 6.6 * mm * math.sin(a), c - 1.9 * mm - 6.6 * mm * math.cos(a)),
                  fill=255, width=int(0.22 * mm))
    draw.polygon(star(c, c - 1.9 * mm, 4.6 * mm), fill=255)
    for s in (-1, 1):
        for i in range(6):
            a = math.radians(s * (48 + i * 16))
            x, y = c + 8.5 * mm * math.sin(a), c - 1.9 * mm - 8.5 * mm * math.cos(a)
            # A grain: a slim leaf along the ear.
            dx, dy = math.cos(a + 0.5 * s) * s, math.sin(a + 0.5 * s) * s
            tip, tail = (x - 1.05 * mm * dx, y - 1.05 * mm * dy), (x + 1.05 * mm * dx, y + 1.05 * mm * dy)
            draw.polygon([tip, (x - 0.42 * mm * dy, y + 0.42 * mm * dx), tail, (x + 0.42 * mm * dy, y - 0.42 * mm * dx)], fill=255)
    for n, line in enumerate(lines):
        font = ImageFont.truetype(str(FONTS / "Arimo-Bold.ttf"), int(1.9 * mm))
        draw.text((c, c + (7.9 + 2.3 * n) * mm), line, font=font, fill=255, anchor="ms")
    image = finish(ink, RED, seed, 0.09)
    return image.rotate(random.Random(seed).uniform(-3, 3), resample=Image.BICUBIC)


def main(out):
    out.mkdir(parents=True, exist_ok=True)
    images = {name: signature(strokes, n) for n, (name, strokes) in enumerate(SIGNATURES.items(), 3)}
    images["con-dau-ubnd-tinh"] = seal("ỦY BAN NHÂN DÂN TỈNH MINH AN", ["TỈNH MINH AN"], 11)
    images["con-dau-so-noi-vu"] = seal("SỞ NỘI VỤ TỈNH MINH AN", ["SỞ NỘI VỤ"], 12)
    for name, image in images.items():
        image.save(out / f"{name}.png", dpi=(DPI, DPI), optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
