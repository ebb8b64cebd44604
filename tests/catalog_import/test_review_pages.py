"""The review queue as staff see it: what is in it, why, and pinning it away."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from catalog_import.actions import pin
from catalog_import.planning.pins import Pin, Signature
from catalog_import.staff.display.highlight import highlighted
from catalog_import.tagging import tag_product
from storefront.catalog.models import Product
from storefront.catalog.records import Evidence, LinkRole, ProductRecord, Status
from tests.builders import (
    TAXONOMY,
    a_guide,
    a_link,
    a_product,
    a_variant,
    publish,
    sell,
    sell_named,
    shop_product,
    tags,
)
from tests.staff.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]

HTMX = {"HX-Request": "true"}


def sell_tagged(name: str, description: str, **changes: object) -> Product:
    """Put a product on sale with what its text says."""
    record: ProductRecord = a_product(name=name, description=description, variants=(a_variant(sku=name),), **changes)
    return sell(record, tags=tag_product(record, TAXONOMY))


def names(client: Client, address: str) -> list[str]:
    """The names in a queue, in their order."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return [re.sub("<.*?>", "", name) for name in re.findall(r"<h3>(.*?)</h3>", answer.content.decode())]


# --- what is in which queue ---------------------------------------------------------------------------------


def test_each_queue_has_what_is_missing_there_and_counts_it() -> None:
    guide = publish(a_guide(slug="used"), "feet")
    publish(a_guide(slug="lonely", title="Lonely guide"), "neck")
    sell_named("Fine", tags=tags("feet"), links=[a_link(guide.slug)])
    sell_named("No area", tags=tags(), links=[a_link(guide.slug)])
    sell_named("No guide", tags=tags("feet"))
    sell_named("Only related", tags=tags("feet"), links=[a_link(guide.slug, LinkRole.RELATED)])
    sell_named("Archived", tags=tags(), status=Status.ARCHIVED)
    client = signed_in("Viewers")

    assert names(client, "/staff/review/no-area/") == ["No area"]
    assert names(client, "/staff/review/no-guide/") == ["No guide", "Only related"]
    assert names(client, "/staff/review/guides/") == ["Lonely guide"]
    page = client.get("/staff/review/weak/").content.decode()
    assert re.findall(r'<span class="count">(\d+)</span>', page) == ["1", "0", "2", "1", "18"]


def test_products_are_made_in_a_dashboard_only_where_there_is_one(settings: Any) -> None:
    client = signed_in("Viewers")
    assert client.get("/staff/review/made-by-hand/").status_code == 404
    for path in ("/staff/", "/staff/review/no-area/"):
        assert "made-by-hand" not in client.get(path).content.decode()

    settings.SALEOR_API_URL = "https://saleor.example/graphql/"
    assert client.get("/staff/review/made-by-hand/").status_code == 200
    for path in ("/staff/", "/staff/review/no-area/"):
        assert "made-by-hand" in client.get(path).content.decode()


def test_a_tag_is_weak_when_one_mention_in_the_description_is_all_there_is_for_any() -> None:
    sell_tagged("Late", "A round thing of oiled wood, smooth and heavy. Used on the calves after a run.")
    sell_tagged("Early", "For the calves.")
    sell_tagged("Twice", "For the calves. Roll the calves slowly.")
    sell_tagged("Calf roller", "Of wood.")
    sell_named("Stated", "calves")

    assert names(signed_in("Viewers"), "/staff/review/weak/") == ["Late", "Early"]


def test_a_queue_can_be_searched_and_paged() -> None:
    for number in range(23):
        sell_named(f"Ball {number:02}", tags=tags())
    sell_named("Roller", tags=tags())
    client = signed_in("Viewers")

    first = client.get("/staff/review/no-area/").content.decode()
    (after,) = re.findall(r'rel="next" href="(\?after=[^"]+)"', first)

    assert len(names(client, "/staff/review/no-area/")) == 20
    assert names(client, f"/staff/review/no-area/{after}") == ["Ball 20", "Ball 21", "Ball 22", "Roller"]
    assert names(client, "/staff/review/no-area/?q=roll") == ["Roller"]
    assert client.get("/staff/review/no-area/?after=nonsense").status_code == 400


def test_a_queue_takes_as_many_queries_however_long_it_is(django_assert_max_num_queries: Any) -> None:
    guide = publish(a_guide(slug="used"), "feet")
    client = signed_in("Importers")
    for number in range(12):
        sell_tagged(f"Ball {number}", "For the calves.")

    with django_assert_max_num_queries(30):
        assert len(names(client, "/staff/review/weak/")) == 12
    assert guide.slug == "used"


def test_areas_without_product_or_guide_are_listed_those_with_neither_first() -> None:
    publish(a_guide(), "feet")
    sell_named("Neck tool", tags=tags("neck"))

    page = signed_in("Viewers").get("/staff/review/areas/").content.decode()

    rows = re.findall(r'<th scope="row"><a [^>]*>(.*?)</a></th>.*?data-label="Missing">(.*?)<', page, re.DOTALL)
    missing = dict(rows)
    assert (missing["Feet"], missing["Neck"], missing["Chest"]) == ("product", "guide", "product and guide")
    # A product for the neck is one for a part of the whole body, and so is the guide.
    assert "Full body" not in missing
    assert [what for _, what in rows].index("guide") > [what for _, what in rows].index("product and guide")


def test_the_words_that_a_tag_rests_on_are_marked() -> None:
    sell_tagged("Knob", "A knob of *walnut* & oil.\n\nOne customer uses it on her **calves** after runs.")

    page = signed_in("Viewers").get("/staff/review/weak/").content.decode()

    assert "A knob of walnut &amp; oil.\n\nOne customer uses it on her <mark>calves</mark> after runs." in page


def test_a_text_cannot_bring_markup_onto_the_page() -> None:
    sell_tagged("Knob", 'For the calves. &lt;img src=x onerror="alert(1)"&gt;')

    page = signed_in("Viewers").get("/staff/review/weak/").content.decode()

    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in page
    assert "<img src=x" not in page


def test_a_mark_whose_text_has_changed_is_left_out() -> None:
    evidence = [Evidence(field="description", quote="calves", start=8), Evidence(field="name", quote="calves", start=0)]

    assert highlighted("For the calves.", "description", evidence) == "For the <mark>calves</mark>."
    assert highlighted("For the shins now.", "description", evidence) == "For the shins now."


def test_a_long_text_is_cut_to_what_stands_around_its_marks() -> None:
    text = "word " * 200 + "for the calves " + "word " * 200
    start = text.index("calves")

    shown = highlighted(text, "description", [Evidence(field="description", quote="calves", start=start)])

    assert shown.startswith("… word")
    assert shown.endswith("word …")
    assert "for the <mark>calves</mark> word" in shown
    assert len(shown) < 400


# --- pinning ------------------------------------------------------------------------------------------------


def test_pinning_without_javascript_leads_back_with_a_line_on_what_was_done_and_a_way_back() -> None:
    product = sell_named("Knob", tags=tags())
    client = signed_in("Importers")

    done = client.post(
        f"/staff/review/products/{product.pk}/pin/",
        {"areas": "yes", "target_areas": ["calves", "feet"], "queue": "no-area", "q": "knob"},
        follow=True,
    )
    page = done.content.decode()

    assert done.request["PATH_INFO"] == "/staff/review/no-area/"
    assert "q=knob" in done.request["QUERY_STRING"]
    assert "<strong>Knob</strong>: pinned Calves &amp; shins, Feet." in page
    assert [tag.slug for tag in shop_product("Knob").tags.target_areas] == ["calves", "feet"]
    assert names(client, "/staff/review/no-area/") == []

    undone = client.post(
        f"/staff/review/products/{product.pk}/unpin/", {"queue": "no-area", "names": "target_areas"}, follow=True
    )
    assert "Knob: the pin was removed." in undone.content.decode()
    assert names(client, "/staff/review/no-area/") == ["Knob"]


def test_pinning_with_htmx_changes_the_row_alone_and_undo_brings_it_back() -> None:
    product = sell_tagged("Knob", "For the calves.")
    client = signed_in("Importers")
    said = {"queue": "weak", "names": "target_areas"}

    done = client.post(
        f"/staff/review/products/{product.pk}/pin/", said | {"areas": "yes", "target_areas": "calves"}, headers=HTMX
    ).content.decode()
    undone = client.post(f"/staff/review/products/{product.pk}/unpin/", said, headers=HTMX).content.decode()

    assert done.lstrip().startswith(f'<li class="row settled" id="product-{product.pk}"')
    assert "Undo pin" in done
    assert undone.lstrip().startswith(f'<li class="row split" id="product-{product.pk}"')
    assert "For the <mark>calves</mark>." in undone


def test_a_guide_is_pinned_for_a_product_without_one() -> None:
    publish(a_guide(slug="soles", title="Soft soles"), "neck")
    product = sell_named("Knob", tags=tags("feet"))

    page = signed_in("Importers").post(
        f"/staff/review/products/{product.pk}/pin/", {"guide": "soles", "queue": "no-guide"}, follow=True
    )

    assert "pinned the guide “Soft soles”." in page.content.decode()
    assert [(link.guide, link.origin) for link in shop_product("Knob").links] == [("soles", "pinned")]


def test_a_products_own_page_pins_each_list_and_takes_each_pin_back() -> None:
    publish(a_guide(slug="soles", title="Soft soles"), "neck")
    product = sell_tagged("Knob", "For the calves. " + "It is round. " * 60)
    client = signed_in("Importers")
    page, pin = f"/staff/review/products/{product.pk}/", f"/staff/review/products/{product.pk}/pin/"

    before = client.get(page).content.decode()
    for said in ({"tool_type": "massage-cane"}, {"guide": "soles"}, {"areas": "yes", "target_areas": "feet"}):
        assert client.post(pin, said | {"product": product.pk})["Location"] == page
    shown = client.get(page).content.decode()
    client.post(f"{page}unpin/", {"product": product.pk, "names": ["tool_types", "target_areas"]})

    assert "<mark>calves</mark>" in before
    assert (before.count("Undo the pin"), shown.count("Undo the pin")) == (0, 3)
    now = shop_product("Knob")
    assert [(tag.slug, tag.origin) for tag in now.tags.target_areas] == [("calves", "inferred")]
    assert now.tags.tool_types[0].origin == "inferred"
    assert [(link.guide, link.origin) for link in now.links] == [("soles", "pinned")]
    assert client.get("/staff/review/products/999999/").status_code == 404


def test_pinning_nothing_is_refused_in_the_row() -> None:
    product = sell_named("Knob", tags=tags())
    client = signed_in("Importers")
    path, said = f"/staff/review/products/{product.pk}/pin/", {"areas": "yes", "queue": "no-area"}

    with_htmx = client.post(path, said, headers=HTMX)
    without = client.post(path, said, follow=True)

    assert with_htmx.status_code == 422
    for answer in (with_htmx, without):
        assert "Choose at least one of the target areas" in answer.content.decode()


def test_a_guides_areas_are_pinned_and_taken_back() -> None:
    guide = publish(a_guide(slug="soles", title="Soft soles", body="For the feet."), "feet")
    client = signed_in("Importers")

    client.post(f"/staff/review/guides/{guide.pk}/pin/", {"target_areas": "neck", "queue": "guides"})
    pinned = [tag.term.slug for tag in guide.tags.filter(vocabulary="area")]
    page = client.get("/staff/review/guides/").content.decode()
    client.post(f"/staff/review/guides/{guide.pk}/unpin/", {"queue": "guides"})

    assert pinned == ["neck"]
    assert "Undo the pin" in page
    assert [tag.term.slug for tag in guide.tags.filter(vocabulary="area")] == ["feet"]


def test_a_form_that_names_no_product_is_refused_before_anything_is_pinned() -> None:
    product = sell_named("Knob", tags=tags())
    client = signed_in("Importers")

    said = {"areas": "yes", "target_areas": "feet"}
    answers = [
        client.post(f"/staff/review/products/{product.pk}/pin/", said | {"product": nonsense})
        for nonsense in ("²", "1" * 5000, "x")
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert shop_product("Knob").tags.target_areas == ()


@pytest.mark.parametrize("key", ["²", "1" * 5000, "9" * 18, "x", "-1"])
def test_an_address_that_names_no_product_shows_the_queue(key: str) -> None:
    sell_named("Knob", tags=tags())

    assert names(signed_in("Viewers"), f"/staff/review/no-area/?settled={key}") == ["Knob"]


def test_a_product_that_shoppers_do_not_see_is_not_linked_but_its_state_told() -> None:
    shown, unsold, gone = (sell_named(name, tags=tags()) for name in ("Knob", "Ball", "Roller"))
    unsold.variants.all().delete()
    Product.objects.filter(pk=gone.pk).update(status=Status.ARCHIVED)
    client = signed_in("Viewers")

    pages = [client.get(f"/staff/review/products/{row.pk}/").content.decode() for row in (shown, unsold, gone)]
    queue = client.get("/staff/review/no-area/").content.decode()

    assert [">in the shop</a>" in page for page in pages] == [True, False, False]
    assert '<p class="meta">active, but not sold' in pages[1]
    assert '<p class="meta">archived' in pages[2]
    assert (queue.count(">in the shop</a>"), queue.count("active, but not sold")) == (1, 1)


def test_viewers_look_and_get_no_forms() -> None:
    product = sell_named("Knob", tags=tags())
    client = signed_in("Viewers")

    page = client.get("/staff/review/no-area/").content.decode()
    refused = client.post(f"/staff/review/products/{product.pk}/pin/", {"areas": "yes", "target_areas": "feet"})

    assert "Pin the areas" not in page
    assert refused.status_code == 403
    assert shop_product("Knob").tags.target_areas == ()


def test_with_saleor_pins_go_there_and_a_saleor_that_is_away_is_told(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pin, "PAGE_PATIENCE_S", 0.01)
    settings.SALEOR_API_URL = settings.SALEOR_URL = "http://127.0.0.1:1/graphql/"
    settings.SALEOR_TOKEN = "token"
    product = sell_named("Knob", tags=tags())
    client = signed_in("Importers")

    assert "Pin the areas" in client.get("/staff/review/no-area/").content.decode()
    said = {"areas": "yes", "target_areas": "neck"}
    for action in ("pin", "unpin"):
        page = client.post(f"/staff/review/products/{product.pk}/{action}/", said, follow=True).content.decode()
        assert "The change could not be written to Saleor" in page
    assert shop_product("Knob").tags.target_areas == ()


def test_the_overview_counts_what_is_to_be_reviewed_and_leads_there() -> None:
    sell_named("Knob", tags=tags())

    page = signed_in("Viewers").get("/staff/").content.decode()

    assert re.search(r'href="/staff/review/no-area/"><strong>1</strong> products without a body area', page)
    assert signed_in("Viewers", name="leo").get("/staff/review/")["Location"] == "/staff/review/no-area/"


def test_without_the_cache_the_staff_pages_go_on(settings: Any) -> None:
    gone = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"default": gone}
    sell_named("Knob", tags=tags())
    client = signed_in("Viewers")

    assert client.get("/staff/").status_code == 200
    assert names(client, "/staff/review/no-area/") == ["Knob"]


def test_the_policy_allows_no_script_or_style_in_the_page() -> None:
    sell_tagged("Knob", "For the calves.")

    page = signed_in("Importers").get("/staff/review/weak/").content.decode()

    assert re.findall(r"<script(?![^>]* src=)|<style|\bstyle=|\bon[a-z]+=|\bhx-on", page) == []
    assert '"allowEval": false' in page


def test_a_pin_says_who_set_it() -> None:
    assert str(Signature.model_validate({"by": "mia", "on": "2026-11-20"})) == "pinned by mia on 2026-11-20"
    assert tuple(Pin(target_areas=("feet",), guide="soles").chosen()) == ("target_areas", "guide")
