"""A folder of guides: front matter and text, with every problem at its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from catalog_import.sources.guides import parse_guide, read_guides
from catalog_import.sources.problems import ProblemCode, Severity
from storefront.catalog.records import Caution, CautionKind, GuideRecord, SourceCitation, Status
from tests.builders import TAXONOMY, a_guide_file

HEAD = "slug: calm-feet\ntitle: Calm feet\nsummary: Slow rolling.\n"


def the_guide(more: str = "", body: str = "Roll.") -> GuideRecord:
    """The guide of a text that has no problem."""
    guide, problems = parse_guide(f"---\n{HEAD}{more}---\n{body}\n", "feet.md", TAXONOMY)
    assert problems == []
    assert guide is not None
    return guide.record


def told(text: str) -> list[tuple[int, str, ProblemCode]]:
    """The problems of a text that is no guide."""
    guide, problems = parse_guide(text, "feet.md", TAXONOMY)
    assert guide is None
    assert {problem.file for problem in problems} == {"feet.md"}
    assert Severity.ERROR in {problem.severity for problem in problems}
    return [(problem.row, problem.column, problem.code) for problem in problems]


def test_a_guide_of_three_names_and_a_text() -> None:
    record = the_guide(body="# Roll\n\nSlowly.")

    assert record.stated_fields() == {
        "slug": "calm-feet",
        "title": "Calm feet",
        "summary": "Slow rolling.",
        "body": "# Roll\n\nSlowly.",
    }


def test_every_name_fills_its_field() -> None:
    record = the_guide(
        "target_areas: [Feet, lower back]\n"
        "tool_types: foam-roller; massage-ball\n"
        "conditions:\n  - plantar-fasciitis\n"
        "techniques: [rolling]\n"
        'cautions:\n  - "stop: Numbness"\n  - limit: two minutes\n  - Slowly\n'
        "sources:\n  - title: A book\n    citation: Doe 2020\n    url: https://example.org\n    supports: All\n"
        "  - A talk\n"
        "reviewed_on: 2026-03-01\n"
        "status: Draft\n"
    )

    assert record == GuideRecord(
        slug="calm-feet",
        title="Calm feet",
        summary="Slow rolling.",
        body="Roll.",
        target_areas=("feet", "lower-back"),
        tool_types=("foam-roller", "massage-ball"),
        conditions=("plantar-fasciitis",),
        techniques=("rolling",),
        cautions=(
            Caution(kind=CautionKind.STOP, text="Numbness"),
            Caution(kind=CautionKind.LIMIT, text="two minutes"),
            Caution(kind=CautionKind.LIMIT, text="Slowly"),
        ),
        sources=(
            SourceCitation(title="A book", citation="Doe 2020", url="https://example.org", supports="All"),
            SourceCitation(title="A talk"),
        ),
        reviewed_on=date(2026, 3, 1),
        status=Status.DRAFT,
    )


def test_a_name_without_a_value_says_nothing() -> None:
    assert "target_areas" not in the_guide("target_areas:\nreviewed_on:\n").stated_fields()


def test_an_empty_list_states_that_there_is_none() -> None:
    assert the_guide("target_areas: []\n").stated_fields()["target_areas"] == ()


def test_the_text_has_one_form() -> None:
    assert the_guide(body="Title\n=====\n\n* __One__\n  line\n* two").body == "# Title\n\n- **One** line\n- two"


def test_dashes_in_the_text_do_not_end_it() -> None:
    assert the_guide(body="One\n\n---\n\nTwo").body == "One\n\n---\n\nTwo"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Just a text.", [(1, "", ProblemCode.BAD_FRONT_MATTER)]),
        ("", [(1, "", ProblemCode.BAD_FRONT_MATTER)]),
        (f"---\n{HEAD}", [(1, "", ProblemCode.BAD_FRONT_MATTER)]),
        ("---\n- a\n- b\n---\n", [(1, "", ProblemCode.BAD_FRONT_MATTER)]),
        ("---\n---\nText", [(1, "", ProblemCode.BAD_FRONT_MATTER)]),
        ("---\nslug: a\ntitle: Feet: calm\n---\n", [(3, "", ProblemCode.BAD_FRONT_MATTER)]),
        ("---\nslug: [a\n---\n", [(2, "", ProblemCode.BAD_FRONT_MATTER)]),
    ],
    ids=["none", "empty", "never ends", "a list", "nothing in it", "colon", "bracket"],
)
def test_front_matter_that_cannot_be_read_is_told_with_its_line(
    text: str, expected: list[tuple[int, str, ProblemCode]]
) -> None:
    assert told(text) == expected


def test_all_that_is_wrong_is_told_with_its_line() -> None:
    text = (
        "---\n"
        "title: ''\n"
        "target_areas: [foots]\n"
        "reviewed_on: last week\n"
        "status: hidden\n"
        "tool_types: [foam-roler]\n"
        "---\n"
        "Text"
    )

    assert sorted(told(text)) == [
        (1, "slug", ProblemCode.MISSING_VALUE),
        (1, "summary", ProblemCode.MISSING_VALUE),
        (2, "title", ProblemCode.MISSING_VALUE),
        (3, "target_areas", ProblemCode.UNKNOWN_SLUG),
        (4, "reviewed_on", ProblemCode.INVALID_VALUE),
        (5, "status", ProblemCode.INVALID_VALUE),
        (6, "tool_types", ProblemCode.UNKNOWN_SLUG),
    ]


@pytest.mark.parametrize("day", ["2026-13-45", "2026-02-30", "2026-00-01"])
def test_a_day_that_no_calendar_has_is_told(day: str) -> None:
    assert told(f"---\n{HEAD}reviewed_on: {day}\n---\n") == [(5, "reviewed_on", ProblemCode.INVALID_VALUE)]


def test_a_status_that_there_is_not_is_told() -> None:
    assert [problem[:2] for problem in told(f"---\n{HEAD}status: hidden\n---\n")] == [(5, "status")]


def test_a_slug_that_no_address_can_hold_is_told() -> None:
    text = "---\nslug: Calm feet?\ntitle: Calm feet\nsummary: Slow rolling.\n---\nRoll."

    assert [problem[:2] for problem in told(text)] == [(2, "slug")]


@pytest.mark.parametrize(("name", "length"), [("slug", 256), ("title", 251), ("summary", 1001)])
def test_a_text_that_the_shop_cannot_keep_is_told(name: str, length: int) -> None:
    head = {"slug": "calm-feet", "title": "Calm feet", "summary": "Slow."} | {name: "x" * length}
    lines = "".join(f"{key}: {value}\n" for key, value in head.items())

    assert told(f"---\n{lines}---\nRoll.") == [(list(head).index(name) + 2, name, ProblemCode.TOO_LONG)]


def test_an_unknown_name_is_left_out_with_the_likeliest_one() -> None:
    guide, problems = parse_guide(f"---\n{HEAD}target_area: feet\n---\n", "feet.md", TAXONOMY)

    assert guide is not None
    assert "target_areas" not in guide.record.stated_fields()
    assert [(problem.row, problem.column, problem.severity, problem.code) for problem in problems] == [
        (5, "target_area", Severity.WARNING, ProblemCode.UNKNOWN_COLUMN)
    ]
    assert problems[0].message.endswith('Did you mean "target_areas"?')


@pytest.mark.parametrize(
    "source",
    ["{citation: Doe}", "{title: A, page: 3}", "[a, b]", "{title: [a]}"],
    ids=["no title", "page", "list", "title"],
)
def test_a_source_of_another_shape_is_told_or_read_as_a_text(source: str) -> None:
    guide, problems = parse_guide(f"---\n{HEAD}sources: [{source}]\n---\n", "feet.md", TAXONOMY)

    assert (guide is None) == bool(problems)
    assert {(problem.row, problem.column) for problem in problems} <= {(5, "sources")}


def test_a_text_with_a_nul_is_told() -> None:
    guide, problems = parse_guide(f"---\n{HEAD}---\nRoll\0.", "feet.md", TAXONOMY)

    assert guide is None
    assert [problem.severity for problem in problems] == [Severity.ERROR]


# --- folders ------------------------------------------------------------------------------------------------


def test_a_folders_guides_are_read_by_name_without_its_readme(tmp_path: Path) -> None:
    for slug in ("b", "a"):
        a_guide_file(tmp_path, slug=slug)
    (tmp_path / "README.md").write_text("About these guides.")
    (tmp_path / "notes.txt").write_text("Not a guide.")

    guides, problems = read_guides(tmp_path, TAXONOMY)

    assert ([guide.record.slug for guide in guides], problems) == (["a", "b"], [])


def test_a_bad_guide_does_not_take_the_others_along(tmp_path: Path) -> None:
    a_guide_file(tmp_path, slug="a")
    (tmp_path / "b.md").write_text("Just a text.")
    (tmp_path / "c.md").write_bytes(b"\xff\xfe\x00")

    guides, problems = read_guides(tmp_path, TAXONOMY)

    assert [guide.record.slug for guide in guides] == ["a"]
    assert [(problem.file, problem.code) for problem in problems] == [
        ("b.md", ProblemCode.BAD_FRONT_MATTER),
        ("c.md", ProblemCode.UNREADABLE_FILE),
    ]


def test_of_two_guides_with_one_slug_the_first_is_read(tmp_path: Path) -> None:
    path = a_guide_file(tmp_path, title="First")
    (tmp_path / "later.md").write_text(path.read_text().replace("First", "Second"))

    guides, problems = read_guides(tmp_path, TAXONOMY)

    assert [guide.record.title for guide in guides] == ["First"]
    assert [(problem.file, problem.column, problem.code, problem.value) for problem in problems] == [
        ("later.md", "slug", ProblemCode.DUPLICATE_REFERENCE, "calm-feet")
    ]


def test_windows_line_ends_and_encodings_are_read(tmp_path: Path) -> None:
    text = f"---\n{HEAD}---\nRoll.\n\nGröße – 5 €\n".replace("\n", "\r\n")
    for name, encoding in (("a", "cp1252"), ("b", "utf-16"), ("c", "utf-8-sig")):
        (tmp_path / f"{name}.md").write_bytes(text.replace("calm-feet", name).encode(encoding))

    guides, problems = read_guides(tmp_path, TAXONOMY)

    assert problems == []
    assert [guide.record.body for guide in guides] == ["Roll.\n\nGröße – 5 €"] * 3


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    guides, problems = read_guides(tmp_path / "nothing", TAXONOMY)

    assert guides == []
    assert [problem.code for problem in problems] == [ProblemCode.UNREADABLE_FILE]
