"""Tagging: which areas, tool types, conditions and techniques a text says, and on what evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_import.tagging import plain_text, tag_guide, tag_product
from storefront.catalog.records import Evidence, GuideRecord, Origin, ProductRecord, Tags
from storefront.catalog.taxonomy import load_taxonomy
from tests.effort import tries

TAXONOMY = load_taxonomy()


def cases(name: str) -> list[dict[str, Any]]:
    return list(yaml.load(Path(__file__).with_name(name).read_text(encoding="utf-8"), yaml.CSafeLoader))


LISTINGS = cases("tagging_cases.yaml")
GUIDES = cases("guide_cases.yaml")


def a_product(**changes: Any) -> ProductRecord:
    return ProductRecord.model_validate({"reference": "R-1", "name": "Massage Tool"} | changes)


def a_guide(**changes: Any) -> GuideRecord:
    return GuideRecord.model_validate({"slug": "a-guide", "title": "A guide", "summary": "What to do."} | changes)


def areas_said(description: str, name: str = "Massage Tool") -> set[str]:
    tags = tag_product(a_product(name=name, description=description), TAXONOMY)
    return {tag.slug for tag in tags.target_areas}


def tool_of(name: str, description: str = "") -> str:
    (tag,) = tag_product(a_product(name=name, description=description), TAXONOMY).tool_types
    return tag.slug


def conditions_named(description: str) -> set[str]:
    return {tag.slug for tag in tag_product(a_product(description=description), TAXONOMY).conditions}


def guide_areas(**changes: Any) -> set[str]:
    return {tag.slug for tag in tag_guide(a_guide(**changes), TAXONOMY).target_areas}


@pytest.mark.parametrize("listing", LISTINGS, ids=[listing["name"] for listing in LISTINGS])
def test_a_listing_gets_the_areas_and_the_tool_type_that_it_says(listing: dict[str, Any]) -> None:
    tags = tag_product(a_product(name=listing["name"], description=listing["text"]), TAXONOMY)

    assert {tag.slug for tag in tags.target_areas} == set(listing["areas"])
    assert [tag.slug for tag in tags.tool_types] == [listing["tool"]]


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("For the trapezius.", {"shoulders", "upper-back"}),
        ("Melts tight traps.", {"shoulders", "upper-back"}),
        ("For the upper traps.", {"shoulders"}),
        ("For the levator scapulae.", {"neck", "shoulders"}),
        ("Presses gently on the occiput.", {"head", "neck"}),
        ("For a suboccipital release.", {"head", "neck"}),
        ("Rests under the base of the skull.", {"head", "neck"}),
        ("Eases a tension headache.", {"head", "neck"}),
        ("Made for migraine days.", {"head", "neck"}),
        ("For people with sciatica that runs down the leg.", {"glutes", "lower-back"}),
        ("For the lower trapezius.", {"upper-back", "mid-back"}),
        ("For thoracic outlet syndrome.", {"neck", "shoulders"}),
        ("For the posterior chain.", {"glutes", "thighs"}),
        ("Against saddle soreness.", {"glutes"}),
    ],
)
def test_a_starred_phrase_says_several_areas(text: str, areas: set[str]) -> None:
    assert areas <= areas_said(text)


@pytest.mark.parametrize(
    ("term", "area"),
    [
        ("waist", "lower-back"),
        ("sacrum", "lower-back"),
        ("tailbone", "lower-back"),
        ("SI joint", "lower-back"),
        ("QL", "lower-back"),
        ("lumbar spine", "lower-back"),
        ("hunchback", "upper-back"),
        ("rhomboids", "upper-back"),
        ("rounded shoulders", "shoulders"),
        ("rotator cuff", "shoulders"),
        ("subscapularis", "shoulders"),
        ("text neck", "neck"),
        ("scalenes", "neck"),
        ("cervical spine", "neck"),
        ("thoracic spine", "mid-back"),
        ("lats", "mid-back"),
        ("groin", "hips"),
        ("TFL", "hips"),
        ("ankle", "feet"),
        ("collarbone", "chest"),
        ("masseter", "head"),
        ("gluteus medius", "glutes"),
        ("adductors", "thighs"),
        ("popliteus", "knees"),
        ("peroneals", "calves"),
        ("Achilles tendon", "calves"),
        ("brachioradialis", "forearms"),
        ("triceps", "upper-arms"),
        ("thenar muscles", "hands"),
        ("multifidus", "back"),
        ("hip abductors", "glutes"),
        ("hip rotators", "glutes"),
        ("forward-head posture", "neck"),
        ("middle trapezius", "upper-back"),
    ],
)
def test_an_anatomical_term_says_its_area(term: str, area: str) -> None:
    assert areas_said(f"Made for the {term}.") == {area}


@pytest.mark.parametrize(
    "text",
    [
        "Takes the stress out of a long week.",
        "Works on stubborn muscle knots.",
        "For the abdomen and the core.",
        "Roll gently over the ribs and the armpit.",
        "For a dowager's hump or a buffalo hump.",
        "For a torn meniscus.",
        "For hip bursitis.",
    ],
)
def test_stress_knots_and_the_trunk_say_no_area(text: str) -> None:
    assert areas_said(text) == set()


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("For the upper and lower back.", {"upper-back", "lower-back"}),
        ("For the upper, mid and lower back.", {"upper-back", "mid-back", "lower-back"}),
        ("Upper/lower back relief", {"upper-back", "lower-back"}),
        ("For the back.", {"back"}),
        ("For the back, especially the lower back.", {"lower-back"}),
        ("For legs: calves, thighs and knees.", {"calves", "thighs", "knees"}),
        ("Arms, above all the forearms.", {"forearms"}),
    ],
)
def test_inside_a_group_the_narrower_statement_wins(text: str, areas: set[str]) -> None:
    assert areas_said(text) == areas


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("For neck, calves and the whole body.", {"neck", "calves", "full-body"}),
        ("Good for any muscle group.", {"full-body"}),
        ("From head to toe.", {"full-body"}),
        ("Full body massage for everyone.", {"full-body"}),
        ("All muscle groups, first of all the hamstrings.", {"full-body", "thighs"}),
    ],
)
def test_full_body_stands_beside_named_areas(text: str, areas: set[str]) -> None:
    assert areas_said(text) == areas


@pytest.mark.parametrize(
    "denial",
    [
        "Do not use on the neck.",
        "Don't use it on your neck!",
        "Never press on the front of the neck.",
        "Not for the neck or the head.",
        "NOT FOR: neck, head, spine",
        "Avoid the neck.",
        "Keep away from the head and the neck.",
        "Keep the roller off the neck.",
        "Stay away from the neck.",
        "Leave the neck, the spine and the head alone.",
        "The neck is off limits.",
        "Not suitable for the neck.",
        "It must not be used on the neck.",
        "❌ Neck and throat",
        "CAUTION: neck, head and chest are no place for it.",
    ],
)
def test_a_denial_is_no_tag(denial: str) -> None:
    assert areas_said(f"For tight calves. {denial}") == {"calves"}


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("For runner's knee: roll the thigh, never the knee itself.", {"thighs", "knees"}),
        ("For stiff necks. Not for the front of the neck.", {"neck"}),
        ("Not for the head, but great for the shoulders.", {"shoulders"}),
        ("Not only for the neck.", {"neck"}),
        ("Don't let neck pain ruin your day.", {"neck"}),
        ("Helps to avoid lower back pain at the desk.", {"lower-back"}),
        ("The groove leaves the spine free.", {"back"}),
        ("For the muscles on either side of the spine.", {"back"}),
    ],
)
def test_what_is_said_for_an_area_outweighs_a_denial(text: str, areas: set[str]) -> None:
    assert areas_said(text) == areas


@pytest.mark.parametrize(
    "text",
    [
        "Fits in your hand.",
        "Hand-held and hands-free.",
        "The handle sits well in the palm of your hand.",
        "With ball head, fork head and bullet head.",
        "Six interchangeable head attachments.",
        "Rests on the arm of the chair.",
        "No foot pump needed.",
        "Backed by a 15-year warranty and a money-back guarantee.",
        "Stays under the neckline.",
        "Back in stock!",
        "Lean back and let go.",
        "Small footprint, rubber feet.",
        "Springs back and always comes back to you.",
        "Saves your thumbs.",
        "Give your thumbs a day off.",
        "Slips into a back pocket or hand luggage.",
        "Comes with a shoulder strap and a wrist loop.",
        "Shaped like a therapist's elbow.",
        "On the other hand, it is heavy.",
        "Keep a hand on the wall for balance.",
        "A rule of thumb: less is more. Send us your feedback.",
        "Fits any headrest; armrests and legroom stay free.",
        "The neck of the bottle is narrow.",
        "At arm's length it looks like a toy.",
        "A head start for your warm-up.",
        "Hand wash only. Hand-carved, one at a time.",
        "The heart of the machine is a quiet motor.",
        "The sole purpose is relief.",
        "Traps heat for an hour.",
        "Hook it over your shoulder and pull.",
    ],
)
def test_what_it_looks_like_and_how_it_is_held_is_no_tag(text: str) -> None:
    assert areas_said(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Lie on your back.",
        "Lie face down with your arms at your sides.",
        "Sit down, knees bent, feet flat on the floor.",
        "Lean on your hands.",
        "Cross one ankle over the other knee.",
        "Hands behind your head, breathe out.",
    ],
)
def test_the_position_of_the_body_is_no_tag(text: str) -> None:
    assert areas_said(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Stop if the arm tingles.",
        "Take it off if your toes go numb.",
        "STOP and see a doctor if you feel numbness in the leg.",
        "Ask your doctor first after a hip replacement.",
        "⚠️ Not over varicose veins of the leg.",
        "If your hand goes numb, shift the tool.",
    ],
)
def test_a_stop_sign_is_no_tag(text: str) -> None:
    assert areas_said(text) == set()


def test_a_foot_reflexology_chart_says_the_feet_alone() -> None:
    text = "The chart shows the zones of foot reflexology: head, spine, stomach, shoulders."

    assert areas_said(text, name="Stepping Mat") == {"feet"}


def test_a_referred_symptom_tags_both_places() -> None:
    assert areas_said("Works on the psoas; many feel it in the low back.") == {"hips", "lower-back"}


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("bakc nek sholder", {"back", "neck", "shoulders"}),
        ("for hamstrigs, gluts and calfs", {"thighs", "glutes", "calves"}),
        ("planter fasciitis and heal pain", {"feet"}),
        ("piriformus and siatica", {"glutes", "lower-back"}),
        ("trapizius muscle", {"shoulders", "upper-back"}),
        ("good to forarm and schoulder", {"forearms", "shoulders"}),
        ("lumber muscle pain", {"lower-back"}),
    ],
)
def test_misspelt_areas_are_understood(text: str, areas: set[str]) -> None:
    assert areas_said(text) == areas


@pytest.mark.parametrize(
    "word",
    [
        "shine",
        "thin",
        "heal",
        "fact",
        "hello",
        "planner",
        "bank",
        "pack",
        "half",
        "cheat",
        "soul",
        "food",
        "need",
        "ship",
        "hit",
        "boulder",
        "shelter",
        "neat",
        "deck",
        "hop",
        "thing",
        "wait",
        "wrench",
        "calm",
        "cell",
        "foal",
        "sheet",
        "beck",
        "leek",
        "archer",
        "palmer",
        "templates",
        "headlines",
    ],
)
def test_an_ordinary_word_is_not_corrected_into_an_area(word: str) -> None:
    assert areas_said(f"For the {word} of everyone.") == set()


def test_a_word_of_the_name_is_no_area_if_the_tool_only_looks_like_it() -> None:
    areas = areas_said("Shaped like the point of an elbow. For the lower back.", name="The Elbow – Pressure Block")

    assert areas == {"lower-back"}


def test_the_parts_of_a_table_are_no_areas() -> None:
    assert areas_said("Face cradle, arm sling and adjustable back.", name="Massage Table, Beech Legs") == set()


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("Vibrating Foam Roller", "foam-roller"),
        ("Electric Cupping Device", "cupping-set"),
        ("Heated Gua Sha", "scraper"),
        ("Vibrating Massage Ball", "massage-ball"),
        ("Jade Face Roller", "massage-stick"),
        ("Wooden Hand Roller with Beads", "massage-stick"),
        ("Acupressure Pillow", "acupressure-mat"),
        ("Foam Roller Kit with Massage Ball and Stick", "foam-roller"),
        ("Massage Ball and Roller Set", "massage-ball"),
        ("Trigger Point Massage Ball", "massage-ball"),
        ("T-Bar Pressure Tool", "t-bar"),
        ("Fascia Gun", "massage-gun"),
        ("S-Shaped Back Hook", "massage-cane"),
        ("TENS Unit", "electric-massager"),
        ("Shiatsu Neck Pillow", "electric-massager"),
        ("Peanut", "massage-ball"),
        ("Psoas Release Tool", "trigger-point-massager"),
        ("IASTM Set", "scraper"),
        ("Massage Oil", "other"),
        ("Neck Traction Device", "other"),
        ("Scalp Scratcher", "other"),
        ("Massage Table", "other"),
        ("Knee Brace", "other"),
        ("Wheat Heat Pack", "other"),
        ("Massage Gun Case", "other"),
        ("Case for Massage Gun", "other"),
        ("Replacement Heads for Massage Gun", "other"),
        ("Book of Massage", "other"),
        ("Theragun Relief", "massage-gun"),
        ("Hypervolt Go 2", "massage-gun"),
        ("Backnobber II", "massage-cane"),
        ("Theraband Lacrosse Ball", "massage-ball"),
        ("Tiger Tail Long", "massage-stick"),
        ("Hand Massager with Air Pressure", "electric-massager"),
    ],
)
def test_the_name_says_the_form(name: str, tool: str) -> None:
    assert tool_of(name, "Comes with a foam roller, a massage gun and an acupressure mat.") == tool


@pytest.mark.parametrize(
    ("description", "tool"),
    [
        ("Percussion with a 12 mm amplitude and 20 kg stall force.", "massage-gun"),
        ("Rechargeable by USB, three modes, auto-off, vibration.", "electric-massager"),
        ("Press it into the knot and hold. No motor, no batteries.", "trigger-point-massager"),
    ],
)
def test_features_say_what_a_plain_massager_is(description: str, tool: str) -> None:
    assert tool_of("Relief Massager", description) == tool


@pytest.mark.parametrize("name", ["Shin Splints Roller", "Sinus Pressure Roller"])
def test_a_complaint_in_the_name_is_not_the_form(name: str) -> None:
    assert tool_of(name) == "massage-stick"


def test_a_thing_with_a_battery_that_does_not_massage_is_the_type_other() -> None:
    assert tool_of("Posture Reminder", "Buzzes between the shoulder blades. Rechargeable by USB.") == "other"


@pytest.mark.parametrize(
    ("name", "description", "techniques"),
    [
        ("Massage Gun", "", {"percussion"}),
        ("Silicone Cups", "", {"cupping"}),
        ("TENS Unit", "Eight electrodes.", {"electrostimulation"}),
        ("Shiatsu Pillow", "Kneads, with heat.", {"kneading", "heat-and-cold"}),
        ("Foam Roller", "No vibration, no battery.", {"rolling", "myofascial-release"}),
        ("Wheat Bag", "Warm it up.", {"heat-and-cold"}),
        ("Massage Oil", "", set()),
    ],
)
def test_a_product_has_the_techniques_of_its_form_and_of_its_text(
    name: str, description: str, techniques: set[str]
) -> None:
    tags = tag_product(a_product(name=name, description=description), TAXONOMY)

    assert {tag.slug for tag in tags.techniques} == techniques


def test_nothing_said_is_the_type_other() -> None:
    tags = tag_product(a_product(name="Gift"), TAXONOMY)

    assert [tag.slug for tag in tags.tool_types] == ["other"]
    assert tags.target_areas == ()


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("For neck and shoulder pain.", {"neck-pain", "shoulder-pain"}),
        ("Sciatica, piriformis syndrome.", {"sciatica", "piriformis-syndrome"}),
        ("For tennis elbow.", {"tennis-elbow"}),
        ("Works out knots.", {"muscle-knots"}),
        ("Shin splints and tight calves.", {"shin-splints", "calf-tightness"}),
        ("Pain in the lower back.", {"lower-back-pain"}),
        ("For people who grind their teeth.", {"teeth-grinding"}),
        ("For people who clench their jaw.", {"jaw-pain"}),
        ("After a crick in the neck.", {"stiff-neck"}),
        ("For a cramp in the calf.", {"cramps", "calf-tightness"}),
        ("For runner's knee, not for swollen joints.", {"runners-knee"}),
        ("Tennis elbow or golfer's elbow?", {"tennis-elbow", "golfers-elbow"}),
        ("For RSI and sore wrists.", {"repetitive-strain", "wrist-pain"}),
        ("Eases Achilles pain.", {"achilles-pain"}),
        ("For tight hamstrings.", {"hamstring-tightness"}),
        ("With a frozen shoulder.", {"frozen-shoulder"}),
        ("For tailbone pain.", {"tailbone-pain"}),
        ("For period cramps.", {"period-pain"}),
        ("For mid back pain.", {"mid-back-pain"}),
        ("Revives heavy legs.", {"heavy-legs"}),
        ("For knee pain on the stairs.", {"knee-pain"}),
        ("Against stress and sore muscles.", {"stress", "muscle-soreness"}),
    ],
)
def test_the_complaints_that_a_text_names_are_conditions(text: str, conditions: set[str]) -> None:
    assert conditions_named(text) == conditions


def test_what_the_file_states_wins_over_the_text() -> None:
    record = a_product(description="For the neck.", target_areas=("calves", "feet"), tool_type="scraper")

    tags = tag_product(record, TAXONOMY)

    assert [tag.slug for tag in tags.target_areas] == ["calves", "feet"]
    assert {tag.origin for tag in (*tags.target_areas, *tags.tool_types)} == {Origin.STATED}
    assert tags.target_areas[0].evidence == (Evidence(field="target_areas", quote="calves"),)
    assert tags.tool_types[0].evidence == (Evidence(field="tool_type", quote="scraper"),)


def test_a_cleared_field_states_that_there_is_none() -> None:
    record = a_product(description="For neck pain.", target_areas=(), conditions=(), tool_type=None)

    assert tag_product(record, TAXONOMY) == Tags()


def test_an_absent_field_is_inferred_beside_a_stated_one() -> None:
    tags = tag_product(a_product(description="For neck pain.", conditions=("stress",)), TAXONOMY)

    assert [(tag.slug, tag.origin) for tag in tags.target_areas] == [("neck", Origin.INFERRED)]
    assert [tag.slug for tag in tags.conditions] == ["stress"]


def test_the_area_in_the_name_is_the_strongest() -> None:
    tags = tag_product(a_product(name="Foot Roller", description="For calves, too."), TAXONOMY)

    assert [tag.slug for tag in tags.target_areas] == ["feet", "calves"]


def test_evidence_quotes_the_plain_text_of_markdown_and_html() -> None:
    description = "<p>For the <b>lower</b> back &amp; the **hips**.</p><ul><li>Not for the neck</li></ul>"

    tags = tag_product(a_product(description=description), TAXONOMY)

    plain = plain_text(description)
    assert plain == "For the lower back & the hips.\n\nNot for the neck"
    assert [(tag.slug, tag.evidence[0].quote) for tag in tags.target_areas] == [
        ("lower-back", "lower back"),
        ("hips", "hips"),
    ]


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("# Title\n\n- one\n- **two**", "Title\n\none\ntwo"),
        ("| a | b |\n| --- | --- |\n| c | d |", "| a | b |\n\n| c | d |"),
        ("see [this](https://example.org) ![alt](x.png)", "see this alt"),
        ("a<br>b&nbsp;c<script>x()</script>", "a\nb c"),
        ("1. first\n2. second", "first\nsecond"),
        ("5 < 6 and 2 * 3 * 4", "5 < 6 and 2 * 3 * 4"),
    ],
)
def test_plain_text_keeps_the_words_and_the_lines(source: str, plain: str) -> None:
    assert plain_text(source) == plain


@pytest.mark.parametrize("guide", GUIDES, ids=[guide["title"] for guide in GUIDES])
def test_a_guide_gets_the_areas_that_it_is_for(guide: dict[str, Any]) -> None:
    areas = guide_areas(title=guide["title"], summary=guide["summary"], body=guide["body"])

    assert areas == set(guide["areas"])


def test_a_guide_is_for_what_its_title_summary_and_headings_say() -> None:
    areas = guide_areas(
        title="Neck and Shoulders at the Desk",
        summary="Ten minutes for the levator scapulae.",
        body="Lie on your back with knees bent.\n\n## Mid back\n\nPut your hands behind your head. Roll.\n",
    )

    assert areas == {"neck", "shoulders", "mid-back"}


@pytest.mark.parametrize(
    "care",
    [
        "**Take care.** Stay off the neck, the spine and the knees. Numb hands need a doctor.",
        "## Take care\n\nThe calf that is hot may hide a clot.\n\nChest pain is an emergency.",
        "**Not here.** The throat, the face, the groin and the hollow of the knee.",
        "## When to stop\n\n- Pain below the knee\n- A weak ankle\n",
    ],
)
def test_what_a_guide_warns_of_is_no_tag(care: str) -> None:
    assert guide_areas(title="Calmer Forearms", body=f"Roll slowly.\n\n{care}") == {"forearms"}


def test_a_guide_without_areas_in_its_title_is_for_those_that_its_text_returns_to() -> None:
    body = "Roll the calf. Wait. Then the other calf. Your elbow carries you, the calf hangs. Mind the wrist, the hip."

    assert guide_areas(title="Evening Routine", body=body) == {"calves"}


@pytest.mark.parametrize(
    ("title", "body", "areas"),
    [
        (
            "Your First Massage Gun",
            "The round head is soft. It is a hand-held tool.\n\n- **Quads.** Slowly.\n- **Calves.** Lightly.",
            {"thighs", "calves"},
        ),
        ("Things to Do With a Ball", "1. **Chest.** Face the wall.\n2. **Glutes.** Sit on it.", {"chest", "glutes"}),
        ("Leaning In With a T-Bar", "- The hamstrings, from the top down.\n- The glutes.", {"thighs", "glutes"}),
        ("Choosing a Shiatsu Cushion", "A collar is made for the neck and shoulders.", {"neck", "shoulders"}),
        ("Cups: a Beginner's Guide", "Oil, squeeze, place. The neck of the bottle must be dry.", {"full-body"}),
        ("Sitting Tall Again", "Rounded shoulders are pulled forward.", {"shoulders", "chest", "upper-back"}),
        ("TENS for Beginners", "| Complaint | Pads |\n| --- | --- |\n| Knee | above and below |", {"knees"}),
        ("Percussion After the Ride", "Glide from hip to knee and back. Press on the quads.", {"thighs"}),
        ("Gua Sha at Home", "1. Stop when the skin is pink.\n\n**Forearm.** Ten strokes.", {"forearms"}),
        ("How Our Shop Works", "You order, we send.", set()),
    ],
)
def test_a_guide_whose_title_names_no_area_is_for_what_it_teaches(title: str, body: str, areas: set[str]) -> None:
    assert guide_areas(title=title, body=body) == areas


def test_another_tool_named_once_in_a_guide_to_a_tool_is_none_that_it_teaches() -> None:
    guide = a_guide(title="Good Pressure With a T-Bar", body="A T-bar is a stick with a cross handle. Lean on it.")

    assert {tag.slug for tag in tag_guide(guide, TAXONOMY).tool_types} == {"t-bar"}


def test_a_guide_teaches_the_tools_that_it_speaks_of() -> None:
    guide = a_guide(body="Use a foam roller, or a ball under the ball of the foot.\n\n**Take care.** No massage gun.")

    assert {tag.slug for tag in tag_guide(guide, TAXONOMY).tool_types} == {"foam-roller", "massage-ball"}


def test_a_guide_has_techniques() -> None:
    guide = a_guide(title="Trigger Point Pressure", body="Hold the tender spot, then stretch.")

    assert {tag.slug for tag in tag_guide(guide, TAXONOMY).techniques} == {"trigger-point-pressure", "stretching"}


def test_what_a_guide_states_wins() -> None:
    tags = tag_guide(a_guide(title="Neck", target_areas=("feet",), tool_types=("t-bar", "scraper")), TAXONOMY)

    assert [tag.slug for tag in tags.target_areas] == ["feet"]
    assert [(tag.slug, tag.origin) for tag in tags.tool_types] == [
        ("t-bar", Origin.STATED),
        ("scraper", Origin.STATED),
    ]


WORDS = st.sampled_from(
    [
        "the",
        "neck",
        "lower",
        "upper",
        "back",
        "hand,",
        "and",
        "for",
        "of",
        "not",
        "never",
        "use",
        "on",
        "•",
        "\n",
        "spine.",
        "tight",
        "calves",
        "<b>",
        "</b>",
        "**",
        "massage",
        "gun",
        "ball",
        "roller",
        "stop",
        "if",
        "numb",
        "avoid",
        "full",
        "body",
        "10",
        "mm",
        "knee",
        "🌿",
        "❌",
        "foot",
        "head",
        "&",
        "/",
        "–",
        "shoulder",
        "blades",
        "sciatica",
        "with",
        "heat",
        "pain",
        "no",
        "motor",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=60).map(" ".join))


@given(name=TEXTS, description=TEXTS)
@settings(max_examples=tries(150), deadline=None)
def test_any_text_gets_known_slugs_once_and_evidence_that_stands_where_it_says(name: str, description: str) -> None:
    tags = tag_product(a_product(name=name, description=description), TAXONOMY)

    plain = {"name": plain_text(name), "description": plain_text(description)}
    known = {
        "target_areas": TAXONOMY.areas.keys(),
        "tool_types": TAXONOMY.tool_types.keys(),
        "conditions": TAXONOMY.conditions.keys(),
    }
    for kind, slugs in known.items():
        found = [tag.slug for tag in getattr(tags, kind)]
        assert set(found) <= set(slugs)
        assert len(found) == len(set(found))
    assert len(tags.tool_types) == 1
    for tag in (*tags.target_areas, *tags.tool_types, *tags.conditions):
        for evidence in tag.evidence:
            assert evidence.start is not None
            assert plain[evidence.field][evidence.start :].startswith(evidence.quote)


@given(description=TEXTS)
@settings(max_examples=tries(60), deadline=None)
def test_tagging_the_same_record_twice_gives_the_same_tags(description: str) -> None:
    record = a_product(description=description)

    assert tag_product(record, TAXONOMY) == tag_product(record, TAXONOMY)


@given(body=TEXTS)
@settings(max_examples=tries(60), deadline=None)
def test_a_group_is_never_tagged_beside_an_area_inside_it(body: str) -> None:
    found = areas_said(body)

    for area in found:
        assert not (set(TAXONOMY.ancestors(area)) - {"full-body"}) & found
