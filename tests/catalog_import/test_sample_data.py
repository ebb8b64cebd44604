"""The sample catalogue: what a person sees on the first start is whole and worth reading."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from catalog_import.check import Checked, check
from catalog_import.pictures import local_picture
from catalog_import.reading import read_catalogue
from storefront.catalog.records import CautionKind, GuideRecord, LinkRole, Status, TaggedProduct
from tests.builders import TAXONOMY

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


@pytest.fixture(scope="module")
def sample() -> Checked:
    return check(read_catalogue(SAMPLE / "products.csv", SAMPLE / "guides", TAXONOMY, {}), TAXONOMY)


def tool_types(sample: Checked) -> Counter[str]:
    return Counter(tag.slug for product in sample.products for tag in product.tags.tool_types)


def covered(slugs: set[str]) -> set[str]:
    """These areas and the groups that they lie in."""
    return slugs | {group for slug in slugs for group in TAXONOMY.ancestors(slug)}


def product_areas(sample: Checked) -> set[str]:
    return {tag.slug for product in sample.products for tag in product.tags.target_areas}


def guide_areas(sample: Checked) -> set[str]:
    return {tag.slug for guide in sample.guides for tag in guide.tags.target_areas}


def units(product: TaggedProduct) -> int:
    return sum(sum(variant.stock.values()) for variant in product.record.variants)


def test_nothing_is_wrong_with_the_sample(sample: Checked) -> None:
    assert [problem.as_json() for problem in sample.problems] == []


def test_there_is_enough_to_choose_from(sample: Checked) -> None:
    found = tool_types(sample)

    assert len(sample.products) >= 48
    assert found["massage-gun"] >= 6
    assert found["massage-ball"] >= 8
    assert found["t-bar"] >= 3
    assert set(found) == set(TAXONOMY.tool_types)


def test_every_product_has_an_area_a_tool_type_and_a_primary_guide(sample: Checked) -> None:
    for product in sample.products:
        roles = [link.role for link in product.links]
        assert product.tags.target_areas, product.record.name
        assert len(product.tags.tool_types) == 1, product.record.name
        assert roles.count(LinkRole.PRIMARY) == 1, product.record.name


def test_exactly_one_product_is_sold_out(sample: Checked) -> None:
    assert len([product for product in sample.products if units(product) == 0]) == 1


def test_one_product_is_a_draft(sample: Checked) -> None:
    hidden = [product.record.status for product in sample.products if product.record.status is not Status.ACTIVE]

    assert hidden == [Status.DRAFT]


def test_every_area_has_a_product_and_a_guide(sample: Checked) -> None:
    assert covered(product_areas(sample)) == set(TAXONOMY.areas)
    assert covered(guide_areas(sample)) == set(TAXONOMY.areas)


def test_every_area_that_a_product_is_tagged_with_has_a_guide_of_its_own_or_inside_it(sample: Checked) -> None:
    assert product_areas(sample) <= covered(guide_areas(sample))


def test_every_top_level_area_has_a_guide(sample: Checked) -> None:
    top = {area.slug for area in TAXONOMY.areas.values() if area.parent == "full-body"}

    assert top <= covered(guide_areas(sample))


def test_every_guide_is_linked_from_a_product(sample: Checked) -> None:
    linked = {link.guide for product in sample.products for link in product.links}

    assert {guide.record.slug for guide in sample.guides} <= linked


def test_every_product_has_pictures_of_its_own_with_a_text(sample: Checked) -> None:
    digests = Counter(media.digest for product in sample.products for media in product.record.media)

    for product in sample.products:
        assert product.record.media, product.record.name
        for media in product.record.media:
            assert media.alt, media.location
            assert local_picture(SAMPLE, media.location).is_file()
    assert [digest for digest, count in digests.items() if count > 1] == []


def test_every_product_has_cautions_and_a_description(sample: Checked) -> None:
    for product in sample.products:
        assert product.record.cautions, product.record.name
        assert product.record.description, product.record.name


def test_names_and_handles_are_the_products_own(sample: Checked) -> None:
    names = Counter((product.record.brand, product.record.name, len(product.record.variants)) for product in sample.products)

    assert all(product.record.name and product.record.brand for product in sample.products)
    assert len({product.record.reference for product in sample.products}) == len(sample.products)
    assert sum(names.values()) == len(sample.products)


GUIDES = sorted(path.name for path in (SAMPLE / "guides").glob("*.md") if path.name.lower() != "readme.md")


def guide_named(sample: Checked, file: str) -> GuideRecord:
    (found,) = [guide.record for guide in sample.guides if guide.record.slug == Path(file).stem]
    return found


@pytest.mark.parametrize("file", GUIDES)
def test_a_guide_is_worth_reading_and_safe_to_follow(sample: Checked, file: str) -> None:
    guide = guide_named(sample, file)

    assert 400 <= len(re.findall(r"\w+(?:['’-]\w+)*", guide.body)) <= 900
    assert {caution.kind for caution in guide.cautions} >= {CautionKind.LIMIT, CautionKind.STOP}
    assert guide.reviewed_on is not None
    assert guide.sources
    assert all(source.title and (source.citation or source.url) for source in guide.sources)
    assert guide.summary
    assert not guide.body.startswith("# ")


def test_no_text_promises_a_cure(sample: Checked) -> None:
    texts = [
        *(product.record.description for product in sample.products),
        *(guide.record.body for guide in sample.guides),
    ]

    promises = [text for text in texts if re.search(r"\b(will cure|cures|guaranteed to)\b", text, re.I)]
    assert promises == []


def test_prices_are_in_one_currency_and_some_are_reduced(sample: Checked) -> None:
    prices = [
        price for product in sample.products for variant in product.record.variants for price in variant.prices.values()
    ]

    assert {price.currency for price in prices} == {"USD"}
    assert any(price.compare_at for price in prices)
    assert all(price.compare_at is None or price.compare_at > price.amount for price in prices)
