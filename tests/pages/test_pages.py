"""The shop's pages for people, as a browser without JavaScript gets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from storefront.catalog.models import Channel, Picture, ProductMedia
from storefront.catalog.queries.areas import load_areas
from storefront.catalog.records import DEFAULT_CHANNEL, LinkRole, Origin, Status
from tests.builders import (
    a_guide,
    a_link,
    a_picture_file,
    a_price,
    a_product,
    a_stored_picture,
    a_variant,
    open_shop,
    publish,
    renditions_of,
    sell,
    sell_named,
    tags,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_shop() -> None:
    open_shop()


def get(path: str, *, status: int = 200) -> str:
    response = Client(raise_request_exception=False).get(path)
    assert response.status_code == status, (response.status_code, path)
    return response.content.decode()


def words(html: str) -> str:
    """The page's text alone."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def section(html: str, heading_id: str) -> str:
    """The section that is labelled by a heading."""
    found = re.search(rf'<(section|aside)[^>]*aria-labelledby="{heading_id}".*?</\1>', html, re.DOTALL)
    assert found is not None, f"There is no section {heading_id}."
    return found.group()


def cards(html: str) -> list[str]:
    """The names on product cards, in their order."""
    return re.findall(r'<span class="card-name">(.*?)</span>', html)


class Tags(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def __iter__(self) -> Iterator[tuple[str, dict[str, str | None]]]:
        return iter(self.found)


def a_full_shop() -> None:
    """Something on every kind of page."""
    publish(
        a_guide(
            body="## Roll\n\nSlowly.",
            cautions=({"kind": "limit", "text": "Two minutes a side"},),
            sources=(
                {"title": "A book", "citation": "Doe 2020", "supports": "Slow rolling"},
                {"title": "A page", "url": "https://example.org/feet"},
            ),
            reviewed_on=date(2026, 3, 1),
        ),
        "feet",
    )
    publish(a_guide(slug="other", title="Other guide"), "calves")
    sell(
        a_product(
            name="Cork Ball",
            brand="Quill",
            description="A **round** ball.",
            cautions=({"kind": "not-for", "text": "The spine itself"}, {"kind": "stop", "text": "Numbness"}),
            media=({"location": "a.png", "alt": "A ball of cork"},),
            variants=(a_variant(stock={"default-warehouse": 50}),),
        ),
        tags=tags("feet", tool_type="massage-ball"),
        links=[a_link(reasons=("both are for the feet",), origin=Origin.INFERRED), a_link("other", LinkRole.RELATED)],
        pictures={"a.png": a_stored_picture()},
    )
    sell_named("Sold Out Roller", "feet", "legs", units=0)


ALL_PAGES = [
    "/",
    "/areas/feet/",
    "/tools/",
    "/tools/?q=ball",
    "/tools/massage-ball/",
    "/products/cork-ball/",
    "/guides/",
    "/guides/calm-feet/",
]


# --- home ---------------------------------------------------------------------------------------------------


def test_home_lists_every_area_with_its_number_of_tools() -> None:
    sell_named("A", "lower-back", "neck")
    sell_named("B", "back")

    html = section(get("/"), "areas")

    top = re.findall(r'class="area-name" href="(/areas/[^"]+)">(.*?)</a>', html)
    whole = next(area for area in load_areas() if area.parent_id is None)
    assert [link for link, _ in top if link != f"/areas/{whole.slug}/"] == [
        f"/areas/{area.slug}/" for area in load_areas() if area.parent_id == whole.pk
    ]
    counts = {link: words(text) for link, text in top}
    assert counts["/areas/back/"] == "Back 2 tools"
    assert counts["/areas/neck/"] == "Neck 1 tool"
    assert counts["/areas/feet/"] == "Feet 0 tools"
    assert "Lower back 1" in words(html)
    for area in load_areas():
        assert f'href="/areas/{area.slug}/"' in html


def test_home_shows_kinds_of_tools_and_guides() -> None:
    a_full_shop()

    html = get("/")

    assert words(section(html, "tools")) == "Kinds of tools Massage ball"
    assert 'href="/guides/calm-feet/"' in section(html, "guides")


# --- areas --------------------------------------------------------------------------------------------------


def test_an_areas_page_has_its_tools_then_those_for_the_whole() -> None:
    sell_named("A body", "full-body")
    sell_named("B back", "back")
    sell_named("C lower", "lower-back")
    publish(a_guide(title="Lower back, slowly"), "lower-back")

    html = get("/areas/lower-back/")

    assert cards(section(html, "products")) == ["C lower"]
    assert "1 tool for lower back" in words(section(html, "products"))
    assert cards(section(html, "also")) == ["B back", "A body"]
    assert "Lower back, slowly" in section(html, "guides")
    assert html.index('id="products"') < html.index('id="also"')


def test_an_areas_page_says_what_is_not_offered_there_and_where_to_take_care() -> None:
    sell_named("Gun", tags=tags("neck", tool_type="massage-gun"))
    sell_named("Ball", tags=tags("neck", tool_type="massage-ball"))

    html = get("/areas/neck/")

    assert cards(html) == ["Ball"]
    assert "Massage guns are not offered here. An artery of the neck has torn" in words(html)
    assert "Take care here with: the front and sides of the neck" in words(html)
    assert "1 tool for neck" in words(html)
    assert "Achilles tendon" in words(get("/areas/calves/"))


def test_a_product_page_groups_what_it_is_not_for() -> None:
    sell_named("Gun", tags=tags("calves", tool_type="massage-gun", contraindications=["never:fever"]))

    buy = words(section_of_buying(get("/products/gun/")))

    assert "Never with: blood thinners or a bleeding disorder" in buy
    assert "fever or an acute infection" in buy
    assert "Ask a doctor first with: pregnancy" in buy
    assert "Keep off: the whole neck · the head" in buy
    assert "Why, and what else to know" in buy


def test_a_condition_of_eligibility_is_no_plain_yes() -> None:
    sell_named("Ball", fsa_hsa_eligible=True)
    sell_named("Gun", fsa_hsa_condition="With a letter of medical necessity.")

    assert "FSA / HSA eligible Yes" in words(get("/products/ball/"))
    assert "FSA / HSA With a letter of medical necessity." in words(get("/products/gun/"))


def test_a_guide_tells_what_its_tools_are_not_for() -> None:
    publish(a_guide(slug="guns", title="Guns"), tags_=tags("calves", tool_type="massage-gun"))

    html = words(get("/guides/guns/"))

    assert "Keep off: the whole neck · the head" in html
    assert "Never with: blood thinners or a bleeding disorder" in html


def section_of_buying(html: str) -> str:
    return html[html.index('<div class="buy">') : html.index('<aside class="guide-beside"')]


def test_an_area_without_tools_says_so() -> None:
    html = get("/areas/feet/")

    assert "There is no tool for this area yet." in words(html)
    assert 'id="also"' not in html


def test_a_groups_page_leads_to_its_parts_and_back() -> None:
    html = get("/areas/back/")

    for slug in ("upper-back", "mid-back", "lower-back", "full-body"):
        assert f'href="/areas/{slug}/"' in html


def test_a_long_list_is_shown_in_parts_that_link_to_each_other() -> None:
    for number in range(30):
        sell_named(f"Ball {number:02}", "feet")

    first = get("/areas/feet/")
    (following,) = re.findall(r'<a href="(\?after=[^"]+)" rel="next">', first)
    second = get("/areas/feet/" + following.replace("&amp;", "&"))
    (back,) = re.findall(r'<a href="(\?before=[^"]+)" rel="prev">', second)

    assert cards(first) == [f"Ball {number:02}" for number in range(24)]
    assert cards(second) == [f"Ball {number:02}" for number in range(24, 30)]
    assert cards(get("/areas/feet/" + back.replace("&amp;", "&"))) == cards(first)
    assert 'rel="prev"' not in first


@pytest.mark.parametrize("path", ["/areas/feet/", "/tools/"])
@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIl0=", "WyJhIiwiYiIsImMiXQ==", "WyJhIiwiYiJd"])
@pytest.mark.parametrize("way", ["after", "before"])
def test_a_broken_cursor_is_a_bad_request(path: str, cursor: str, way: str) -> None:
    sell_named("Ball", "feet")

    html = get(f"{path}{'&' if '?' in path else '?'}{way}={cursor}", status=400)

    assert "This link is not valid" in html


# --- tools --------------------------------------------------------------------------------------------------


def test_a_search_shows_guides_and_tools_and_keeps_what_was_typed() -> None:
    a_full_shop()

    html = get("/tools/?q=%22feet%22")

    assert sorted(cards(html)) == ["Cork Ball", "Sold Out Roller"]
    assert 'href="/guides/calm-feet/"' in section(html, "results")
    assert 'value="&quot;feet&quot;"' in html


def test_a_search_is_corrected_and_says_why_each_result_is_there() -> None:
    a_full_shop()

    html = get("/tools/?q=masage+for+feet")

    assert "Did you mean massage for feet ?" in words(html)
    assert "tagged Feet" in words(html)


def test_a_search_for_a_tool_where_it_is_not_used_says_why() -> None:
    sell_named("Yoke", "neck")

    html = get("/tools/?q=massage+gun+for+my+neck")

    assert "An artery of the neck has torn after use of a massage gun." in words(html)
    assert cards(html) == ["Yoke"]


def test_a_long_search_has_pages() -> None:
    for number in range(30):
        sell_named(f"Ball {number:02}", "feet")

    first, second = get("/tools/?q=feet"), get("/tools/?q=feet&page=2")

    assert [len(cards(first)), len(cards(second))] == [24, 6]
    assert 'href="?q=feet&amp;page=2" rel="next"' in first
    assert 'href="?q=feet&amp;page=1" rel="prev"' in second


@pytest.mark.parametrize("page", ["0", "-1", "100", "x", "%00", "٣"])
def test_a_page_of_a_search_that_cannot_be_is_a_bad_request(page: str) -> None:
    assert "This link is not valid" in get(f"/tools/?q=ball&page={page}", status=400)


def test_markup_in_a_search_is_shown_as_it_was_typed() -> None:
    html = get("/tools/?q=%3Cb%3Efeet%22")

    assert 'value="&lt;b&gt;feet&quot;"' in html
    assert "b" not in {tag for tag, _ in Tags(html)}


@pytest.mark.parametrize("text", ["nothinglikethis", "!!!", "%27", "%00", "%26+%7C"])
def test_a_search_that_finds_nothing_says_so(text: str) -> None:
    sell_named("Ball")

    html = get(f"/tools/?q={text}")

    assert cards(html) == []
    assert "Nothing found." in words(html)


def test_an_empty_search_shows_all_tools() -> None:
    sell_named("B")
    sell_named("A")

    assert cards(get("/tools/?q=")) == ["A", "B"]


def test_a_kind_of_tool_has_its_own_list() -> None:
    a_full_shop()

    assert cards(get("/tools/massage-ball/")) == ["Cork Ball"]
    get("/tools/t-bar/", status=404)
    get("/tools/nothing/", status=404)


# --- products -----------------------------------------------------------------------------------------------


def test_a_products_page_shows_price_cautions_and_guide() -> None:
    a_full_shop()

    html = get("/products/cork-ball/")

    assert "<h1>Cork Ball</h1>" in html
    assert "$19.90" in html
    assert "In stock" in words(html)
    buy = html[html.index('<div class="buy">') : html.index('<aside class="guide-beside"')]
    assert "Not for: The spine itself" in words(buy)
    assert "Stop: Numbness" in words(buy)
    guide = section(html, "guide")
    assert 'href="/guides/calm-feet/"' in guide
    assert "Why this guide: both are for the feet." in words(guide)
    assert 'href="/guides/other/"' in guide
    assert 'href="/areas/feet/"' in html
    assert '<img src="/media/pictures/ball.png" alt="A ball of cork" width="4" height="3">' in html
    assert "A <strong>round</strong> ball." in html


def with_renditions(*formats: str) -> None:
    """A shop whose one picture was made smaller in these formats."""
    a_full_shop()
    Picture.objects.update(renditions=renditions_of("ball", *formats), width=2000, height=1000)


def test_a_picture_is_offered_in_several_widths_as_avif_and_webp() -> None:
    with_renditions("webp", "avif")

    for html, sizes in (
        (get("/products/cork-ball/"), "(min-width: 72rem) 35rem, (min-width: 52rem) 48vw, 100vw"),
        (get("/areas/feet/"), "(min-width: 40rem) 18rem, 47vw"),
        (get("/guides/calm-feet/"), "(min-width: 40rem) 18rem, 47vw"),
    ):
        picture = html[html.index("<picture>") : html.index("</picture>")]
        for kind in ("avif", "webp"):
            widths = ", ".join(f"/media/pictures/ball-{width}.{kind} {width}w" for width in (320, 640, 1280))
            assert f'<source type="image/{kind}" srcset="{widths}" sizes="{sizes}">' in picture
        assert picture.index("image/avif") < picture.index("image/webp") < picture.index("<img")
        assert '<img src="/media/pictures/ball-640.webp" alt="A ball of cork" width="2000" height="1000"' in picture


def test_while_avif_is_not_made_the_picture_is_shown_as_webp() -> None:
    with_renditions("webp")

    html = get("/products/cork-ball/")

    assert "image/webp" in html
    assert "image/avif" not in html


def test_a_picture_that_is_not_fetched_is_not_shown() -> None:
    a_full_shop()
    ProductMedia.objects.update(picture=None, state="failed", message="gone")

    for path in ("/products/cork-ball/", "/areas/feet/"):
        html = get(path)
        assert "<picture>" not in html
        assert "no-picture" in html


def test_a_product_with_several_variants_lists_them_with_price_and_stock() -> None:
    variants = (
        a_variant(sku="A", name="Soft", prices={DEFAULT_CHANNEL: a_price("15", compare_at="20")}),
        a_variant(sku="B", name="Firm", prices={DEFAULT_CHANNEL: a_price("1500")}, stock={"default-warehouse": 3}),
    )
    sell(a_product(variants=variants))

    html = get("/products/cork-ball/")

    assert "$15.00 – $1,500.00" in words(html)
    table = html[html.index('<table class="variants">') : html.index("</table>")]
    assert words(table) == "Choices Variant Price Stock Soft $15.00 $20.00 Sold out Firm $1,500.00 Only 3 left"


def test_a_reduced_product_shows_the_price_before() -> None:
    sell(a_product(variants=(a_variant(prices={DEFAULT_CHANNEL: a_price("15", compare_at="20")}),)))

    assert "Before: $20.00" in words(get("/products/cork-ball/"))


@pytest.mark.parametrize(("units", "badge"), [(0, "Sold out"), (1, "Only 1 left"), (5, "Only 5 left"), (6, "In stock")])
def test_a_badge_tells_of_the_stock(units: int, badge: str) -> None:
    sell_named("Ball", "feet", units=units)

    page, card = get("/products/ball/"), get("/areas/feet/")

    assert re.findall(r'<span class="badge[^>]*>(.*?)</span>', page) == [badge]
    assert re.findall(r'<span class="badge[^>]*>(.*?)</span>', card) == ([] if badge == "In stock" else [badge])


def test_another_currency_has_its_sign_or_its_code() -> None:
    sell_named("Ball")

    Channel.objects.update(currency="EUR")
    assert "€19.90" in get("/products/ball/")

    Channel.objects.update(currency="CHF")
    assert "19.90 CHF" in get("/products/ball/")


@pytest.mark.parametrize(
    "description",
    [
        "<script>alert(1)</script>Text",
        '<img src=x onerror="alert(1)">Text',
        '<a href="javascript:alert(1)">Text</a>',
        '<p style="background:url(//evil.example)" onclick="alert(1)">Text</p>',
        '<iframe src="https://evil.example"></iframe>Text',
    ],
)
def test_html_in_a_description_is_made_harmless(description: str) -> None:
    sell_named("Ball", description=description)

    html = get("/products/ball/")

    assert "Text" in section(html, "about")
    for bad in ("alert", "evil.example", "onerror", "onclick", "style=", "<iframe", "<script"):
        assert bad not in section(html, "about")
        assert bad not in re.sub(r'<script src="/static/pages/[a-z.]+js" (defer|type="module")></script>', "", html)


def test_markup_in_plain_fields_is_shown_as_it_is() -> None:
    sell_named("<b>Ball</b>", "feet", brand="<i>Quill</i>", material="<u>Cork</u>")

    html = get("/products/bballb/")

    assert "&lt;b&gt;Ball&lt;/b&gt;" in html
    assert not {"b", "i", "u"} & {tag for tag, _ in Tags(html)}


def test_headings_of_a_description_stay_below_those_of_the_page() -> None:
    sell_named("Ball", description="# One\n\n## Two")

    html = get("/products/ball/")

    assert html.count("<h1>") == 1
    assert "<h3>One</h3>" in html
    assert "<h4>Two</h4>" in html


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ARCHIVED])
def test_a_product_that_is_not_active_has_no_page(status: Status) -> None:
    sell_named("Ball", status=status)

    get("/products/ball/", status=404)


def test_a_slug_with_letters_of_other_scripts_has_a_page() -> None:
    sell_named("Größe")

    assert "<h1>Größe</h1>" in get("/products/größe/")


# --- guides -------------------------------------------------------------------------------------------------


def test_a_guides_page_has_text_cautions_sources_and_tools() -> None:
    a_full_shop()

    html = get("/guides/calm-feet/")

    assert "<h1>Calm feet</h1>" in html
    assert html.count("<h1>") == 1
    assert "Limit: Two minutes a side" in words(html)
    assert "A book. Doe 2020 Supports: Slow rolling" in words(html)
    assert '<a href="https://example.org/feet" rel="noopener noreferrer">A page</a>' in html
    assert '<time datetime="2026-03-01">1 March 2026</time>' in html
    assert cards(section(html, "tools")) == ["Cork Ball"]
    assert html.index("Two minutes a side") < html.index("Slowly.")


def test_headings_of_a_guide_stay_below_its_title() -> None:
    publish(a_guide(body="# One\n\n## Two"))

    assert get("/guides/calm-feet/").count("<h1") == 1


@pytest.mark.parametrize("url", ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,<script>x</script>"])
def test_a_source_whose_address_would_run_something_is_no_link(url: str) -> None:
    publish(a_guide(sources=({"title": "A page", "url": url},)))

    html = get("/guides/calm-feet/")

    assert "A page" in words(html)
    assert [
        attributes["href"]
        for tag, attributes in Tags(html)
        if tag == "a" and not (attributes["href"] or "").startswith(("/", "#", "https:"))
    ] == []


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ARCHIVED])
def test_a_hidden_guide_has_no_page_and_no_link(status: Status) -> None:
    publish(a_guide(status=status), "feet")
    sell_named("Ball", "feet", links=[a_link()])

    get("/guides/calm-feet/", status=404)
    for path in ("/", "/guides/", "/areas/feet/", "/products/ball/", "/tools/?q=calm"):
        assert "calm-feet" not in get(path)


# --- all pages ----------------------------------------------------------------------------------------------


def test_a_page_that_is_not_there_helps_on() -> None:
    for path in ("/nothing/", "/areas/tail/", "/areas/massage-ball/", "/products/nothing/", "/guides/nothing/"):
        html = get(path, status=404)

        assert "Page not found" in words(html)
        assert 'href="/"' in html


@pytest.mark.parametrize("path", [*ALL_PAGES, "/nothing/"])
def test_a_page_takes_nothing_from_other_hosts_and_runs_nothing_inline(path: str) -> None:
    a_full_shop()

    html = get(path, status=404 if path == "/nothing/" else 200)

    for tag, attributes in Tags(html):
        assert tag not in ("style", "iframe", "object", "embed")
        assert tag != "script" or attributes.get("src")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "srcset", "action", "poster", "data"):
            assert (attributes.get(name) or "/").startswith("/")
        if tag == "link":
            assert (attributes["href"] or "").startswith("/static/")


@pytest.mark.parametrize("path", [*ALL_PAGES, "/nothing/"])
def test_a_page_comes_with_a_policy_against_foreign_and_inline_code(path: str) -> None:
    a_full_shop()

    response = Client().get(path)

    policy = {
        part.split()[0]: part.split()[1:] for part in response["Content-Security-Policy"].split(";") if part.strip()
    }
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "'unsafe-inline'" not in str(policy)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response.cookies == {}


@pytest.mark.parametrize("path", ALL_PAGES)
def test_a_page_has_one_first_heading_a_title_and_a_language(path: str) -> None:
    a_full_shop()

    found = list(Tags(get(path)))

    assert [tag for tag, _ in found if tag == "h1"] == ["h1"]
    assert [attributes["lang"] for tag, attributes in found if tag == "html"] == ["en"]
    assert all("alt" in attributes for tag, attributes in found if tag == "img")
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", ALL_PAGES)
def test_a_page_is_only_read(path: str) -> None:
    a_full_shop()

    assert Client().post(path).status_code == 405


def test_an_empty_shop_has_all_its_pages() -> None:
    for path in ("/", "/tools/", "/guides/", "/areas/full-body/", "/tools/?q=x"):
        get(path)


def test_a_stored_picture_is_served_for_good_and_can_run_nothing(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    a_picture_file(tmp_path, "pictures/ball.png")

    response = Client().get("/media/pictures/ball.png")

    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert "sandbox" in response["Content-Security-Policy"]
    response.close()


@pytest.mark.parametrize(
    "path", ["/media/../secret.txt", "/media/%2e%2e/secret.txt", "/media//etc/passwd", "/media/x.png"]
)
def test_nothing_outside_the_stored_pictures_is_served(settings: Any, tmp_path: Path, path: str) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (tmp_path / "secret.txt").write_text("secret")

    assert Client().get(path).status_code in (302, 400, 404)


def test_a_cursor_of_another_list_is_a_bad_request() -> None:
    for number in range(25):
        sell_named(f"Ball {number:02}", "feet")
    (cursor,) = re.findall(r'<a href="\?after=([^"]+)" rel="next">', get("/areas/feet/"))

    get(f"/tools/?after={cursor}", status=400)


def test_a_guide_that_the_shop_chose_itself_needs_no_reason() -> None:
    publish(a_guide(), "feet")
    sell_named("Ball", "feet", links=[a_link(reasons=("the product's file names this guide",))])

    assert "Why this guide" not in words(section(get("/products/ball/"), "guide"))
