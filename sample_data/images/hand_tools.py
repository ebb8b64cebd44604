"""Forms without a motor that press: balls, shaped pressure tools, T-bars, canes and scrapers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from canvas import CORK, FLOOR, INK, SAND, STEEL, STONE, Canvas, box, dark, ellipse, light, mix, scatter


def ball_at(art: Canvas, x: float, y: float, radius: float, colour: str, texture: str = "smooth") -> None:
    """One ball: smooth, rings, grooves, spikes, cork, wood or steel."""
    outline = ellipse(x, y, radius)
    if texture == "spikes":
        for dx, dy in scatter(64, radius * 0.99):
            if math.hypot(dx, dy) > radius * 0.86:
                art.solid(ellipse(x + dx * 1.05, y + dy * 1.05, radius * 0.085), colour, rim=10)
    art.solid(outline, colour, rim=radius * 0.42)
    with art.within(outline):
        if texture == "rings":
            for share in (-0.55, -0.2, 0.15, 0.5):
                ry = radius * 0.2
                half = radius * math.sqrt(1 - share**2)
                top = y + share * radius
                curve = f"M{x - half} {top}q{half} {ry * 1.5} {2 * half} 0"
                art.line(curve, dark(colour, 0.32), radius * 0.05, opacity=0.55)
                art.line(
                    curve.replace(f"{top}q", f"{top + radius * 0.05}q"),
                    light(colour, 0.5),
                    radius * 0.025,
                    opacity=0.5,
                )
        elif texture == "grooves":
            with art.moved(f"rotate(24 {x} {y})"):
                for share in (0.3, 0.62, 0.88):
                    art.line(
                        ellipse(x, y, radius * share, radius * 1.02),
                        dark(colour, 0.45),
                        radius * 0.06,
                        opacity=0.6,
                    )
                    art.line(
                        ellipse(x + radius * 0.05, y, radius * share, radius * 1.02),
                        light(colour, 0.4),
                        radius * 0.02,
                        opacity=0.4,
                    )
                art.solid(
                    box(x - radius * 1.1, y - radius * 0.17, radius * 2.2, radius * 0.34),
                    dark(colour, 0.35),
                    rim=radius * 0.12,
                )
                art.line(ellipse(x, y, radius * 0.09), light(colour, 0.7), radius * 0.03)
        elif texture == "spikes":
            for dx, dy in scatter(60, radius * 0.9):
                size = radius * 0.085 * (1 - 0.35 * math.hypot(dx, dy) / radius)
                art.flat(
                    ellipse(x + dx + size * 0.4, y + dy + size * 0.6, size * 1.05),
                    dark(colour, 0.4),
                    opacity=0.35,
                )
                art.flat(ellipse(x + dx, y + dy, size), light(colour, 0.22))
                art.flat(
                    ellipse(x + dx - size * 0.25, y + dy - size * 0.3, size * 0.45),
                    light(colour, 0.7),
                    opacity=0.8,
                )
        elif texture == "cork":
            cork_specks(art, x, y, radius, radius)
        elif texture == "wood":
            for step in range(-4, 5):
                art.line(
                    f"M{x - radius} {y + step * radius * 0.22}"
                    f"q{radius} {radius * 0.16 * (1 if step % 2 else 1.6)} {2 * radius} 0",
                    dark(colour, 0.3),
                    3,
                    opacity=0.28,
                )
            for share in (-0.34, -0.2, 0.2, 0.34):
                art.line(
                    f"M{x - radius} {y + share * radius}q{radius} {radius * 0.2} {2 * radius} 0",
                    dark(colour, 0.45),
                    radius * 0.035,
                    opacity=0.75,
                )
        elif texture == "steel":
            art.line(
                f"M{x - radius} {y + radius * 0.12}q{radius} {radius * 0.42} {2 * radius} 0",
                dark(colour, 0.5),
                radius * 0.16,
                opacity=0.5,
                blur=9,
            )
            art.line(
                f"M{x - radius} {y - radius * 0.12}q{radius} {radius * 0.3} {2 * radius} 0",
                "#ffffff",
                radius * 0.12,
                opacity=0.7,
                blur=9,
            )
    art.shine(
        x - radius * 0.36,
        y - radius * 0.44,
        radius * 0.26,
        radius * 0.15,
        opacity=0.55 if texture != "cork" else 0.2,
    )


def cork_specks(art: Canvas, x: float, y: float, rx: float, ry: float, count: int = 170) -> None:
    """The dark and pale grains of pressed cork."""
    for i, (dx, dy) in enumerate(scatter(count)):
        grain = (dark(CORK, 0.5), light(CORK, 0.45), dark(CORK, 0.28))[i % 3]
        art.add(
            f'<ellipse cx="{x + dx * rx:.1f}" cy="{y + dy * ry:.1f}" '
            f'rx="{4 + i * 7 % 6}" ry="{2 + i * 5 % 4}" fill="{grain}" '
            f'opacity=".5" transform="rotate({i * 47 % 180} {x + dx * rx:.1f} {y + dy * ry:.1f})"/>'
        )


def balls(art: Canvas, *, items: Sequence[tuple[float, float, str, str]], dish: str = "") -> None:
    """Balls in a row on the floor: (x, radius, colour, texture) each; `dish` puts a saucer below."""
    lift = 0
    if dish:
        lift = 34
        art.shadow(500, 620)
        art.solid("M190 742q310 -46 620 0q-20 62 -130 66h-360q-110 -4 -130 -66z", dish, rim=30)
        art.flat(ellipse(500, 742, 306, 26), dark(dish, 0.14))
    for x, radius, colour, texture in items:
        if not dish:
            art.shadow(x, radius * 1.7)
        ball_at(art, x, FLOOR - lift - radius + 6, radius, colour, texture)


def peanut(art: Canvas, *, colour: str, cork: bool = False) -> None:
    """Two balls grown together."""
    art.shadow(500, 640)
    path = "M130 600a190 190 0 0 1 330 -128q40 34 80 0a190 190 0 1 1 0 256q-40 -34 -80 0a190 190 0 0 1 -330 -128z"
    art.solid(path, colour, rim=90)
    with art.within(path):
        if cork:
            cork_specks(art, 500, 600, 420, 210, 420)
        art.line("M500 450v300", dark(colour, 0.5), 60, opacity=0.28, blur=24)
    art.shine(245, 500, 70, 34)
    art.shine(625, 500, 60, 30)


def wall_ball(art: Canvas, *, colour: str, base: str) -> None:
    """A ball on a suction foot."""
    art.shadow(500, 560)
    art.solid("M250 790q0 -60 120 -86h260q120 26 120 86q-120 22 -250 22t-250 -22z", base, rim=44)
    art.solid(box(360, 600, 280, 130, 50), dark(base, 0.2), rim=40)
    ball_at(art, 500, 440, 215, colour, "rings")


def cold_ball(art: Canvas, *, colour: str) -> None:
    """A steel ball that turns in a cradle."""
    art.shadow(500, 560)
    ball_at(art, 500, 470, 210, STEEL, "steel")
    art.solid(
        "M255 500q-30 290 245 290t245 -290q-18 -34 -52 -8q-10 150 -193 150t-193 -150q-34 -26 -52 8z",
        colour,
        rim=54,
    )
    art.flat(box(420, 716, 160, 16, 8), dark(colour, 0.4), opacity=0.5)


def saddle(art: Canvas, *, colour: str) -> None:
    """Two tall rounded peaks joined by a saddle."""
    art.shadow(500, 700)
    path = (
        "M150 760q-10 -70 40 -120q40 -300 130 -330q100 0 130 170"
        "q20 60 50 60t50 -60q30 -170 130 -170q90 30 130 330"
        "q50 50 40 120q-10 34 -60 34h-580q-50 0 -60 -34z"
    )
    art.solid(path, colour, rim=80)
    art.line("M330 690q170 70 340 0", dark(colour, 0.35), 12, opacity=0.45)
    art.line("M380 735q120 34 240 0", dark(colour, 0.35), 10, opacity=0.35)
    art.shine(300, 410, 54, 26, turn=-65)
    art.shine(655, 410, 54, 26, turn=-65)


def peaks(art: Canvas, *, colour: str, rows: int, columns: int, height: float = 120) -> None:
    """A low block seen from the front and above, with rounded peaks and a channel along the middle."""
    art.shadow(500, 760)
    art.solid("M120 700q10 -150 110 -170h540q100 20 110 170q0 90 -70 92h-620q-70 -2 -70 -92z", colour, rim=60)
    art.line("M500 540v240", dark(colour, 0.55), 46, opacity=0.4, blur=12)
    spread = 330 if columns == 2 else 280
    for row in range(rows):
        for column in range(columns):
            x = 500 + (column - (columns - 1) / 2) * spread * (0.86 + 0.14 * row / max(rows - 1, 1))
            y = 560 + row * 110
            r = 88 + row * 14 if columns == 2 else 62 + row * 12
            dome = (
                f"M{x - r} {y}q{r * 0.1} {-height - row * 16} {r} {-height - row * 16}"
                f"t{r} {height + row * 16}q{-r} {r * 0.7} {-2 * r} 0z"
            )
            art.flat(ellipse(x + 8, y + 10, r * 1.12, r * 0.42), dark(colour, 0.5), opacity=0.35)
            art.solid(dome, light(colour, 0.06), rim=40)


def elbow(art: Canvas, *, colour: str, core: str) -> None:
    """A bent forearm with a blunt elbow, standing on a metal foot."""
    art.shadow(520, 620)
    art.solid(box(235, 735, 570, 60, 26), core, rim=24)
    art.solid("M300 740q-50 -250 40 -420q60 -110 160 -90q96 26 90 140q-6 70 30 120q150 90 140 250z", colour, rim=90)
    art.line("M352 700q-20 -190 46 -320", light(colour, 0.6), 12, opacity=0.35, blur=6)
    art.solid(ellipse(700, 740, 40, 18), core, rim=10)
    art.shine(420, 330, 60, 34)


def arch(art: Canvas, *, colour: str, ridge: str) -> None:
    """A long arch with two firm ridges and a channel between them."""
    art.shadow(500, 820)
    art.solid("M90 790q30 -300 410 -310t410 310h-150q-30 -140 -260 -140t-260 140z", colour, rim=70)
    for shift in (0, 74):
        art.tube(
            f"M{170 + shift * 0.6} {690 + shift * 0.3}"
            f"q{90 - shift * 0.1} {-180 + shift * 0.5} {330 - shift * 0.6} {-180 + shift * 0.5}"
            f"t{330 - shift * 0.6} {180 - shift * 0.5}",
            ridge,
            42,
        )
    art.line("M215 700q90 -136 285 -136t285 136", dark(colour, 0.5), 14, opacity=0.45, blur=4)


def cradle(art: Canvas, *, colour: str) -> None:
    """A headrest: two raised cheeks, a hollow between them, and two peaks in the hollow."""
    art.shadow(500, 780)
    art.solid("M190 720v-120q0 -190 110 -210h400q110 20 110 210v120z", dark(colour, 0.16), rim=60)
    for x in (400, 600):
        art.flat(ellipse(x + 8, 640, 104, 30), dark(colour, 0.5), opacity=0.4)
        art.solid(f"M{x - 90} 640q10 -230 90 -230t90 230q-90 40 -180 0z", light(colour, 0.08), rim=60)
    art.solid(
        "M110 740q-6 -230 60 -280q70 -40 120 40q70 120 210 120"
        "t210 -120q50 -80 120 -40q66 50 60 280q-4 50 -60 50h-660"
        "q-56 0 -60 -50z",
        colour,
        rim=80,
    )
    art.line("M250 720q250 50 500 0", dark(colour, 0.35), 10, opacity=0.4)
    art.shine(190, 520, 44, 22, turn=-60)
    art.shine(775, 520, 36, 18, turn=-60)


def single_peak(art: Canvas, *, colour: str, base: str) -> None:
    """One rounded peak on a wide, thick foot."""
    art.shadow(500, 600)
    art.solid(box(220, 690, 560, 102, 50), base, rim=44)
    art.solid(
        "M290 716q30 -40 40 -150q10 -250 170 -250t170 250q10 110 40 150q-80 40 -210 40t-210 -40z",
        colour,
        rim=90,
    )
    art.line("M344 640q156 50 312 0", dark(colour, 0.35), 10, opacity=0.4)
    art.shine(420, 420, 62, 32, turn=-60)


def mushroom(art: Canvas, *, colour: str, stem: str) -> None:
    """A palm-sized knob: a cap and a stem."""
    art.shadow(500, 330)
    art.solid("M410 540h180q-14 120 24 200q10 56 -114 56t-114 -56q38 -80 24 -200z", stem, rim=50)
    art.solid("M220 520q0 -230 280 -240q280 10 280 240q0 66 -280 66t-280 -66z", colour, rim=90)
    art.shine(390, 370, 84, 38)


def t_bar(art: Canvas, *, handle: str, stem: str, tip: str, broad: bool = False) -> None:
    """A cross handle on a stem with a tip, leaning like a tool on a shelf."""
    length = 340
    art.shadow(500, 400)
    with art.moved("rotate(-12 500 500) translate(0 -10)"):
        art.tube(f"M500 340v{length}", stem, 54)
        if broad:
            art.solid(f"M410 {330 + length}h180q26 96 -90 100t-90 -100z", tip, rim=40)
        else:
            art.solid(f"M446 {320 + length}h108q14 60 -20 110q-34 40 -68 0q-34 -50 -20 -110z", tip, rim=34)
        art.solid(box(436, 350, 128, 60, 22), dark(stem, 0.25), rim=22)
        art.solid(
            "M220 250q-20 56 0 112q100 30 280 30t280 -30q20 -56 0 -112q-100 -34 -280 -34t-280 34z",
            handle,
            rim=66,
        )
        for x in (250, 750):
            art.line(f"M{x} 246q-14 60 0 122", dark(handle, 0.4), 9, opacity=0.45)


def small_t_bar(art: Canvas, *, colour: str) -> None:
    """A short bar with a bead at each end and a bead for a tip."""
    art.shadow(500, 300)
    with art.moved("rotate(-9 500 560)"):
        art.tube("M500 430V690", colour, 52)
        art.tube("M330 420H670", colour, 66)
        for x, y, radius in ((310, 420, 62), (690, 420, 62), (500, 720, 66)):
            ball_at(art, x, y, radius, colour, "steel")
        art.solid(ellipse(500, 422, 50), dark(colour, 0.12), rim=26)


def cane(
    art: Canvas,
    *,
    path: str,
    colour: str,
    knobs: Sequence[tuple[float, float, float]],
    width: float = 50,
    grips: Sequence[str] = (),
    grip: str = SAND,
    knob: str = "",
    transform: str = "",
    stands: tuple[float, float] = (500, 560),
) -> None:
    """A bent rod with knobs (x, y, radius) and soft grips along parts of it.

    `stands` is the middle and the width of its shadow.
    """
    art.shadow(*stands)
    with art.moved(transform or "translate(0 0)"):
        art.tube(path, colour, width)
        for part in grips:
            art.tube(part, grip, width * 1.3)
        for x, y, radius in knobs:
            art.solid(ellipse(x, y, radius), knob or colour, rim=radius * 0.7)
            art.shine(x - radius * 0.3, y - radius * 0.35, radius * 0.3, radius * 0.18)


def wave_blade(art: Canvas) -> None:
    """A polished blade with a wave, a notch and a beak."""
    art.shadow(500, 720)
    path = (
        "M110 520q60 -180 250 -170q120 10 200 -40q150 -90 300 30"
        "q70 70 10 150q-40 40 -96 16q-60 -20 -84 40q-10 70 -90 110"
        "q-180 90 -330 10q-130 -70 -160 -146z"
    )
    with art.moved("translate(10 60)"):
        art.solid(path, STEEL, rim=30, gloss=0.9)
        with art.within(path):
            art.line("M60 610q300 -230 900 -250", "#ffffff", 60, opacity=0.55, blur=18)
            art.line("M120 700q300 -150 760 -190", dark(STEEL, 0.5), 26, opacity=0.35, blur=12)
        art.flat(ellipse(765, 392, 26), dark(STEEL, 0.6), opacity=0.75)
        art.line("M330 470h210", dark(STEEL, 0.45), 6, opacity=0.6)


def blade_set(art: Canvas, *, roll: str) -> None:
    """Three steel tools on a canvas roll: handlebar, hook and tongue."""
    art.shadow(500, 800)
    art.solid(box(110, 260, 780, 530, 36), roll, rim=36)
    for y in (440, 610):
        art.line(f"M140 {y}h720", dark(roll, 0.3), 4, opacity=0.5)
    for path in (
        "M190 380q20 -70 90 -60q220 40 440 0q70 -10 90 60q-10 34 -60 20q-250 -40 -500 0q-50 14 -60 -20z",
        "M210 560q-30 -70 60 -76q230 20 420 0q130 -10 110 70"
        "q-20 54 -80 34q16 -50 -40 -48q-200 20 -400 6q-50 30 -70 14z",
        "M220 700q0 -60 90 -54q220 26 360 4q110 -10 110 44t-110 52q-140 -14 -360 6q-90 6 -90 -52z",
    ):
        art.add('<g transform="translate(7 10)">')
        art.flat(path, "#2b2422", opacity=0.3)
        art.add("</g>")
        art.solid(path, STEEL, rim=22, gloss=0.9)


def stone_board(art: Canvas, *, colour: str = STONE) -> None:
    """A gua sha board with a notch like the top of a heart."""
    art.shadow(500, 560)
    path = (
        "M270 380q20 -110 130 -110q80 4 106 80q30 -76 120 -80"
        "q130 10 140 150q0 210 -190 340q-60 40 -130 6q-200 -130 -176 -386z"
    )
    with art.moved("rotate(-14 500 520)"):
        art.solid(path, colour, rim=70, gloss=0.6)
        with art.within(path):
            for i, (dx, dy) in enumerate(scatter(46, 270)):
                art.flat(ellipse(510 + dx, 510 + dy, 3 + i % 4, 2 + i % 3), light(colour, 0.5), opacity=0.3)
            art.line("M250 640q220 -140 520 -170", light(colour, 0.4), 10, opacity=0.28, blur=4)


def comb(art: Canvas, *, colour: str) -> None:
    """A comb with rounded teeth and a smooth back."""
    art.shadow(500, 700)
    with art.moved("rotate(-8 500 520)"):
        for i in range(8):
            art.solid(box(186 + i * 80, 480, 58, 270, 29), colour, rim=26)
        art.solid(
            "M150 540q-20 -210 200 -240q200 -40 340 0q190 30 160 240q-30 30 -90 20h-520q-60 10 -90 -20z",
            colour,
            rim=66,
        )
        art.line("M250 420q240 -90 500 0", light(colour, 0.6), 14, opacity=0.4, blur=6)
        art.flat(ellipse(500, 450, 22), mix(colour, INK, 0.7), opacity=0.6)
