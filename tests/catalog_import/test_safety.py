"""Contraindications that a product's texts state, with the words that say so."""

from __future__ import annotations

import pytest

from catalog_import.tagging import plain_text, tag_product
from catalog_import.tagging.gaps import kept_off
from storefront.catalog.records import Caution, CautionKind, Origin, ProductRecord, Tag
from storefront.catalog.taxonomy import load_taxonomy
from tests.builders import a_product

TAXONOMY = load_taxonomy()


def said(description: str, *, name: str = "Round Ball", cautions: tuple[Caution, ...] = ()) -> list[str]:
    product = a_product(name=name, description=description, cautions=cautions)
    return [tag.slug for tag in tag_product(product, TAXONOMY).contraindications]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("Not with a pacemaker.", ["never:pacemaker"]),
        ("Do not use if you are pregnant or have epilepsy.", ["never:pregnancy", "never:epilepsy"]),
        ("Consult your doctor if pregnant.", ["ask-first:pregnancy"]),
        ("Pregnant women should ask their midwife before use.", ["ask-first:pregnancy"]),
        ("Not in pregnancy without your doctor's advice.", ["ask-first:pregnancy"]),
        (
            "Do not use with a pacemaker. Ask your doctor if you take blood thinners.",
            ["ask-first:blood-thinners", "never:pacemaker"],
        ),
        ("Contraindications: deep vein thrombosis, open wounds.", ["never:blood-clot", "never:broken-skin"]),
        ("Do not use if:\n\n- Pregnant\n- Epilepsy\n\nGood for calves.", ["never:pregnancy", "never:epilepsy"]),
        ("Anyone with a history of blood clots should ask a doctor first.", ["ask-first:past-blood-clot"]),
        ("Do not use on the neck.", ["keep-off:neck"]),
        ("Avoid the throat and the back of the knee.", ["keep-off:front-of-neck", "keep-off:back-of-knee"]),
        ("Never roll directly on the Achilles tendon.", ["keep-off:achilles"]),
        ("Keep it away from the eyes.", ["keep-off:face"]),
        # A part of the chest, where the tool is used otherwise.
        ("For the chest. Not for breast tissue.", ["keep-off:breast"]),
    ],
)  # fmt: skip
def test_a_statement_is_read_with_its_severity(text: str, slugs: list[str]) -> None:
    assert said(text) == slugs


@pytest.mark.parametrize(
    "text",
    [
        "People with diabetes and varicose veins love it.",
        "Safe in pregnancy.",
        "Do not use near water, but fine for people with diabetes.",
        "Helps to avoid injury after surgery.",
        "Made not only for pregnancy.",
        "No need to ask your doctor about diabetes.",
        "Do not use on the neck for more than five minutes.",
        "For neck, spine and joints.",
        "Stop if your arm tingles.",
        "Avoid pain and stiffness in the joints.",
    ],
)
def test_a_mention_is_no_statement(text: str) -> None:
    assert said(text) == []


def test_the_head_of_a_gun_is_no_place_on_the_body() -> None:
    assert said("Do not press the head in too hard. Never push the head.", name="Massage gun") == []


def test_a_word_in_the_description_does_not_keep_a_neck_massager_off_the_neck() -> None:
    text = "Kneading massager for neck and shoulders. Do not use on the neck of a sleeping person."

    assert said(text, name="Neck massager") == []


def test_cautions_say_it_by_their_kind() -> None:
    cautions = (
        Caution(kind=CautionKind.CONTRAINDICATION, text="Osteoporosis, blood thinners"),
        Caution(kind=CautionKind.NOT_FOR, text="the neck, and bones"),
        Caution(kind=CautionKind.CONTRAINDICATION, text="Ask a clinician first in pregnancy"),
        Caution(kind=CautionKind.LIMIT, text="Two minutes; less with diabetes"),
        Caution(kind=CautionKind.STOP, text="Numb skin or fever"),
    )

    assert said("For the neck.", cautions=cautions) == [
        *("ask-first:pregnancy", "never:blood-thinners", "never:osteoporosis"),
        *("keep-off:neck", "keep-off:bones"),
    ]


def test_the_evidence_is_where_it_says_so() -> None:
    text = "# Round\n\nFor **calves**. Do not use it with a *pacemaker* or in pregnancy."

    tags = tag_product(a_product(name="Ball", description=text), TAXONOMY).contraindications

    plain = plain_text(text)
    pieces = [piece for tag in tags for piece in tag.evidence]
    assert [piece.quote for piece in pieces] == [
        "Do not use it with a pacemaker or in pregnancy",
        "Do not use it with a pacemaker",
    ]
    assert all(plain[piece.start :].startswith(piece.quote) for piece in pieces if piece.start is not None)


def test_what_the_file_states_wins_over_its_text() -> None:
    product = a_product(name="Ball", description="Not with a pacemaker.", contraindications=("never:fever",))

    assert [(tag.slug, tag.origin) for tag in tag_product(product, TAXONOMY).contraindications] == [
        ("never:fever", Origin.STATED)
    ]


def test_a_tag_where_a_rule_keeps_the_tool_off_is_a_conflict() -> None:
    gun = tag_product(a_product(name="Massage gun", description="For neck and calves."), TAXONOMY)

    assert [tag.slug for tag in gun.target_areas] == ["neck", "calves"]
    reason = "The whole neck: An artery of the neck has torn after use of a massage gun."
    assert kept_off(gun, TAXONOMY) == [("neck", reason)]


def test_no_pin_of_a_contraindication_is_a_conflict() -> None:
    ball = tag_product(a_product(name="Ball", description="For the neck."), TAXONOMY)

    assert kept_off(ball, TAXONOMY) == []
    kept = ball.model_copy(update={"contraindications": (Tag(slug="keep-off:neck", origin=Origin.PINNED),)})
    assert [area for area, _ in kept_off(kept, TAXONOMY)] == ["neck"]


def test_any_text_is_read(tmp_path: object) -> None:
    record = ProductRecord(reference="x", name="", description=": not with\n\n\n- \n:\nif pregnant ask")

    assert tag_product(record, TAXONOMY).contraindications
