"""The law of imports into Saleor: what was imported is read back as it was said, whatever it says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog_import.planning.plan import Action
from storefront.catalog.fields import own_fields, variant_fields
from storefront.catalog.records import (
    Evidence,
    GuideLink,
    GuideRecord,
    LinkRole,
    Origin,
    ProductRecord,
    Tag,
    Tags,
)
from storefront.catalog.richtext import normalise
from storefront.catalog.writer.remote.products import cleared
from tests.builders import TAXONOMY, Plan, a_price, a_variant, start_run
from tests.catalog_import.running import do_all
from tests.saleor.fake.state import Channel as SaleorChannel
from tests.saleor.fake.state import Warehouse as SaleorWarehouse
from tests.saleor.importing import (
    FakeImporter,
    drop_store,
    forget_runs,
    left_over,
    mutations,
    store,
    store_products,
)
from tests.saleor.texts import AWKWARD, BODIES

SAMPLES = Path(__file__).parents[2] / "sample_data"
CHANNELS = {"default-channel": "USD", "germany": "EUR"}
WAREHOUSES = ("default-warehouse", "backyard")
REFERENCES = ("P-1", "p & <b>", "é:1")
AREAS, TOOLS, CONDITIONS = tuple(TAXONOMY.areas), tuple(TAXONOMY.tool_types), tuple(TAXONOMY.conditions)
# Not said is not empty: these say nothing where they are empty.
TAGGING = (*("target_areas", "tool_type", "conditions", "techniques", "contraindications", "guide", "related_guides"),)


# Words that a file may say ------------------------------------------------------------------------------------------

letters = st.one_of(st.characters(exclude_categories=("C", "Z")), st.just(" "))
words = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(letters, min_size=1, max_size=30).map(str.strip).filter(lambda text: text not in ("", "-")),
)
texts = st.one_of(st.sampled_from(BODIES), words, st.lists(words, min_size=2, max_size=3).map("\n\n".join))
bodies = texts.map(normalise).filter(bool)
cautions = st.lists(
    st.builds(
        lambda kind, text: {"kind": kind, "text": text},
        st.sampled_from(("contraindication", "limit", "stop", "not-for")),
        words,
    ),
    max_size=3,
    unique_by=lambda one: (one["kind"], one["text"]),
)
amounts = st.decimals(Decimal("0.01"), Decimal("9999"), places=2)


@st.composite
def some_prices(draw: st.DrawFn) -> dict[str, Any]:
    found = {}
    for channel in draw(st.lists(st.sampled_from(list(CHANNELS)), min_size=1, max_size=2, unique=True)):
        compare_at = draw(st.one_of(st.none(), amounts.map(str)))
        said = {} if compare_at is None else {"compare_at": compare_at}
        found[channel] = a_price(str(draw(amounts)), currency=CHANNELS[channel], **said)
    return found


@st.composite
def some_products(draw: st.DrawFn, most: int = 3) -> list[ProductRecord]:
    """Products with all that a file can say of one."""
    made = []
    for number in range(draw(st.integers(1, most))):
        variants = tuple(
            a_variant(
                sku=(sku := f"S-{number}-{index}"),
                reference=f"V/{number}:{index} é" if index else sku,
                prices=draw(some_prices()),
                options=draw(st.dictionaries(st.sampled_from(("Size", "Colour", "Härte")), words, max_size=2)),
                stock=draw(st.dictionaries(st.sampled_from(WAREHOUSES), st.integers(0, 1000), max_size=2)),
                **draw(
                    st.fixed_dictionaries(
                        {},
                        optional={
                            "name": words,
                            "weight_g": st.one_of(st.none(), st.integers(1, 9000)),
                            "barcode": st.sampled_from(("", "4006381333931")),
                        },
                    )
                ),
            )
            for index in range(draw(st.integers(1, 3)))
        )
        stated = draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "slug": st.just(f"own-slug-{number}"),
                    "description": bodies,
                    "brand": words,
                    "category": words,
                    "seo_title": words,
                    "seo_description": words,
                    "material": words,
                    "cautions": cautions,
                    "warranty_years": st.one_of(st.none(), st.decimals(Decimal(0), Decimal(99), places=1)),
                    "fsa_hsa_eligible": st.one_of(st.none(), st.booleans()),
                    "status": st.sampled_from(("active", "draft", "archived")),
                    "target_areas": st.lists(st.sampled_from(AREAS), max_size=4, unique=True),
                    "tool_type": st.one_of(st.none(), st.sampled_from(TOOLS)),
                    "conditions": st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True),
                    "techniques": st.lists(st.sampled_from(tuple(TAXONOMY.techniques)), max_size=2, unique=True),
                    "contraindications": st.lists(
                        st.sampled_from(tuple(TAXONOMY.contraindications)), max_size=3, unique=True
                    ),
                    "fsa_hsa_condition": words,
                    "guide": st.sampled_from(("calm-feet", "neck")),
                    "related_guides": st.lists(st.sampled_from(("calm-feet", "neck", "back")), unique=True),
                },
            )
        )
        record = {"reference": REFERENCES[number], "name": draw(words)}
        made.append(ProductRecord.model_validate(record | {"variants": variants} | stated))
    return made


@st.composite
def some_guides(draw: st.DrawFn) -> list[GuideRecord]:
    """Guides with all that a file can say of one."""
    made = []
    for slug in ("calm-feet", "neck", "back"):
        said = draw(
            st.fixed_dictionaries(
                {"title": words},
                optional={
                    "summary": words,
                    "body": bodies,
                    "cautions": cautions,
                    "reviewed_on": st.one_of(st.none(), st.dates(date(2000, 1, 1))),
                    "status": st.sampled_from(("active", "draft", "archived")),
                    "target_areas": st.lists(st.sampled_from(AREAS), max_size=4, unique=True),
                    "tool_types": st.lists(st.sampled_from(TOOLS), max_size=3, unique=True),
                    "conditions": st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True),
                    "techniques": st.lists(st.sampled_from(tuple(TAXONOMY.techniques)), max_size=3, unique=True),
                    "sources": st.lists(
                        st.fixed_dictionaries(
                            {"title": words},
                            optional={
                                "citation": words,
                                "url": st.just("https://example.org/a?b=1&c=2"),
                                "supports": words,
                            },
                        ),
                        max_size=3,
                    ),
                },
            )
        )
        made.append(GuideRecord.model_validate({"slug": slug} | said))
    return made


origins = st.sampled_from(list(Origin))
evidence = st.builds(
    Evidence, field=st.sampled_from(("description", "name", "pin")), quote=words, start=st.one_of(st.none(), st.just(3))
)


def some_tags_of(slugs: Sequence[str], most: int = 4) -> st.SearchStrategy[tuple[Tag, ...]]:
    tag = st.builds(
        Tag,
        slug=st.sampled_from(slugs),
        origin=origins,
        score=st.sampled_from((1.0, 0.5, 0.123456789)),
        evidence=st.lists(evidence, max_size=2).map(tuple),
    )
    return st.lists(tag, max_size=most, unique_by=lambda one: one.slug).map(tuple)


some_tags = st.builds(
    Tags,
    target_areas=some_tags_of(AREAS),
    tool_types=some_tags_of(TOOLS, 1),
    conditions=some_tags_of(CONDITIONS),
)
some_links = st.permutations(("calm-feet", "neck", "back")).flatmap(
    lambda slugs: st.lists(
        st.tuples(origins, st.sampled_from((1.0, 0.25)), st.lists(words, max_size=2).map(tuple)), max_size=3
    ).map(
        lambda said: tuple(
            GuideLink(
                guide=slug,
                role=LinkRole.RELATED if index else LinkRole.PRIMARY,
                origin=origin,
                score=score,
                reasons=reasons,
            )
            for index, (slug, (origin, score, reasons)) in enumerate(zip(slugs, said, strict=False))
        )
    )
)


# The shop ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def wide(importer: FakeImporter) -> FakeImporter:
    """A shop with two channels and two warehouses."""
    shop = importer.fake.shop
    [first] = shop.warehouses
    shop.warehouses.add(SaleorWarehouse(name="Backyard", slug="backyard"))
    shop.channels.add(SaleorChannel(name="Germany", slug="germany", currency_code="EUR", warehouses=[first.pk]))
    importer.empty = shop.dump()
    return importer


def said_of(product: ProductRecord) -> dict[str, Any]:
    """What a record says, but for what becomes tags and links."""
    own = {name: value for name, value in own_fields(product).items() if name not in TAGGING}
    return {"own": own, "variants": {variant.reference: variant_fields(variant) for variant in product.variants}}


def read_back(product: ProductRecord) -> dict[str, Any]:
    """The same fields as the store has them now; one that it does not have is empty."""
    said, have = said_of(product), store_products()[product.reference].fields
    return {
        "own": {name: have.own.get(name, empty(value)) for name, value in said["own"].items()},
        "variants": {
            key: {name: have.variants[key].get(name, cleared(name)) for name in fields}
            for key, fields in said["variants"].items()
        },
    }


def empty(value: Any) -> Any:
    return [] if isinstance(value, list) else "" if isinstance(value, str) else None


# Nothing is made smaller: an example takes too long for that. More than CI tries: LAW_EXAMPLES=50.
SEVERAL = settings(
    max_examples=int(os.environ.get("LAW_EXAMPLES", "3")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


def start_anew(importer: FakeImporter) -> None:
    """Each example has a shop of its own."""
    importer.fake.shop.restore(importer.empty)
    drop_store()
    forget_runs()


# The law -------------------------------------------------------------------------------------------------------------


@SEVERAL
@given(products=some_products(), guides=some_guides())
def test_what_was_imported_is_read_back_and_is_nothing_to_do(
    wide: FakeImporter, products: list[ProductRecord], guides: list[GuideRecord]
) -> None:
    start_anew(wide)

    run = wide.records(*products, guides=guides)

    assert left_over(run) == []
    before = store()
    assert [read_back(product) for product in products] == [said_of(product) for product in products]
    drop_store()
    wide.refresh()
    assert store() == before
    assert {item.action for item in wide.plan(*products, guides=guides).items} == {Action.UNCHANGED}


@SEVERAL
@given(
    products=some_products(most=2), guides=some_guides(), found=st.lists(st.tuples(some_tags, some_links), min_size=2)
)
def test_tags_and_links_come_back_with_who_said_them_and_why(
    wide: FakeImporter, products: list[ProductRecord], guides: list[GuideRecord], found: list[tuple[Tags, Any]]
) -> None:
    start_anew(wide)
    wide.records(guides=guides)
    planned = wide.plan(*products)
    items = [
        item.model_copy(update={"tags": tags, "links": links})
        for item, (tags, links) in zip(planned.items, found, strict=False)
    ]

    do_all(start_run(Plan(planned.source, items, [])))
    drop_store()
    wide.refresh()

    have = store_products()
    for item in items:
        assert have[item.reference].tags == item.tags
        assert sorted(have[item.reference].links, key=str) == sorted(item.links or (), key=str)


@SEVERAL
@given(first=some_products(), second=some_products(), guides=some_guides())
def test_the_store_is_as_if_the_same_files_had_been_imported_without_saleor(
    wide: FakeImporter,
    settings: Any,
    first: list[ProductRecord],
    second: list[ProductRecord],
    guides: list[GuideRecord],
) -> None:
    start_anew(wide)
    url = settings.SALEOR_URL
    wide.records(*first, guides=guides)
    wide.records(*second)
    with_saleor = store()

    drop_store()
    forget_runs()
    settings.SALEOR_URL = settings.SALEOR_API_URL = ""
    wide.records(*first, guides=guides)
    wide.records(*second)
    embedded = store()

    settings.SALEOR_URL = settings.SALEOR_API_URL = url
    assert with_saleor == embedded


@SEVERAL
@given(first=some_products(), second=some_products())
def test_a_second_import_ends_where_one_of_its_own_would(
    wide: FakeImporter, first: list[ProductRecord], second: list[ProductRecord]
) -> None:
    """What the second file says is there afterwards, whatever the first said."""
    start_anew(wide)
    wide.records(*first)

    wide.records(*second)

    assert [read_back(product) for product in second] == [said_of(product) for product in second]
    drop_store()
    wide.refresh()
    assert [read_back(product) for product in second] == [said_of(product) for product in second]


def test_the_sample_catalogue_is_read_back_and_as_without_saleor(importer: FakeImporter, settings: Any) -> None:
    products, guides = SAMPLES / "products.csv", SAMPLES / "guides"
    run = importer.files(products, guides)
    assert left_over(run) == []
    with_saleor = store()
    drop_store()
    importer.refresh()
    assert store() == with_saleor
    with importer.watched() as asked:
        importer.files(products, guides)
    assert mutations(asked) == {}

    drop_store()
    forget_runs()
    settings.SALEOR_URL = settings.SALEOR_API_URL = ""
    importer.files(products, guides)

    assert store() == with_saleor
