"""Forms with a motor: massage guns, a kneading pillow, foot, hand, knee and scalp massagers, EMS pads."""

from __future__ import annotations

from canvas import FLOOR, INK, STEEL, Canvas, box, dark, ellipse, light


def gun(
    art: Canvas,
    *,
    colour: str,
    grip: str,
    head: str,
    style: str = "round",
    accent: str = "",
    scale: float = 1.0,
    lean: float = -8,
    handle: float = 330,
) -> None:
    """A massage gun, head to the left. Heads: round, wide, plate, fork."""
    art.shadow(560, 330 * scale + 120)
    with art.moved(
        f"translate({520 - 520 * scale} {FLOOR - FLOOR * scale}) scale({scale}) translate(0 {330 - handle}) "
        f"rotate({lean} 620 {FLOOR})"
    ):
        art.tube("M300 380H420", STEEL, 46)
        gun_head(art, 262, 380, head, style)
        art.solid(f"M530 430h150l20 {handle - 10}q6 40 -34 40h-124q-40 0 -34 -40z", grip, rim=50)
        for row in range(7):
            y = 512 + row * (handle - 120) / 7
            art.line(f"M548 {y}q60 18 118 0", dark(grip, 0.4), 7, opacity=0.45)
        art.solid("M390 300q0 -34 40 -34h250q130 10 140 114q-10 106 -140 116h-250q-40 0 -40 -36z", colour, rim=64)
        art.flat(box(396, 284, 22, 192, 10), dark(colour, 0.4), opacity=0.6)
        if accent:
            art.solid(box(436, 268, 24, 226, 10), accent, rim=12)
        for x in range(690, 780, 26):
            art.line(f"M{x} 340v80", dark(colour, 0.5), 8, opacity=0.55)
        art.solid(ellipse(590, 380, 36), dark(colour, 0.24), rim=16)
        for i in range(3):
            art.flat(ellipse(572 + i * 18, 380, 5), light(colour, 0.75))
        art.shine(560, 298, 90, 11, turn=0, opacity=0.4)


def gun_head(art: Canvas, x: float, y: float, colour: str, style: str) -> None:
    """A head that points to the left, its stem at (x, y)."""
    if style == "wide":
        art.solid(box(x - 96, y - 120, 120, 240, 56), colour, rim=44)
        art.line(f"M{x + 2} {y - 90}v180", dark(colour, 0.4), 8, opacity=0.5)
    elif style == "plate":
        art.solid(box(x - 10, y - 70, 60, 140, 20), INK, rim=20)
        art.line(f"M{x - 52} {y - 96}v192", colour, 50, opacity=0.6, blur=20)
        art.solid(box(x - 60, y - 104, 56, 208, 24), colour, rim=26, gloss=0.8)
    elif style == "fork":
        art.tube(
            f"M{x + 20} {y}Q{x - 10} {y - 90} {x - 80} {y - 84}M{x + 20} {y}Q{x - 10} {y + 90} {x - 80} {y + 84}",
            colour,
            54,
        )
    elif style == "bullet":
        art.solid(f"M{x + 30} {y - 44}q-60 0 -130 30q-22 14 0 28q70 30 130 30z", colour, rim=26)
    elif style == "flat":
        art.solid(box(x - 60, y - 92, 52, 184, 22), colour, rim=26)
        art.solid(f"M{x - 14} {y - 60}l50 30v60l-50 30z", colour, rim=22)
    else:
        art.solid(ellipse(x - 26, y, 92), colour, rim=54)
        art.solid(box(x + 36, y - 44, 44, 88, 16), dark(colour, 0.25), rim=18)
        art.shine(x - 58, y - 38, 28, 16)


def gun_heads(art: Canvas, *, colour: str) -> None:
    """Four heads in a row: round, flat, fork, bullet."""
    for x, style in ((180, "round"), (400, "flat"), (615, "fork"), (830, "bullet")):
        art.shadow(x, 170, y=690)
        with art.moved(f"rotate(90 {x} 560) translate(-20 0)"):
            art.tube(f"M{x + 50} 560h70", STEEL, 46)
            gun_head(art, x, 560, colour, style)


def angled_gun(art: Canvas, *, colour: str, grip: str, head: str) -> None:
    """A gun with a long, bent handle."""
    art.shadow(560, 560)
    art.tube("M330 360L520 300L820 700", colour, 118)
    art.tube("M650 474L826 708", grip, 128)
    for i in range(5):
        x, y = 690 + i * 27, 526 + i * 36
        art.line(f"M{x - 44} {y + 30}l88 -62", dark(grip, 0.4), 7, opacity=0.45)
    art.solid(ellipse(522, 302, 66), dark(colour, 0.12), rim=36)
    art.flat(ellipse(522, 302, 22), dark(colour, 0.5))
    art.tube("M282 374L330 360", STEEL, 52)
    art.solid(ellipse(218, 392, 112), head, rim=64)
    art.shine(180, 350, 34, 20)


def pillow(art: Canvas, *, colour: str, node: str) -> None:
    """A kneading pillow with four nodes under a mesh."""
    art.shadow(500, 780)
    art.solid(
        "M110 560q-20 -200 130 -230q260 -50 520 0q150 30 130 230q-10 200 -150 220q-240 30 -480 0q-140 -20 -150 -220z",
        colour,
        rim=90,
    )
    art.flat(box(215, 400, 570, 310, 140), dark(colour, 0.3), opacity=0.28)
    for x in (350, 650):
        art.line(f"M{x - 104} 555a104 104 0 1 1 208 0a104 104 0 1 1 -208 0", dark(colour, 0.4), 5, opacity=0.35)
        for y in (475, 635):
            art.line(f"M{x} {y}h1", node, 130, opacity=0.28, blur=22)
            art.solid(ellipse(x, y, 60), node, rim=40)
            art.shine(x - 18, y - 20, 18, 11)
    art.line("M170 380q330 -80 660 0", light(colour, 0.6), 8, opacity=0.5, blur=3)
    art.solid(box(872, 520, 50, 100, 20), INK, rim=18)


def foot_machine(art: Canvas, *, colour: str, inside: str) -> None:
    """A rounded machine with two openings for the feet."""
    art.shadow(500, 860)
    art.solid(
        "M80 700q-10 -320 250 -360q170 -30 340 0q260 40 250 360q-10 90 -100 90h-640q-90 0 -100 -90z",
        colour,
        rim=80,
    )
    for x in (300, 700):
        hole = f"M{x - 140} 690q-10 -230 140 -236t140 236q-10 50 -60 50h-160q-50 0 -60 -50z"
        art.solid(hole, inside, rim=50, gloss=0.15, depth=0.3)
        with art.within(hole):
            art.flat(ellipse(x, 520, 130, 110), dark(inside, 0.6), opacity=0.7)
            for row in range(3):
                for column in range(4):
                    art.solid(ellipse(x - 78 + column * 52, 630 + row * 46, 20), light(inside, 0.3), rim=12)
    art.solid(box(420, 370, 160, 56, 28), dark(colour, 0.4), rim=18)
    for i in range(3):
        art.flat(ellipse(456 + i * 44, 398, 8), light(colour, 0.7))


def knee_wrap(art: Canvas, *, colour: str, strap: str) -> None:
    """A padded cuff with straps and a round control."""
    art.shadow(500, 700)
    for y in (390, 620):
        art.solid(f"M150 {y}q-60 10 -60 50t60 50h700q60 -10 60 -50t-60 -50z", strap, rim=30)
    art.solid("M250 320q250 -80 500 0q60 230 0 450q-250 70 -500 0q-60 -220 0 -450z", colour, rim=80)
    for y in (390, 460, 640, 705):
        art.line(f"M262 {y}q238 -50 476 0", dark(colour, 0.35), 6, opacity=0.4)
    art.solid(ellipse(500, 550, 110), light(colour, 0.55), rim=46)
    art.solid(ellipse(500, 550, 72), INK, rim=30)
    art.line("M500 520v28", "#f6f2ea", 9)
    art.line("M478 532a30 30 0 1 0 44 0", "#f6f2ea", 7)


def hand_massager(art: Canvas, *, colour: str, inside: str) -> None:
    """A rounded shell with an opening for one hand."""
    art.shadow(500, 700)
    art.solid(
        "M170 640q-20 -270 200 -320q200 -40 380 40q130 70 110 300q-10 130 -140 130h-410q-130 -10 -140 -150z",
        colour,
        rim=90,
    )
    hole = "M210 640q0 -160 150 -170q150 0 160 160q0 110 -150 112t-160 -102z"
    art.solid(hole, inside, rim=50, gloss=0.1, depth=0.3)
    with art.within(hole):
        art.flat(ellipse(370, 600, 120, 100), dark(inside, 0.6), opacity=0.8)
        art.solid("M200 690q160 -60 340 0v80h-340z", light(inside, 0.25), rim=30)
    art.solid(ellipse(680, 500, 70, 64), dark(colour, 0.2), rim=26)
    for i in range(3):
        art.flat(ellipse(650 + i * 30, 500, 7), light(colour, 0.75))
    art.shine(470, 360, 110, 22, turn=-6, opacity=0.4)


def scalp_massager(art: Canvas, *, colour: str, tips: str) -> None:
    """A palm-held body over four heads with silicone fingers."""
    art.shadow(500, 640)
    for x in (290, 430, 570, 710):
        art.solid(f"M{x - 66} 610h132l-16 60h-100z", dark(tips, 0.15), rim=26)
        for i in range(4):
            art.tube(f"M{x - 42 + i * 28} 670l{(i - 1.5) * 10} 88", tips, 24)
    art.solid("M190 560q0 -270 310 -280q310 10 310 280q-10 70 -80 70h-460q-70 0 -80 -70z", colour, rim=90)
    art.line("M214 566q286 40 572 0", light(colour, 0.6), 10, opacity=0.6)
    art.solid(ellipse(500, 420, 44, 30), light(colour, 0.6), rim=18)
    art.shine(370, 370, 90, 34)


def muscle_pads(art: Canvas, *, colour: str, remote: str) -> None:
    """Two wing-shaped pads joined by a wire, and a small remote."""
    art.shadow(500, 800)
    art.line("M380 500q120 90 240 0", INK, 12)
    for mirror in ("", "translate(1000 0) scale(-1 1)"):
        with art.moved(mirror or "translate(0 0)"):
            art.solid(
                "M110 470q20 -160 190 -150q130 10 140 150q4 90 -70 120"
                "q20 130 -110 150q-130 0 -120 -120q-40 -60 -30 -150z",
                colour,
                rim=60,
            )
            art.line("M160 470q20 -100 140 -96q80 8 86 90", light(colour, 0.6), 7, opacity=0.55)
            for x, y in ((240, 450), (300, 520), (250, 600)):
                art.flat(ellipse(x, y, 14), light(colour, 0.4), opacity=0.8)
    art.solid(ellipse(500, 660, 92), remote, rim=46)
    art.line("M500 616v30M500 674v30M462 660h-1M538 660h1", INK, 12)
