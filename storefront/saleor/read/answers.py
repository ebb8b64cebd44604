"""Saleor's answers → the kernel's products and guides.

A product that Knotwise never wrote is read with what it has: its own fields, attributes of other types as they are, and
tags where it has our attributes. What somebody set in the dashboard counts as a pin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from storefront.catalog.fields import ATTRIBUTE, COMPARE_AT, OPTION, PRICE, STOCK, Fields, to_json
from storefront.catalog.records import (
    DEFAULT_SOURCE,
    Evidence,
    GuideLink,
    LinkRole,
    Named,
    Origin,
    Status,
    Tag,
    Tags,
)
from storefront.catalog.richtext import normalise
from storefront.catalog.snapshots import ShopGuide, ShopProduct
from storefront.saleor.read.fingerprints import fingerprint_of, is_shown
from storefront.saleor.read.shop import named_of
from storefront.saleor.read.values import (
    cautions_in,
    cautions_text,
    grams,
    moment_of,
    money_text,
    number_text,
    plain_markdown,
    sources_in,
    sources_text,
    text_of,
)
from storefront.saleor.schema import model
from storefront.saleor.schema.documents import BASE_KEY, STATE_KEY
from storefront.saleor.schema.model import Slugs
from storefront.saleor.schema.references import product_reference, variant_reference
from storefront.saleor.schema.state import MADE, UNFINISHED, PictureState, State, read_base, read_bases, read_state

Node = Mapping[str, Any]

DASHBOARD = "set in Saleor's dashboard"
PIN = "pin"
# What the store holds; a longer text must not keep the rest of a product from arriving.
LONGEST = 250
LONGEST_BARCODE = 14
PRODUCT_LISTS = {
    "target_areas": model.TARGET_AREAS,
    "tool_types": model.TOOL_TYPE,
    "conditions": model.CONDITIONS,
    "contraindications": model.CONTRAINDICATIONS,
}
GUIDE_LISTS = {
    "target_areas": model.GUIDE_AREAS,
    "tool_types": model.GUIDE_TOOL_TYPES,
    "conditions": model.GUIDE_CONDITIONS,
    "techniques": model.GUIDE_TECHNIQUES,
}


@dataclass(frozen=True, slots=True)
class Assigned:
    """An attribute of a product, variant or page with its values as they were answered."""

    slug: str
    name: str
    input: str
    values: Sequence[Node]

    def text(self) -> str:
        return text_of(self.input, self.values)


@dataclass(frozen=True, slots=True)
class Listing:
    """A product's place in a channel."""

    is_published: bool
    is_shown: bool
    is_listed: bool


@dataclass(frozen=True, slots=True)
class SaleorVariant:
    """What is needed to change a variant: its ids, and those of its prices by channel and stocks by warehouse.

    `available`: channel → how many units can be had there."""

    id: str
    key: str
    sku: str
    external: str
    prices: Mapping[str, str]
    stocks: Mapping[str, str]
    available: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SaleorPicture:
    """A picture (or film) in Saleor. `content`: the SHA-256 of what it holds, where it was uploaded by us."""

    id: str
    alt: str
    url: str
    content: str = ""
    is_image: bool = True

    @property
    def location(self) -> str:
        """What it is known by where no file names it: its address without what may be signed anew each time."""
        return plain_address(self.url)


@dataclass(frozen=True, slots=True)
class SaleorProduct:
    """A product as Saleor has it: for the kernel (`product`), and with what writing it needs.

    `base`: what its source last said, also while it is pending. `print`: what tells whether it changed since.
    `is_foreign`: Knotwise never wrote it. `others`: key → ids of values of our attributes that
    are none of the taxonomy's; they are kept.
    """

    product: ShopProduct
    external: str
    updated_at: str
    print: str
    is_foreign: bool
    type_slug: str
    default_variant: str
    category: Named | None
    state: State
    base: Fields
    digest: str
    listings: Mapping[str, Listing]
    variants: Mapping[str, SaleorVariant]
    pictures: tuple[SaleorPicture, ...]
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.product.public_id

    @property
    def category_id(self) -> str:
        return self.category.id if self.category else ""

    def unlisted_in(self) -> dict[str, bool]:
        """Return the channels in which it has a place, and is in no list → whether it has its page there."""
        return {
            channel: listing.is_shown
            for channel, listing in self.listings.items()
            if not (listing.is_shown and listing.is_listed)
        }

    def picture_places(self) -> dict[str, tuple[str, str]]:
        """Return location → Saleor's id and address, of the pictures that it has."""
        pictures = {picture.id: picture for picture in self.pictures if picture.is_image}
        ours = {picture.id: picture.location for picture in self.state.pictures if picture.id in pictures}
        return {ours.get(id, picture.location): (id, picture.url) for id, picture in pictures.items()}

    @property
    def is_pending(self) -> bool:
        """Whether it was written and not yet read again whole."""
        return self.digest in UNFINISHED

    @property
    def is_made(self) -> bool:
        """Whether it was made and never read again: it has no pictures yet, and nobody sees it."""
        return self.digest == MADE


@dataclass(frozen=True, slots=True)
class SaleorGuide:
    """A guide's page. `bases`: source → what it last said."""

    guide: ShopGuide
    state: State
    bases: Mapping[str, Fields]
    published_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.guide.public_id


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading needs besides an answer. `guides`: page id → slug of all pages that may be referred to."""

    slugs: Slugs
    guides: Mapping[str, str]

    def product(self, node: Node) -> SaleorProduct:
        """Return a product from an answer of the fragment `ProductWhole`."""
        found = read_state(node["state"])
        state = found or State(source=DEFAULT_SOURCE if node["externalReference"] else "")
        digest = node["digest"] or ""
        is_made = digest == MADE
        assigned = {attribute.slug: attribute for attribute in map(assigned_of, node["attributes"])}
        own = self.own_fields(node, assigned, state, is_made=is_made)
        variants = list(self.variants(node, state))
        base = read_base(node["base"])
        product = ShopProduct(
            public_id=node["id"],
            source=state.source if node["externalReference"] else "",
            reference=product_reference(state.source, node["externalReference"]),
            fields=Fields(own=own, variants={variant.key: fields for variant, fields in variants}),
            tags=self.tags(assigned, state, PRODUCT_LISTS),
            links=self.links(assigned, state),
            # Whose reference was taken away is no source's any more.
            base=base if node["externalReference"] else Fields(),
            nameless=frozenset(variant.key for variant, _ in variants if not variant.external),
        )
        return SaleorProduct(
            product=product,
            external=node["externalReference"] or "",
            updated_at=node["updatedAt"],
            print=fingerprint_of(node),
            is_foreign=found is None,
            type_slug=node["productType"]["slug"],
            default_variant=(node["defaultVariant"] or {}).get("id", ""),
            category=named_of(node["category"]) if node["category"] else None,
            state=state,
            base=base,
            digest=digest,
            listings={
                listing["channel"]["slug"]: Listing(
                    listing["isPublished"], is_shown(listing), listing["visibleInListings"]
                )
                for listing in node["channelListings"] or ()
            },
            variants={variant.key: variant for variant, _ in variants},
            pictures=tuple(pictures_in(node["media"])),
            others={key: ids for key in PRODUCT_LISTS.values() if (ids := self.other_values(assigned, key))},
        )

    def own_fields(
        self, node: Node, assigned: Mapping[str, Assigned], state: State, *, is_made: bool
    ) -> dict[str, Any]:
        text = partial(self.text, assigned)

        def field(name: str, key: str, value: Any) -> Any:
            return value if self.slugs[key] in assigned else state.texts.get(name, value)

        category = node["category"] or {}
        own: dict[str, Any] = {
            "name": node["name"],
            "slug": node["slug"],
            "description": plain_markdown(node["description"]),
            "brand": field("brand", model.BRAND, text(model.BRAND)[:LONGEST]),
            "seo_title": node["seoTitle"] or "",
            "seo_description": node["seoDescription"] or "",
            "material": field("material", model.MATERIAL, text(model.MATERIAL)[:LONGEST]),
            "status": status_of(
                any(is_shown(listing) for listing in node["channelListings"] or ()), state, is_made=is_made
            ).value,
            "category": "" if not category or category["id"] == state.category else category["name"],
            "warranty_years": field("warranty_years", model.WARRANTY, number_text(text(model.WARRANTY)) or None),
            "fsa_hsa_eligible": field(
                "fsa_hsa_eligible", model.FSA_HSA, {"yes": True, "no": False}.get(text(model.FSA_HSA))
            ),
            "fsa_hsa_condition": field(
                "fsa_hsa_condition", model.FSA_HSA_CONDITION, text(model.FSA_HSA_CONDITION)[:LONGEST]
            ),
            "cautions": field("cautions", model.CAUTIONS, self.cautions(text(model.CAUTIONS), state)),
            "media": pictures_of(node["media"] or (), state, is_made=is_made),
        }
        for slug, attribute in assigned.items():
            if self.slugs.key_of(slug) is None and (text_value := attribute.text()):
                own[ATTRIBUTE + slug] = text_value
        return own

    def text(self, assigned: Mapping[str, Assigned], key: str) -> str:
        attribute = assigned.get(self.slugs[key])
        return attribute.text() if attribute else ""

    def cautions(self, text: str, state: State) -> list[Any]:
        """Return cautions as they were written or, where somebody changed the text in the dashboard, as it says now."""
        is_ours = " ".join(text.split()) == " ".join(cautions_text(state.cautions).split())
        found: Any = to_json(state.cautions if is_ours else cautions_in(text))
        return list(found)

    def variants(self, node: Node, state: State) -> Iterable[tuple[SaleorVariant, dict[str, Any]]]:
        """Return the variants in their source's order, unless somebody put them into another one in the dashboard."""
        found = list(self.variants_as_answered(node, state))
        skus = [variant.sku for variant, _ in found]
        if skus != sorted(skus):
            return found
        places = {key: place for place, key in enumerate(state.order)}
        return sorted(found, key=lambda pair: places.get(pair[0].key, len(places)))

    def variants_as_answered(self, node: Node, state: State) -> Iterable[tuple[SaleorVariant, dict[str, Any]]]:
        keys = {
            variant_reference(node["externalReference"], variant["externalReference"], variant["sku"])
            for variant in node["variants"] or ()
            if variant["externalReference"]
        }
        for variant_node in node["variants"] or ():
            external, sku = variant_node["externalReference"] or "", variant_node["sku"] or ""
            # One without a SKU is known by its id alone; a file cannot name it.
            key = variant_reference(node["externalReference"], external, sku) or sku or variant_node["id"]
            if not external and key in keys:
                # Its SKU is what another one is known by, since that was renamed.
                key = variant_node["id"]
            variant = SaleorVariant(
                id=variant_node["id"],
                key=key,
                sku=sku or variant_node["id"],
                external=external,
                prices={found["channel"]["slug"]: found["id"] for found in variant_node["channelListings"] or ()},
                stocks={found["warehouse"]["slug"]: found["id"] for found in variant_node["stocks"] or ()},
                available=variant_node["available"],
            )
            yield variant, variant_fields(variant_node, variant.sku, state.names.get(key))

    def tags(self, assigned: Mapping[str, Assigned], state: State, lists: Mapping[str, str]) -> Tags:
        """Return the tags that the attributes have, with who said them. A list that is not as Knotwise left it is a
        pin."""
        found = {}
        for name, key in lists.items():
            attribute = assigned.get(self.slugs[key])
            known: tuple[Tag, ...] = getattr(state.tags, name)
            if attribute is None:
                found[name] = known
                continue
            slugs = self.slugs_in(attribute, key)
            is_ours = set(slugs) == {tag.slug for tag in known}
            found[name] = known if is_ours else tuple(pinned(slug, known) for slug in slugs)
        return state.tags.model_copy(update=found)

    def slugs_in(self, attribute: Assigned, key: str) -> list[str]:
        """Return the taxonomy's slugs among an attribute's values."""
        prefix = f"{key}:"
        references = [str(value["externalReference"] or "") for value in attribute.values]
        return [reference.removeprefix(prefix) for reference in references if reference.startswith(prefix)]

    def other_values(self, assigned: Mapping[str, Assigned], key: str) -> tuple[str, ...]:
        attribute = assigned.get(self.slugs[key])
        values = attribute.values if attribute else ()
        return tuple(v["id"] for v in values if not str(v["externalReference"] or "").startswith(f"{key}:"))

    def links(self, assigned: Mapping[str, Assigned], state: State) -> tuple[GuideLink, ...]:
        """Return the links to guides, with their reasons. One that was set or taken away in the dashboard is a pin; one
        whose guide was deleted is gone without anybody's word."""
        guides = set(self.guides.values())
        known = [link for link in state.links if link.guide in guides]
        found: list[GuideLink] = []
        for role, key in ((LinkRole.PRIMARY, model.GUIDE), (LinkRole.RELATED, model.RELATED_GUIDES)):
            mine = [link for link in known if link.role is role]
            attribute = assigned.get(self.slugs[key])
            slugs = (
                [slug for value in attribute.values if (slug := self.guides.get(value["reference"] or ""))]
                if attribute
                else []
            )
            if attribute is not None and set(slugs) != {link.guide for link in mine}:
                mine = [
                    GuideLink(guide=slug, role=role, origin=Origin.PINNED, reasons=(DASHBOARD,))
                    for slug in dict.fromkeys(slugs)
                ]
            # A guide is linked once: whoever made a related one the primary may have left it among the others.
            found += [link for link in mine if all(link.guide != other.guide for other in found)]
        return tuple(found)

    def guide(self, node: Node, source: str) -> SaleorGuide:
        """Return a guide from an answer of the fragment `PageWhole`; its base is that of `source`."""
        kept = {entry["key"]: entry["value"] for entry in node["privateMetadata"]}
        state = read_state(kept.get(STATE_KEY)) or State()
        bases = read_bases(kept.get(BASE_KEY))
        assigned = {attribute.slug: attribute for attribute in map(assigned_of, node["attributes"])}

        text = partial(self.text, assigned)
        sources_now = text(model.GUIDE_SOURCES)
        sources = state.sources if sources_now == plain_sources(state) else sources_in(sources_now)
        own = {
            "title": node["title"],
            "summary": text(model.GUIDE_SUMMARY),
            "body": plain_markdown(node["content"]),
            "cautions": self.cautions(text(model.GUIDE_CAUTIONS), state),
            "sources": to_json(sources),
            "reviewed_on": text(model.GUIDE_REVIEWED_ON) or None,
            "status": status_of(node["isPublished"], state, is_made=False).value,
        }
        guide = ShopGuide(
            public_id=node["id"],
            slug=node["slug"],
            fields=Fields(own=own),
            tags=self.tags(assigned, state, GUIDE_LISTS),
            base=bases.get(source, Fields()),
        )
        return SaleorGuide(guide, state, bases, moment_of(node["publishedAt"]))


def assigned_of(node: Node) -> Assigned:
    attribute = node["attribute"]
    return Assigned(attribute["slug"], attribute["name"], attribute["inputType"], node["values"])


def plain_sources(state: State) -> str:
    """Return the sources' text as it comes back from Saleor."""
    return normalise(sources_text(state.sources))


def pinned(slug: str, known: Iterable[Tag]) -> Tag:
    """Return a tag that somebody left or set in the dashboard; evidence from text stays with it."""
    before = next((tag for tag in known if tag.slug == slug), None)
    words = tuple(piece for piece in before.evidence if piece.field != PIN) if before else ()
    return Tag(slug=slug, origin=Origin.PINNED, evidence=(*words, Evidence(field=PIN, quote=DASHBOARD)))


def status_of(is_published: bool, state: State, *, is_made: bool) -> Status:
    """Return active where it is shown in any channel. Until it was read again whole, as it was written."""
    if is_made and state.status is not None:
        return state.status
    if is_published:
        return Status.ACTIVE
    return Status.ARCHIVED if state.status is Status.ARCHIVED else Status.DRAFT


def pictures_of(media: Sequence[Node], state: State, *, is_made: bool) -> list[dict[str, Any]]:
    """Return the pictures that it shall have: those that were uploaded and are still there, those that are still to be,
    and those that somebody added in the dashboard, by their address."""
    if is_made:
        return [picture(kept, kept.alt) for kept in state.pictures]
    nodes = {picture_node["id"]: picture_node for picture_node in media}
    found = [
        picture(kept, nodes[kept.id]["alt"] if kept.id else kept.alt)
        for kept in state.pictures
        if not kept.id or kept.id in nodes
    ]
    ours = {kept.id for kept in state.pictures}
    others = [
        picture_node for picture_node in media if picture_node["id"] not in ours and picture_node["type"] == "IMAGE"
    ]
    return found + [
        {"location": plain_address(picture_node["url"]), "alt": picture_node["alt"], "digest": ""}
        for picture_node in others
    ]


def pictures_in(media: Sequence[Node] | None) -> list[SaleorPicture]:
    return [
        SaleorPicture(
            picture_node["id"],
            picture_node["alt"],
            picture_node["url"],
            picture_node["content"] or "",
            picture_node["type"] == "IMAGE",
        )
        for picture_node in media or ()
    ]


def plain_address(url: str) -> str:
    return url.partition("?")[0]


def picture(kept: PictureState, alt: str) -> dict[str, Any]:
    return {"location": kept.location, "alt": alt, "digest": kept.digest}


def variant_fields(node: Node, sku: str, given_name: str | None) -> dict[str, Any]:
    """Return a variant's fields. `given_name`: the name that it was given because its source has none."""
    fields: dict[str, Any] = {
        "sku": sku,
        "name": "" if node["name"] == given_name else (node["name"] or "")[:LONGEST],
        "weight_g": grams(node["weight"]),
        "barcode": barcode if len(barcode := node["barcode"] or "") <= LONGEST_BARCODE else "",
    }
    for attribute in map(assigned_of, node["attributes"]):
        if text := attribute.text():
            fields[OPTION + attribute.name] = text
    for listing in node["channelListings"] or ():
        if listing["price"] is not None:
            slug = listing["channel"]["slug"]
            fields[PRICE + slug] = money_text(listing["price"])
            fields[COMPARE_AT + slug] = money_text(listing["priorPrice"])
    for stock in node["stocks"] or ():
        # Saleor keeps what was sold beyond the stock as a negative one.
        fields[STOCK + stock["warehouse"]["slug"]] = max(0, stock["quantity"])
    return fields
