"""Make a realistic products file of any size, for measuring: `python benchmarks/generate.py 100000 > products.csv`.

Texts are put together from parts, so that most descriptions differ, as in a supplier's catalogue: bullets, HTML,
plain prose, cautions, spec lines, now and then a typo. One product in four has several variants. The same seed
gives the same file.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator

FORMS = {
    "massage gun": ("Massage guns", ("percussion", "four heads", "brushless motor"), (49, 249)),
    "foam roller": ("Foam rollers", ("EVA", "grid pattern", "hollow core"), (15, 60)),
    "massage ball": ("Massage balls", ("natural rubber", "peanut shape", "firm"), (6, 30)),
    "trigger point cane": ("Massage canes", ("two handles", "six knobs", "no batteries"), (19, 55)),
    "roller stick": ("Massage sticks", ("nine spindles", "soft grips"), (12, 35)),
    "T-bar pressure tool": ("T-bars", ("beech handle", "rubber tip"), (18, 49)),
    "shiatsu pillow": ("Electric massagers", ("warmth", "15-minute timer"), (39, 99)),
    "gua sha scraper": ("Scrapers", ("stainless steel", "six edges"), (11, 59)),
    "cupping set": ("Cupping sets", ("four cups", "food-grade silicone"), (15, 39)),
    "acupressure mat": ("Acupressure mats", ("6,210 points", "cotton cover"), (25, 89)),
}
PLACES = (
    *("neck", "shoulders", "upper back", "lower back", "glutes", "hips", "thighs", "calves", "feet", "forearms"),
    *("hands", "chest", "quads and hamstrings", "IT band", "shoulder blades", "QL", "piriformis", "arch of the foot"),
)
PEOPLE = ("runners", "desk workers", "climbers", "gardeners", "drivers", "nurses", "parents", "cyclists")
BRANDS = ("Alderfen", "Brookmoss", "Cinderlea", "Dunwick", "Elmstow", "Fernhythe", "Grenholt", "Hartsley")
WORDS = ("Pro", "Mini", "Classic", "Travel", "Soft", "Plus", "Studio", "Nova", "Terra", "Line", "Pure", "One")
OPENINGS = (
    "Made for {people} who know what a long day does to the {place}.",
    "Two minutes on the {place}, two on the {other}, and the evening begins better.",
    "Works the {place} with slow, even pressure; then move on to the {other}.",
    "For tired {place} after work, and for the {other} after sport.",
    "Roll, press, breathe: the {place} first, the {other} next.",
)
NOTES = (
    "Not for use on the front of the neck or directly on the spine.",
    "Stop if you feel numbness or tingling, and ask a professional.",
    "Not over varicose veins, bruises or broken skin.",
    "Ask a doctor first in pregnancy, with osteoporosis or blood thinners.",
    "Start with the lightest pressure; one to two minutes are enough.",
)
FACTS = (
    "Weight {weight} g, fits in your hand luggage.",
    "Backed by a {years}-year guarantee.",
    "Comes with a cotton bag and a card with six moves.",
    "Wipe clean with a damp cloth.",
    "FSA/HSA eligible.",
)
COLUMNS = (
    *("sku", "product", "name", "variant", "option: Size", "option: Colour", "price", "compare_at_price", "currency"),
    *("description", "brand", "category", "tool_type", "target_areas", "stock", "weight_g", "barcode", "material"),
    *("warranty_years", "fsa_hsa_eligible", "status"),
)
STATED = {
    "massage gun": "massage-gun",
    "foam roller": "foam-roller",
    "massage ball": "massage-ball",
}


def rows(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """`count` variant rows of the native products file."""
    chance = random.Random(seed)  # noqa: S311 - the same file each time, no secret
    made = number = 0
    while made < count:
        number += 1
        product = a_product(chance, number)
        variants = chance.choice((1, 1, 1, chance.randint(2, 4)))
        for index in range(min(variants, count - made)):
            yield (product if index == 0 else {}) | a_variant(chance, number, index, variants)
            made += 1


def a_product(chance: random.Random, number: int) -> dict[str, str]:
    form = chance.choice(list(FORMS))
    category, features, _ = FORMS[form]
    place, other = chance.sample(PLACES, 2)
    people = chance.choice(PEOPLE)
    brand = chance.choice(BRANDS)
    opening = chance.choice(OPENINGS).format(people=people, place=place, other=other)
    facts = [fact.format(weight=chance.randint(90, 1900), years=chance.randint(1, 15)) for fact in FACTS]
    feature = f"{chance.choice(features).capitalize()}, item {number}."
    lines = [opening, feature, chance.choice(facts), chance.choice(NOTES)]
    style = chance.random()
    if style < 0.3:
        description = "\n".join(f"• {line}" for line in lines)
    elif style < 0.5:
        description = "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"
    else:
        description = " ".join(lines)
    if chance.random() < 0.05:
        description = description.replace("shoulder", "sholder").replace("pressure", "presure")
    return {
        "name": f"{brand} {chance.choice(WORDS)} {form.title()} {number}",
        "description": description,
        "brand": brand,
        "category": category,
        "tool_type": STATED.get(form, "") if chance.random() < 0.3 else "",
        "target_areas": chance.choice(("neck;shoulders", "calves", "lower-back")) if chance.random() < 0.2 else "",
        "material": chance.choice(("Silicone", "Cork", "Beech", "Steel", "EVA")),
        "warranty_years": str(chance.randint(1, 10)),
        "fsa_hsa_eligible": chance.choice(("yes", "no", "")),
        "status": "active" if chance.random() < 0.97 else "draft",
    }


def a_variant(chance: random.Random, number: int, index: int, of: int) -> dict[str, str]:
    price = chance.randint(900, 24900) / 100
    return {
        "sku": f"BM-{number:06d}-{index}",
        "product": f"bm-{number:06d}",
        "variant": ("Small", "Medium", "Large", "Extra large")[index] if of > 1 else "",
        "option: Size": ("S", "M", "L", "XL")[index] if of > 1 else "",
        "price": f"{price:.2f}",
        "compare_at_price": f"{price * 1.2:.2f}" if chance.random() < 0.1 else "",
        "currency": "USD",
        "stock": str(max(0, chance.randint(-5, 200))),
        "weight_g": str(chance.randint(60, 2500)),
        "barcode": gtin(f"2{number:08d}{index:03d}"),
    }


def gtin(body: str) -> str:
    """A GTIN-13 of the in-store range with its check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def main() -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))


if __name__ == "__main__":
    main()
