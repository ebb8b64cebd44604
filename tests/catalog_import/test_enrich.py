"""Tags and guides of a record: a person's pins above the file, the file above what is read from the text."""

from __future__ import annotations

from catalog_import.tagging.enrich import enrich_guide, enrich_product, keep_pinned_links, keep_pins
from catalog_import.tagging.matching import GuideIndex
from storefront.catalog.records import GuideLink, GuideRecord, LinkRole, Origin, ProductRecord, TaggedProduct, Tags
from tests.builders import TAXONOMY, a_guide, a_link, a_product, a_tag, tags

PINNED, STATED, INFERRED = Origin.PINNED, Origin.STATED, Origin.INFERRED


def enriched(record: ProductRecord, *guides: GuideRecord, current: Tags | None = None) -> TaggedProduct:
    tagged = [enrich_guide(guide, TAXONOMY) for guide in guides]
    return enrich_product(record, GuideIndex(tagged, TAXONOMY), TAXONOMY, current_tags=current)


def primaries(links: tuple[GuideLink, ...]) -> list[str]:
    return [link.guide for link in links if link.role is LinkRole.PRIMARY]


def test_what_the_file_states_beats_what_the_text_says() -> None:
    product = enriched(a_product(description="For the neck.", target_areas=("feet",)))

    assert [(tag.slug, tag.origin) for tag in product.tags.target_areas] == [("feet", STATED)]


def test_what_the_file_does_not_state_is_read_from_the_text() -> None:
    product = enriched(a_product(description="For the neck."))

    assert [(tag.slug, tag.origin) for tag in product.tags.target_areas] == [("neck", INFERRED)]


def test_a_pin_beats_the_file_and_the_text() -> None:
    pinned = tags("hands", origin=PINNED)

    product = enriched(a_product(description="For the neck.", target_areas=("feet",)), current=pinned)

    assert product.tags.target_areas == pinned.target_areas


def test_a_pin_in_one_list_leaves_the_others_to_the_file() -> None:
    product = enriched(a_product(conditions=("sciatica",)), current=tags("hands", origin=PINNED))

    assert [(tag.slug, tag.origin) for tag in product.tags.conditions] == [("sciatica", STATED)]


def test_a_list_with_one_pin_stays_whole_as_a_person_left_it() -> None:
    current = Tags(target_areas=(a_tag("hands", PINNED), a_tag("neck", INFERRED)))

    assert keep_pins(tags("feet"), current).target_areas == current.target_areas


def test_without_pins_the_old_tags_are_forgotten() -> None:
    assert keep_pins(tags("feet"), tags("neck", origin=STATED)) == tags("feet")
    assert keep_pins(tags("feet"), None) == tags("feet")


def test_pins_of_a_guide_stay() -> None:
    guide = enrich_guide(a_guide(target_areas=("feet",)), TAXONOMY, tags("neck", origin=PINNED))

    assert [tag.slug for tag in guide.tags.target_areas] == ["neck"]


def test_a_stated_guide_is_the_primary_one() -> None:
    guides = [a_guide(slug=slug, target_areas=("feet",)) for slug in ("one", "two")]

    product = enriched(a_product(target_areas=("feet",), guide="two"), *guides)

    assert primaries(product.links) == ["two"]
    assert product.links[0].origin is STATED


def test_a_pinned_primary_guide_beats_the_one_that_was_found() -> None:
    found = (a_link("found"), a_link("more", LinkRole.RELATED))
    pin = a_link("pinned", origin=PINNED)

    assert keep_pinned_links(found, [pin]) == (pin, a_link("more", LinkRole.RELATED))


def test_a_pinned_related_guide_stands_beside_the_primary_that_was_found() -> None:
    pin = a_link("pinned", LinkRole.RELATED, origin=PINNED)

    assert keep_pinned_links((a_link("found"),), [pin]) == (a_link("found"), pin)


def test_a_guide_that_is_pinned_and_found_is_linked_once_as_pinned() -> None:
    pin = a_link("same", LinkRole.RELATED, origin=PINNED)

    links = keep_pinned_links((a_link("same"), a_link("other", LinkRole.RELATED)), [pin])

    assert [link.guide for link in links].count("same") == 1
    assert pin in links


def test_links_that_nobody_pinned_are_found_anew() -> None:
    assert keep_pinned_links((a_link("new"),), [a_link("old", origin=STATED), a_link("older", LinkRole.RELATED)]) == (
        a_link("new"),
    )
