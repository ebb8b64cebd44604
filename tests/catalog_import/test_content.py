"""The linter for guides and products: what it finds, at the terminal and for staff."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog_import.tagging.content import guide_findings, is_sound, product_findings
from catalog_import.tagging.readability import reading_grade, syllables_in
from storefront.catalog.records import Caution, CautionKind, SourceCitation, Status
from tests.builders import a_guide, a_product, open_shop, publish, sell_named
from tests.staff.people import signed_in

TODAY = date(2026, 11, 30)
SAMPLE = Path(__file__).parents[2] / "sample_data"
STOP = Caution(kind=CautionKind.STOP, text="Stop at sharp pain.")
SOUND: dict[str, Any] = {
    "title": "Calm feet",
    "body": "Roll slowly. [NHS](https://www.nhs.uk/conditions/foot-pain/)",
    "cautions": (STOP,),
    "sources": (SourceCitation(title="NHS", url="https://www.nhs.uk/"),),
    "reviewed_on": date(2026, 9, 1),
}


def codes(**changes: Any) -> list[str]:
    return [finding.code for finding in guide_findings(a_guide(**SOUND | changes), on=TODAY, review_days=365)]


def test_a_sound_guide_has_no_findings() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cautions": ()}, "no-cautions"),
        ({"sources": ()}, "no-sources"),
        ({"reviewed_on": None}, "not-reviewed"),
        ({"reviewed_on": date(2025, 11, 29)}, "review-outdated"),
        ({"body": "It cures all."}, "promise"),
        ({"summary": "A detox for the feet."}, "promise"),
        ({"sources": (SourceCitation(title="A"),)}, "bad-link"),
        ({"sources": (SourceCitation(title="A", url="htp:/nhs"),)}, "bad-link"),
        ({"body": "See [there](https://nowhere)."}, "bad-link"),
        ({"body": "Physiological considerations necessitate circumspection " * 40}, "hard-to-read"),
    ],
)
def test_what_is_missing_or_wrong_in_a_guide_is_found(changes: dict[str, Any], code: str) -> None:
    assert codes(**changes) == [code]


def test_a_draft_is_left_alone() -> None:
    assert codes(cautions=(), status=Status.DRAFT) == []


def test_a_product_needs_a_sign_to_stop_and_must_not_promise() -> None:
    limit = Caution(kind=CautionKind.LIMIT, text="Two minutes.")

    found = product_findings(a_product(name="Ball", description="It heals.", cautions=(limit,)))

    assert [finding.code for finding in found] == ["no-stop-sign", "promise"]
    assert product_findings(a_product(name="Ball", cautions=(limit, STOP))) == []


@pytest.mark.parametrize(
    ("address", "sound"),
    [
        *(("https://www.nhs.uk/a?b=1", True), ("/guides/neck/", True), ("#stop", True)),
        *(("//nhs.uk", False), ("javascript:alert(1)", False), ("https://", False), ("https://[", False)),
    ],
)
def test_a_link_is_an_address_of_the_web_or_of_the_shop(address: str, sound: bool) -> None:
    assert is_sound(address) is sound


def test_a_grade_grows_with_long_sentences_and_words() -> None:
    easy = reading_grade("Sit down. Roll the ball. Stop if it hurts. " * 20)
    hard = reading_grade("Physiological considerations necessitate considerable circumspection. " * 20)

    assert easy is not None
    assert hard is not None
    assert easy < 3 < 9 < hard
    assert reading_grade("Too short.") is None
    words = ("the", "muscle", "massage", "tables", "added", "pressed")
    assert [syllables_in(word) for word in words] == [1, 2, 2, 2, 2, 1]


def test_the_sample_passes() -> None:
    out = StringIO()

    call_command("check_content", products=SAMPLE / "products.csv", guides=SAMPLE / "guides", stdout=out)

    assert "0 to be mended" in out.getvalue()


def test_a_file_with_something_to_mend_fails(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("sku,name,price\nA,Ball,1\n", encoding="utf-8")
    out = StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("check_content", products=tmp_path / "p.csv", stdout=out)

    assert refused.value.returncode == 1
    assert "error: product A: no-stop-sign" in out.getvalue()


@pytest.mark.django_db
def test_the_shop_is_checked_without_files() -> None:
    open_shop()
    sell_named("Ball")
    publish(a_guide(slug="guns", title="Guns"))
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("check_content", stdout=out)

    assert "guide guns: no-cautions" in out.getvalue()
    assert "no-stop-sign" in out.getvalue()


@pytest.mark.django_db
def test_staff_see_what_is_to_be_mended() -> None:
    open_shop()
    sell_named("Ball")

    html = signed_in("Viewers").get("/staff/review/content/").content.decode()

    assert "No caution says when to stop." in html
