"""Forms that roll: foam rollers, sticks, hand, face and foot rollers."""

from __future__ import annotations

from canvas import CORK, FLOOR, INK, STEEL, Canvas, box, dark, ellipse, light
from hand_tools import cork_specks


def foam_roller(
    art: Canvas, *, colour: str, skin: str, length: float = 640, radius: float = 150, core: str = ""
) -> None:
    """A cylinder on the floor, its open end to the right. Skins: smooth, grid, ridges, waves, cork."""
    left, right = 500 - length / 2 - 20, 500 + length / 2 - 20
    middle, end = FLOOR - radius, radius * 0.42
    art.shadow(500, length + radius * 0.7)
    body = (
        f"M{left} {middle - radius}H{right}a{end} {radius} 0 0 1 0 {2 * radius}H{left}"
        f"a{end} {radius} 0 0 1 0 {-2 * radius}z"
    )
    art.solid(body, colour, rim=radius * 0.7)
    with art.within(body):
        _skin(art, skin, colour, left - end, right, middle, radius, end)
        art.line(
            f"M{left} {middle - radius * 0.62}H{right}",
            "#ffffff",
            radius * 0.16,
            opacity=0.28,
            blur=radius * 0.1,
        )
    face = ellipse(right, middle, end, radius)
    art.solid(face, light(colour, 0.12) if not core else colour, rim=20)
    if core:
        art.solid(ellipse(right, middle, end * 0.78, radius * 0.78), core, rim=16)
        art.flat(ellipse(right, middle, end * 0.66, radius * 0.66), dark(core, 0.55))
        art.flat(ellipse(right + end * 0.12, middle + radius * 0.06, end * 0.5, radius * 0.56), dark(core, 0.35))
    elif skin == "cork":
        with art.within(face):
            cork_specks(art, right, middle, end, radius, 90)


def _skin(
    art: Canvas, skin: str, colour: str, left: float, right: float, middle: float, radius: float, end: float
) -> None:
    shade, width = dark(colour, 0.42), right - left + 2 * end
    if skin == "cork":
        cork_specks(art, (left + right) / 2, middle, width / 2, radius, 420)
    elif skin == "grid":
        rows = ((-0.93, 0.16), (-0.66, 0.3), (-0.24, 0.4), (0.28, 0.4), (0.7, 0.24))
        for number, (offset, height) in enumerate(rows):
            step = 74 if number % 2 else 128
            x, column = left - 10, 0
            while x < right + end:
                tile = box(x + 6, middle + offset * radius, step - 16, height * radius, 12)
                art.flat(tile, light(colour, 0.14))
                art.line(tile, shade, 6, opacity=0.42)
                x, column = x + step, column + 1
    elif skin == "ridges":
        x = left
        while x < right + end:
            for row, offset in enumerate((-0.96, -0.52, 0.0, 0.5)):
                shift = 42 if row % 2 else 0
                block = box(x + shift, middle + offset * radius, 62, radius * 0.4, 20)
                art.solid(block, light(colour, 0.05), rim=22)
            x += 84
    elif skin == "waves":
        x = left
        while x < right + end:
            art.line(f"M{x} {middle - radius}q70 {radius * 0.5} 0 {radius}t0 {radius}", shade, 15, opacity=0.6)
            art.line(
                f"M{x + 11} {middle - radius}q70 {radius * 0.5} 0 {radius}t0 {radius}",
                light(colour, 0.5),
                5,
                opacity=0.4,
            )
            x += 62
    else:
        art.line(f"M{left} {middle + radius * 0.55}H{right}", shade, 40, opacity=0.25, blur=22)


def roller_end(art: Canvas, *, colour: str, core: str) -> None:
    """A hollow roller seen from its end."""
    art.shadow(500, 420)
    art.solid(ellipse(500, 520, 270), colour, rim=60)
    for turn in range(0, 360, 24):
        with art.moved(f"rotate({turn} 500 520)"):
            art.flat(box(484, 246, 32, 34, 10), dark(colour, 0.4), opacity=0.55)
    art.solid(ellipse(500, 520, 205), core, rim=30)
    art.flat(ellipse(500, 520, 178), dark(core, 0.6))
    art.flat(ellipse(512, 532, 150), dark(core, 0.42))


def half_roller(art: Canvas, *, colour: str) -> None:
    """A roller with a flat side, lying on it."""
    art.shadow(500, 800)
    art.solid(f"M150 {FLOOR}q-10 -230 40 -260h560q110 30 120 260z", colour, rim=70)
    art.solid(f"M690 {FLOOR}a92 260 0 0 1 184 0z", light(colour, 0.14), rim=24)
    for x in range(220, 660, 70):
        art.line(f"M{x} 545q-34 70 -30 225", dark(colour, 0.3), 5, opacity=0.3)


def spindle_stick(art: Canvas, *, colour: str, grip: str, beads: int = 9, wooden: bool = False) -> None:
    """A straight stick with a row of spindles or beads between two grips."""
    art.shadow(500, 640)
    with art.moved("rotate(-24 500 520) translate(0 40)"):
        art.tube("M110 520H890", STEEL, 26)
        art.solid(box(30, 482, 180, 76, 36), grip, rim=34)
        art.solid(box(790, 482, 180, 76, 36), grip, rim=34)
        for groove in (70, 100, 130, 160, 830, 860, 890, 920):
            art.line(f"M{groove} 492v56", dark(grip, 0.45), 6, opacity=0.5)
        span = 556 / beads
        for i in range(beads):
            x = 222 + i * span
            if wooden:
                art.solid(ellipse(x + span / 2, 520, span / 2 + 1, 58 if i % 2 else 47), colour, rim=28)
            else:
                art.solid(box(x + 2, 464, span - 4, 112, 20), colour if i % 3 else light(colour, 0.3), rim=34)


def flex_stick(art: Canvas, *, colour: str, grip: str) -> None:
    """A stick bent to an arc, with soft beads."""
    art.shadow(500, 760)
    art.tube("M120 700Q500 180 880 700", INK, 24)
    for i in range(13):
        t = 0.14 + i * 0.06
        x = (1 - t) ** 2 * 120 + 2 * t * (1 - t) * 500 + t**2 * 880
        y = (1 - t) ** 2 * 700 + 2 * t * (1 - t) * 180 + t**2 * 700
        art.solid(ellipse(x, y, 40), colour if i % 2 else light(colour, 0.35), rim=28)
    art.tube("M112 712L180 620", grip, 66)
    art.tube("M888 712L820 620", grip, 66)


def forearm_roller(art: Canvas, *, frame: str, wheel: str) -> None:
    """Two rows of wheels that face each other in a sprung frame."""
    art.shadow(500, 560)
    art.tube("M300 770V330Q300 190 500 190T700 330V770", frame, 54)
    for x, turn in ((372, 1), (628, -1)):
        for y in (390, 500, 610, 720):
            art.solid(ellipse(x, y, 74, 50), wheel, rim=36)
            art.line(f"M{x - 20 * turn} {y - 40}q{24 * turn} 40 0 80", dark(wheel, 0.35), 6, opacity=0.4)
    art.solid(ellipse(500, 188, 52, 40), dark(frame, 0.1), rim=24)
    art.line("M474 188h52", dark(frame, 0.5), 8)


def foot_rollers(art: Canvas, *, frame: str, wheel: str) -> None:
    """A wooden frame seen from above, with two sets of beaded rollers."""
    art.shadow(500, 860, y=780)
    rim = "M190 330h620q40 0 52 40l70 330q10 80 -70 80h-724q-80 0 -70 -80l70 -330q12 -40 52 -40z"
    art.solid(rim, frame, rim=44)
    art.flat(
        "M216 376h250v354h-318q-20 0 -16 -30l64 -300q4 -24 20 -24zM534 376h250q16 0 20 24l64 300q4 30 -16 30h-318z",
        dark(frame, 0.62),
    )
    for row in range(5):
        y = 408 + row * 70
        half = 128 + row * 10
        for side in (-1, 1):
            middle = 500 + side * (170 + row * 9)
            art.tube(f"M{middle - half} {y}H{middle + half}", dark(wheel, 0.3), 18)
            for i in range(6):
                x = middle + (i - 2.5) * half / 3.1
                art.solid(ellipse(x, y, half / 6.6, 27 + row * 1.5), wheel if i % 2 else light(wheel, 0.22), rim=20)
    art.solid(box(466, 340, 68, 426, 26), frame, rim=28)


def face_roller(art: Canvas, *, stone: str, metal: str) -> None:
    """A handle with a large and a small barrel."""
    art.shadow(500, 520)
    with art.moved("rotate(32 500 520)"):
        art.tube("M500 330V720", metal, 30)
        art.solid(box(470, 380, 60, 290, 28), metal, rim=26, gloss=0.8)
        for x1, x2, y1, y2, height in ((340, 660, 210, 330, 120), (410, 590, 760, 720, 66)):
            art.line(
                f"M500 {y2}V{y1 + height / 2}M{x1} {y1 + height / 2}H{x2}" if y1 < 500 else f"M500 {y2}V{y1}",
                metal,
                14,
            )
            barrel = box(x1 + 14, y1, x2 - x1 - 28, height, 56)
            art.solid(barrel, stone, rim=48, gloss=0.7)
            with art.within(barrel):
                art.line(f"M{x1} {y1 + height}q120 -70 {x2 - x1} -60", light(stone, 0.7), 9, opacity=0.4, blur=3)


def cork_roller(art: Canvas) -> None:
    """A solid roller of pressed cork."""
    foam_roller(art, colour=CORK, skin="cork", length=560, radius=145)
