"""The editors of the embedded shop: a save follows the same rules as an import."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from storefront.catalog.models import Category, ImportBase, Page, Product, ProductVariant, Stock, VariantPrice
from storefront.catalog.queries.version import catalog_version
from storefront.catalog.records import Origin, Status
from storefront.catalog.snapshots import ShopProduct, load_shop_products
from tests.builders import (
    a_guide,
    a_price,
    a_product,
    a_variant,
    open_shop,
    plan_in_shop,
    publish,
    sell,
    sell_named,
    shop_product,
    tags,
)
from tests.staff.people import signed_in

pytestmark = pytest.mark.django_db

PRODUCTS = "/staff/shop/catalog/product/"
PAGES = "/staff/shop/catalog/page/"
STOCK = "/staff/shop/catalog/stock/"
BALL = a_product(
    name="Cork Ball",
    description="Of cork.",
    category="Balls",
    cautions=({"kind": "not-for", "text": "The spine: itself"},),
    variants=(a_variant(stock={"default-warehouse": 10}),),
)


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def form_of(client: Client, address: str) -> dict[str, str]:
    """The fields of an editor's form with what they show, as a browser would send them."""
    html = client.get(address).content.decode()
    form = re.findall(r"<form[^>]*(?:_form|changelist-form)\".*?</form>", html, re.DOTALL)[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = said.get("type", "text")
        if kind in ("submit", "button", "file") or (kind == "checkbox" and " checked" not in tag) or "name" not in said:
            continue
        found[said["name"]] = unescape(said.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        found[name] = chosen[0] if chosen else ""
    found.pop("action", None)
    return {name: value for name, value in found.items() if "__prefix__" not in name}


def save(client: Client, address: str, fields: dict[str, str], **changes: str) -> HttpResponse:
    answer: Any = client.post(address, fields | changes | {"_save": "Save"})
    return answer  # type: ignore[no-any-return]


def errors(answer: HttpResponse) -> list[str]:
    return re.findall(r'<ul class="errorlist[^"]*"[^>]*><li>(.*?)</li>', answer.content.decode())


def address_of(product: Product) -> str:
    return f"{PRODUCTS}{product.pk}/change/"


def shop_made(product: Product) -> ShopProduct:
    """A product that was made by hand, read back."""
    (found,) = load_shop_products("", (), (), [product.public_id])
    return found


def change_in_form(name: str) -> str:
    """The field of the first variant that begins so, as the form calls it."""
    from storefront.catalog.models import Channel, Warehouse

    key = Warehouse.objects.get().pk if name == "stock" else Channel.objects.get().pk
    return f"variants-0-{name}_{key}"


def test_a_changed_product_is_found_by_its_new_words_and_counts_as_a_new_state() -> None:
    product = sell(BALL)
    client, before = signed_in("Importers"), catalog_version()

    answer = save(client, address_of(product), form_of(client, address_of(product)), description="Of walnut.")

    product.refresh_from_db()
    assert (answer.status_code, errors(answer) if answer.status_code == 200 else []) == (302, [])
    assert product.description == "Of walnut."
    assert catalog_version() > before
    assert [row.pk for row in Product.objects.filter(search="walnut")] == [product.pk]
    assert product.cautions == [{"kind": "not-for", "text": "The spine: itself"}]


def test_a_hand_edit_is_the_shops_own_change_to_the_next_import() -> None:
    record = a_product(name="Cork Ball", description="Of cork.")
    sell(record, base={"fields": {"own": {"name": "Cork Ball", "description": "Of cork."}}})
    client = signed_in("Importers")
    address = address_of(Product.objects.get())

    save(client, address, form_of(client, address), description="Mine.")
    (item,) = plan_in_shop(a_product(name="Cork Ball", description="Of fine cork.")).items

    assert ImportBase.objects.get().fields["own"]["description"] == "Of cork."
    assert [(conflict.field, conflict.shop) for conflict in item.conflicts] == [("description", "Mine.")]


def test_texts_are_kept_in_the_form_in_which_files_are_read() -> None:
    product = sell(a_product(description="__Untouched__"))
    client = signed_in("Importers")
    address = address_of(product)

    save(client, address, form_of(client, address), name="Ball")
    untouched = Product.objects.get().description
    save(client, address, form_of(client, address), description="• __one__\r\n• two")

    assert untouched == "__Untouched__"
    assert Product.objects.get().description == "• **one**  \n• two"


def test_a_new_text_is_read_anew_and_a_pin_stays() -> None:
    product = sell(BALL, tags=tags("feet", origin=Origin.INFERRED))
    client = signed_in("Importers")

    save(client, address_of(product), form_of(client, address_of(product)), description="For the neck.")
    areas = [tag.slug for tag in shop_product().tags.target_areas]
    client.post(f"/staff/review/products/{product.pk}/pin/", {"areas": "yes", "target_areas": "hips"})
    save(client, address_of(product), form_of(client, address_of(product)), description="For the calves.")

    assert areas == ["neck"]
    assert [(tag.slug, tag.origin) for tag in shop_product().tags.target_areas] == [("hips", "pinned")]


def test_prices_and_stock_are_edited_with_the_variants() -> None:
    product = sell(BALL)
    client = signed_in("Importers")
    fields = form_of(client, address_of(product))

    assert (fields[change_in_form("price")], fields[change_in_form("stock")]) == ("19.90", "10")
    save(
        client,
        address_of(product),
        fields,
        **{change_in_form("price"): "15.00", change_in_form("compare_at"): "19.90", change_in_form("stock"): "7"},
    )

    price = VariantPrice.objects.get()
    assert (f"{price.amount:.2f}", f"{price.compare_at_amount:.2f}") == ("15.00", "19.90")
    assert Stock.objects.get().quantity == 7


def test_an_emptied_price_takes_the_variant_off_sale() -> None:
    product = sell(BALL)
    client = signed_in("Importers")

    save(client, address_of(product), form_of(client, address_of(product)), **{change_in_form("price"): ""})

    assert not VariantPrice.objects.exists()
    assert Client().get("/products/cork-ball/").status_code == 404


def test_a_reduction_needs_a_price() -> None:
    product = sell(BALL)
    client = signed_in("Importers")
    changes = {change_in_form("price"): "", change_in_form("compare_at"): "19.90"}

    answer = save(client, address_of(product), form_of(client, address_of(product)), **changes)

    assert errors(answer) == ["Enter the current price as well."]


def test_what_changed_while_the_form_was_open_is_not_put_back() -> None:
    product = sell(BALL)
    client = signed_in("Importers")
    fields = form_of(client, address_of(product))
    Stock.objects.update(quantity=8)
    Product.objects.update(brand="Quill")

    save(client, address_of(product), fields, name="Cork Ball, large")

    product.refresh_from_db()
    assert (product.name, product.brand, Stock.objects.get().quantity) == ("Cork Ball, large", "Quill", 8)


def test_stock_that_was_set_while_the_form_was_open_is_not_written_over() -> None:
    product = sell(BALL)
    client = signed_in("Importers")
    fields = form_of(client, address_of(product))
    Stock.objects.update(quantity=8)

    answer = save(client, address_of(product), fields, **{change_in_form("stock"): "25"})

    assert errors(answer) == ["There are 8 now; 10 were shown. Load it again, then change it."]
    assert Stock.objects.get().quantity == 8


def test_a_warranty_cannot_be_negative() -> None:
    product = sell(BALL)
    client = signed_in("Importers")

    answer = save(client, address_of(product), form_of(client, address_of(product)), warranty_years="-1")

    assert errors(answer) == ["Ensure this value is greater than or equal to 0."]


def test_a_product_that_shoppers_do_not_see_has_no_link_into_the_shop() -> None:
    product = sell(BALL)
    client, link = signed_in("Importers"), 'href="/products/cork-ball/"'
    shown = client.get(address_of(product)).content.decode()
    VariantPrice.objects.all().delete()

    assert link in shown
    assert link not in client.get(address_of(product)).content.decode()


def test_a_product_is_made_by_hand_and_sold() -> None:
    client = signed_in("Importers")
    fields = form_of(client, f"{PRODUCTS}add/")
    variant = {
        "variants-TOTAL_FORMS": "1",
        "variants-0-sku": "W-1",
        change_in_form("price"): "9.50",
        change_in_form("stock"): "3",
    }

    answer = save(client, f"{PRODUCTS}add/", fields, name="Walnut Knob", description="For the feet.", **variant)

    assert answer.status_code == 302, errors(answer)
    made = Product.objects.get()
    assert [tag.slug for tag in shop_made(made).tags.target_areas] == ["feet"]
    assert (made.slug, made.reference, made.source, made.status) == ("walnut-knob", "", "", "active")
    assert ProductVariant.objects.get().public_id
    assert "$9.50" in Client().get("/products/walnut-knob/").content.decode()


def test_a_slug_or_sku_that_is_taken_is_told_in_the_form() -> None:
    sell_named("Other")
    product = sell(BALL)
    client, before = signed_in("Importers"), catalog_version()
    fields = form_of(client, address_of(product))

    slug = save(client, address_of(product), fields, slug="other")
    sku = save(client, address_of(product), fields, **{"variants-0-sku": "Other"})

    assert errors(slug) == ["Product with this Slug already exists."]
    assert errors(sku) == ["Product variant with this Sku already exists."]
    assert catalog_version() == before


def test_cautions_are_lines_and_a_line_that_cannot_be_read_is_told() -> None:
    product = sell(BALL)
    client = signed_in("Importers")
    fields = form_of(client, address_of(product))

    bad = save(client, address_of(product), fields, cautions="stop: Numbness\nperhaps: sometimes")
    save(client, address_of(product), fields, cautions="stop: Numbness\n\nlimit: Two minutes")

    product.refresh_from_db()
    assert errors(bad) == ["Line 2 cannot be read: write it like “stop: Numbness or tingling”."]
    assert [caution["kind"] for caution in product.cautions] == ["stop", "limit"]


def test_products_are_archived_and_never_deleted() -> None:
    product = sell(BALL)
    client, before = signed_in("Managers"), catalog_version()

    deleted = client.post(f"{PRODUCTS}{product.pk}/delete/", {"post": "yes"})
    client.post(PRODUCTS, {"action": "archive", "_selected_action": product.pk})

    product.refresh_from_db()
    assert deleted.status_code == 403
    assert product.status == Status.ARCHIVED
    assert catalog_version() == before + 1


def test_stock_is_edited_in_its_list() -> None:
    sell_named("Ball", units=10)
    client, before = signed_in("Importers"), catalog_version()

    save(client, STOCK, form_of(client, STOCK), **{"form-0-quantity": "25"})

    assert Stock.objects.get().quantity == 25
    assert catalog_version() == before + 1


def test_each_quantity_in_the_list_says_what_it_is_of() -> None:
    sell_named("Ball", units=10)

    assert 'aria-label="Quantity of Ball, SKU Ball, Default warehouse"' in (
        signed_in("Importers").get(STOCK).content.decode()
    )


def test_stock_that_was_sold_while_the_list_was_open_is_not_written_over() -> None:
    sell_named("Ball", units=10)
    client = signed_in("Importers")
    fields = form_of(client, STOCK)
    Stock.objects.update(quantity=8)

    answer = save(client, STOCK, fields, **{"form-0-quantity": "25"})

    assert Stock.objects.get().quantity == 8
    assert "There are 8 now; 10 were shown." in answer.content.decode()


def test_a_guide_is_written_previewed_and_found() -> None:
    client = signed_in("Importers")
    fields = form_of(client, f"{PAGES}add/")
    guide_type = str(publish().page_type_id)
    said = {"title": "Slow hands", "page_type": guide_type, "body": "## Begin\n\n**Slowly.**\n\n<script>no</script>"}

    preview = client.post("/staff/preview/", fields | said).content.decode()
    answer = save(client, f"{PAGES}add/", fields, **said, sources="A book | Doe 2020")

    assert answer.status_code == 302, errors(answer)
    assert "<strong>Slowly.</strong>" in preview
    assert "<script>no" not in preview
    made = Page.objects.get(slug="slow-hands")
    assert made.sources == [{"title": "A book", "citation": "Doe 2020", "url": "", "supports": ""}]
    assert Page.objects.filter(search="slow").exists()
    assert "Slow hands" in Client().get("/guides/slow-hands/").content.decode()


def test_a_guide_keeps_its_slug_and_its_unread_sources_when_its_text_changes() -> None:
    guide = publish(a_guide(sources=({"title": "A | B", "url": "https://example.org/"},)))
    client = signed_in("Importers")
    address = f"{PAGES}{guide.pk}/change/"

    answer = save(client, address, form_of(client, address), body="Roll fast.", slug="other")

    guide.refresh_from_db()
    assert answer.status_code == 302, errors(answer)
    assert (guide.slug, guide.body) == ("calm-feet", "Roll fast.")
    assert guide.sources[0]["title"] == "A | B"


def test_a_category_with_products_cannot_be_deleted_and_its_new_name_is_found() -> None:
    product = sell(BALL)
    category = Category.objects.get()
    client = signed_in("Importers")
    address = f"/staff/shop/catalog/category/{category.pk}/"

    deleted = client.post(f"{address}delete/", {"post": "yes"})
    save(client, f"{address}change/", form_of(client, f"{address}change/"), name="Spheres")

    assert deleted.status_code == 403
    assert [row.pk for row in Product.objects.filter(search="sphere")] == [product.pk]


def test_viewers_look_at_everything_and_change_nothing() -> None:
    product = sell(BALL, tags=tags("feet"))
    client, before = signed_in("Viewers"), catalog_version()

    page = client.get(address_of(product)).content.decode()
    answer = client.post(address_of(product), {"name": "Mine"})

    assert "19.90 USD, 10 in Default warehouse" in page
    assert "Feet (stated)" in page
    assert 'name="_save"' not in page
    assert answer.status_code == 403
    assert catalog_version() == before


def test_with_saleor_the_editors_are_for_looking_only(settings: Any) -> None:
    settings.SALEOR_API_URL = "https://shop.example/graphql/"
    product = sell(BALL)
    client = signed_in("Managers")

    assert client.get(address_of(product)).status_code == 200
    assert client.post(address_of(product), {"name": "Mine"}).status_code == 403
    assert client.get(f"{PRODUCTS}add/").status_code == 403
    assert "Edit products in its dashboard" in client.get("/staff/").content.decode()


def test_a_channel_and_a_warehouse_are_made_by_managers() -> None:
    client = signed_in("Managers")
    channel, warehouse = "/staff/shop/catalog/channel/add/", "/staff/shop/catalog/warehouse/add/"
    said = {"name": "Abroad", "slug": "abroad"}

    wrong = save(client, channel, said, currency="euro"[:2])
    made = [save(client, channel, said, currency="eur"), save(client, warehouse, said)]
    sell(BALL)
    page = client.get(address_of(Product.objects.get())).content.decode()

    assert errors(wrong) == ["A currency is three letters, like USD."]
    assert [answer.status_code for answer in made] == [302, 302]
    assert "Price in EUR (Abroad)" in page
    assert "Stock (Abroad)" in page


@pytest.mark.parametrize("model", ["product", "stock", "page", "category", "channel", "warehouse"])
def test_every_editor_opens(model: str) -> None:
    sell(BALL)
    publish()
    client = signed_in("Managers")

    assert client.get(f"/staff/shop/catalog/{model}/?q=x").status_code in (200, 302)
    assert client.get(f"/staff/shop/catalog/{model}/").status_code == 200


@pytest.mark.parametrize("query", ["source=%00", "status__exact=%00", "q=%00", "%00=1", "source=%ed%a0%80"])
def test_an_address_with_what_no_text_has_is_a_bad_request_or_finds_nothing(query: str) -> None:
    sell(BALL)

    assert signed_in("Viewers").get(f"{PRODUCTS}?{query}").status_code in (200, 302, 400)
    assert signed_in("Viewers", name="leo").get(f"{PRODUCTS}?source=%00").status_code == 400


def test_a_picture_of_the_shop_is_shown_beside_its_variants() -> None:
    product = sell(a_product(variants=(a_variant(prices={"default-channel": a_price("5.125")}),)))

    assert form_of(signed_in("Importers"), address_of(product))[change_in_form("price")] == "5.125"
    assert shop_product().fields.own["media"] == []
