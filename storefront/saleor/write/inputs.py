"""The kernel's writes → Saleor's inputs: what is made, and of what is there only what changes.

Nothing is asked here. What an input names has to be in the shop before: values and categories by `choices.py`, guides
by their pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from storefront.catalog.fields import ATTRIBUTE, OPTION, PRICE, Fields, with_prefix
from storefront.catalog.records import Caution, GuideLink, LinkRole, Status, Tags
from storefront.catalog.writer import BaseWrite, ProductWrite
from storefront.catalog.writer.bases import joined, without
from storefront.saleor.client.errors import CannotWrite
from storefront.saleor.read.answers import PRODUCT_LISTS, SaleorProduct
from storefront.saleor.read.shop import Attribute, Shop
from storefront.saleor.read.values import cautions_text, rich_text
from storefront.saleor.schema import documents, model
from storefront.saleor.schema.documents import Call
from storefront.saleor.schema.model import value_reference
from storefront.saleor.schema.references import product_external
from storefront.saleor.schema.state import MADE, PENDING, PictureState, State, metadata, pending
from storefront.saleor.write.attribute_inputs import attribute_input
from storefront.saleor.write.variant_inputs import channel, new_variant, variant_calls

_TEXTS = {
    "brand": model.BRAND,
    "material": model.MATERIAL,
    "warranty_years": model.WARRANTY,
    "fsa_hsa_eligible": model.FSA_HSA,
    "fsa_hsa_condition": model.FSA_HSA_CONDITION,
    "cautions": model.CAUTIONS,
}


@dataclass(frozen=True, slots=True)
class Writer:
    """What writing needs besides the writes. `pages`: slug → page id of what products may refer to."""

    shop: Shop
    pages: Mapping[str, str]

    # Products --------------------------------------------------------------------------------------------------------

    def created(self, write: ProductWrite, slug: str) -> dict[str, Any]:
        """Return the input that makes a product. It is pending, and not published before it was read again whole.

        Raise `CannotWrite`.
        """
        own, shop = write.fields.own, self.shop
        product_type = shop.own_product_type()
        external = product_external(write.source, write.reference)
        state = self.state_after(write, None)
        channels = [channel(shop, name) for name in self.channels_of(write.fields)]
        given: dict[str, Any] = {
            "name": own.get("name") or "",
            "slug": slug,
            "externalReference": external,
            "productType": product_type.id,
            "attributes": self.attribute_inputs(write, None, product_type.attributes),
            "channelListings": [
                {"channelId": sold_in.id, "isPublished": False, "isAvailableForPurchase": False} for sold_in in channels
            ],
            "variants": [
                new_variant(shop, external, reference, fields, state)
                for reference, fields in write.fields.variants.items()
            ],
            "privateMetadata": metadata(state, base_after(Fields(), write.base).model_dump_json(), MADE),
        }
        if own.get("description"):
            given["description"] = rich_text(own["description"])
        if seo := seo_input(own):
            given["seo"] = seo
        if category := self.category_id(write, state):
            given["category"] = category
        return given

    def updated(self, write: ProductWrite, existing: SaleorProduct) -> list[Call]:
        """Return the mutations that change a product to what is wanted; none where nothing of Saleor's own changes.

        The first of them says that it is pending. Raise `CannotWrite`.
        """
        own = write.fields.own
        product: dict[str, Any] = {}
        for name in ("name", "slug"):
            if own.get(name):
                product[name] = own[name]
        if "description" in own:
            product["description"] = rich_text(own["description"] or "")
        if seo := seo_input(own):
            product["seo"] = seo
        state = self.state_after(write, existing)
        category = self.category_id(write, state)
        if category not in (None, existing.category_id) and ("category" in own or write.tags is not None):
            product["category"] = category
        if attributes := self.attribute_inputs(write, existing, self.type_attributes(existing)):
            product["attributes"] = attributes
        external = product_external(write.source, write.reference) if write.reference else existing.external
        if write.is_released:
            external = ""
        if external != existing.external:
            product["externalReference"] = external or None
        calls = [*self.listing_calls(write, existing), *variant_calls(self.shop, write, existing, external, state)]
        # With the attributes what stands for them is written: else tags that nobody would have said look like pins.
        note = pending(existing.state, state, MADE if existing.is_made else PENDING)
        if product:
            change = {"id": existing.id, "input": {"privateMetadata": note} | product}
            return [Call(documents.PRODUCT_UPDATE, change), *calls]
        if calls:
            return [Call(documents.PRIVATE_METADATA, {"id": existing.id, "input": note}), *calls]
        return []

    def final_note(
        self,
        write: ProductWrite,
        existing: SaleorProduct,
        pictures: Iterable[PictureState] | None = None,
        *,
        only_source: bool = False,
    ) -> Call:
        """Return the mutation that ends a write: what Knotwise knows of the product from now on.

        `existing`: as it was before; `pictures`: those that it has by now, where they were written; `only_source`: the
        product is as its source says already, and only what the source says is kept.
        """
        if write.is_released and not only_source:
            keys = [documents.STATE_KEY, documents.BASE_KEY, documents.DIGEST_KEY]
            return Call(documents.DELETE_PRIVATE_METADATA, {"id": existing.id, "keys": keys})
        state = self.current(existing) if only_source else self.state_after(write, existing)
        if pictures is not None:
            state = state.model_copy(update={"pictures": tuple(pictures)})
        former_digest = existing.digest if only_source else ""
        digest = write.base.digest if write.base else former_digest
        base = base_after(existing.base, write.base).model_dump_json()
        return Call(documents.PRIVATE_METADATA, {"id": existing.id, "input": metadata(state, base, digest)})

    def current(self, existing: SaleorProduct) -> State:
        """Return what Knotwise knows of a product, with the pins that were set in the dashboard."""
        return existing.state.model_copy(update={"tags": existing.product.tags, "links": existing.product.links})

    def state_after(self, write: ProductWrite, existing: SaleorProduct | None) -> State:
        own = write.fields.own
        before = self.current(existing) if existing else State()
        change: dict[str, Any] = {"source": write.source if write.reference else before.source}
        if "status" in own or existing is None:
            change["status"] = Status(own.get("status") or Status.ACTIVE)
        if "cautions" in own:
            change["cautions"] = cautions_of(own["cautions"])
        if "media" in own:
            change["pictures"] = pictures_after(before.pictures, own["media"] or ())
        if existing is not None and (texts := self.without_attribute(own, self.type_attributes(existing))):
            change["texts"] = before.texts | texts
        if write.tags is not None:
            change["tags"] = write.tags
        if write.links is not None:
            change["links"] = write.links
        if self.is_category_ours(write, existing):
            tags = write.tags if write.tags is not None else before.tags
            change["category"] = self.category_by_type(tags)
        else:
            change["category"] = ""
        names = dict(before.names)
        for reference, fields in write.fields.variants.items():
            if fields.get("name"):
                names.pop(reference, None)
            elif "sku" in fields or "name" in fields:
                names[reference] = given_name(fields)
        change["names"] = names
        order = dict.fromkeys([*(existing.product.fields.variants if existing else ()), *write.fields.variants])
        change["order"] = tuple(key for key in order if key not in write.gone_variants)
        return before.model_copy(update=change)

    def is_category_ours(self, write: ProductWrite, existing: SaleorProduct | None) -> bool:
        """Return whether the category is to follow the tool type: nobody named one."""
        if "category" in write.fields.own:
            return not write.fields.own["category"]
        if existing is None or existing.category is None:
            return True
        # One that is neither as it was chosen nor as it is chosen now was set in the dashboard.
        tags = write.tags if write.tags is not None else existing.product.tags
        return bool(existing.state.category) and existing.category_id in (
            existing.state.category,
            self.category_by_type(tags),
        )

    def category_by_type(self, tags: Tags) -> str:
        slug = tags.tool_types[0].slug if tags.tool_types else "other"
        found = self.shop.category_by_type(slug)
        return found.id if found else ""

    def category_id(self, write: ProductWrite, after: State) -> str | None:
        if name := write.fields.own.get("category"):
            found = self.shop.category_named(str(name))
            if found is None:
                raise CannotWrite(f'Saleor has no category "{name}".', "category")
            return found.id
        return after.category or None

    def without_attribute(self, own: Mapping[str, Any], has: frozenset[str]) -> dict[str, Any]:
        """Return the fields that a product's type has no attribute for."""
        return {name: own[name] for name, key in _TEXTS.items() if name in own and self.shop.slugs[key] not in has}

    def type_attributes(self, existing: SaleorProduct) -> frozenset[str]:
        found = self.shop.product_types.get(existing.type_slug)
        return found.attributes if found else frozenset()

    def attribute_inputs(
        self, write: ProductWrite, existing: SaleorProduct | None, has: frozenset[str]
    ) -> list[dict[str, Any]]:
        """Return the inputs of the attributes to write; `has`: those that the product's type has."""
        own = write.fields.own
        found: list[dict[str, Any]] = []
        for name, key in _TEXTS.items():
            if name in own and self.shop.slugs[key] in has and (existing or own[name] not in (None, "", [])):
                found.append(attribute_input(self.shop.own(key), own_text(name, own[name]), name))
        for slug, value in with_prefix(own, ATTRIBUTE).items():
            if existing is None and not value:
                continue
            attribute = self.shop.attributes.get(slug)
            if attribute is None or slug not in has:
                raise CannotWrite(f'Its product type has no attribute "{slug}".', ATTRIBUTE + slug)
            found.append(attribute_input(attribute, str(value or ""), ATTRIBUTE + slug))
        if write.tags is not None:
            found += self.tag_inputs(write.tags, existing, has)
        if write.links is not None:
            found += self.link_inputs(write.links, existing, has)
        return found

    def tag_inputs(self, tags: Tags, existing: SaleorProduct | None, has: frozenset[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for name, key in PRODUCT_LISTS.items():
            slugs = [tag.slug for tag in getattr(tags, name)]
            before = [tag.slug for tag in getattr(existing.product.tags, name)] if existing else []
            if set(slugs) == set(before) or self.shop.slugs[key] not in has:
                continue
            attribute = self.shop.own(key)
            values = [*self.choices(attribute, key, slugs), *({"id": id} for id in self.others(existing, key))]
            if key == model.TOOL_TYPE:
                chosen: Any = values[0] if values else None
                found.append({"id": attribute.id, "dropdown": chosen})
            else:
                found.append({"id": attribute.id, "multiselect": values})
        return found

    def others(self, existing: SaleorProduct | None, key: str) -> tuple[str, ...]:
        """Return the shop's own values that stay beside ours; a tool type replaces them."""
        return existing.others.get(key, ()) if existing and key != model.TOOL_TYPE else ()

    def choices(self, attribute: Attribute, key: str, slugs: Iterable[str]) -> list[dict[str, str]]:
        found = []
        for slug in slugs:
            choice = attribute.by_reference.get(value_reference(key, slug))
            if choice is None:
                # Left out, the list would look like one that somebody changed in the dashboard.
                message = f'The attribute "{attribute.slug}" has no value "{slug}". Run: storefront saleor setup'
                raise CannotWrite(message, key.replace("-", "_"))
            found.append({"id": choice.id})
        return found

    def link_inputs(
        self, links: Iterable[GuideLink], existing: SaleorProduct | None, has: frozenset[str]
    ) -> list[dict[str, Any]]:
        found = []
        for role, key, field in (
            (LinkRole.PRIMARY, model.GUIDE, "reference"),
            (LinkRole.RELATED, model.RELATED_GUIDES, "references"),
        ):
            wanted = [link.guide for link in links if link.role is role]
            before = [link.guide for link in existing.product.links if link.role is role] if existing else []
            if wanted == before or self.shop.slugs[key] not in has:
                continue
            ids = [self.pages[slug] for slug in wanted if slug in self.pages]
            value: Any = ids if role is LinkRole.RELATED else (ids[0] if ids else None)
            found.append({"id": self.shop.own(key).id, field: value})
        return found

    # Channels -------------------------------------------------------------------------------------------

    def channels_of(self, fields: Fields) -> list[str]:
        """Return the channels in which any of the variants gets a price."""
        found: dict[str, None] = {}
        for variant in fields.variants.values():
            found |= {slug: None for slug, amount in with_prefix(variant, PRICE).items() if amount is not None}
        return list(found)

    def listing_calls(self, write: ProductWrite, existing: SaleorProduct) -> list[Call]:
        """Return the mutations that list a product where it is to be sold and is not yet, and that show or hide it."""
        own = write.fields.own
        shown = {slug: listing.is_published for slug, listing in existing.listings.items()}
        new = [slug for slug in self.channels_of(write.fields) if slug not in shown]
        if "status" in own:
            is_shown = own["status"] == Status.ACTIVE.value
            changed = [slug for slug, was in shown.items() if was != is_shown]
        else:
            is_shown = existing.product.fields.own.get("status") == Status.ACTIVE.value
            changed = []
        # What was just made is shown once it was read again whole.
        is_shown = is_shown and not existing.is_made
        updates = [publication(channel(self.shop, slug).id, is_shown=is_shown) for slug in (*new, *changed)]
        call = self.listing_update(existing.id, updates)
        return [call] if call else []

    def published(self, id: str, channels: Iterable[str]) -> Call | None:
        """Return the mutation that shows a product in these channels. It also has Saleor compute what the product sells
        for: after bulk mutations alone that is never updated (`minimalPrice`, seen on 3.23.28)."""
        return self.listing_update(id, [publication(channel(self.shop, slug).id, is_shown=True) for slug in channels])

    def repriced(self, id: str, channels: Iterable[str]) -> Call | None:
        """Return the mutation that has Saleor recompute what a product sells for in channels in which it is shown.

        Whether it is listed there and may be bought stays as somebody chose it.
        """
        return self.listing_update(
            id, [{"channelId": channel(self.shop, slug).id, "isPublished": True} for slug in channels]
        )

    def listing_update(self, id: str, updates: list[dict[str, Any]]) -> Call | None:
        if not updates:
            return None
        return Call(documents.PRODUCT_LISTING_UPDATE, {"id": id, "input": {"updateChannels": updates}})


def publication(channel: str, *, is_shown: bool) -> dict[str, Any]:
    """Return a channel's part of a listing. Hidden is no longer published nor sold; it keeps its prices."""
    return {
        "channelId": channel,
        "isPublished": is_shown,
        "isAvailableForPurchase": is_shown,
        "visibleInListings": is_shown,
    }


def seo_input(own: Mapping[str, Any]) -> dict[str, str]:
    names = {"seo_title": "title", "seo_description": "description"}
    return {theirs: own[ours] or "" for ours, theirs in names.items() if ours in own}


def own_text(name: str, value: Any) -> str:
    """Return an own field's value as the text of its attribute."""
    if name == "fsa_hsa_eligible":
        return "" if value is None else "yes" if value else "no"
    if name == "cautions":
        return cautions_text(cautions_of(value))
    return "" if value is None else str(value)


def cautions_of(value: Any) -> tuple[Caution, ...]:
    return tuple(Caution.model_validate(caution) for caution in value or ())


def given_name(fields: Mapping[str, Any]) -> str:
    """Return a variant's name where its source gives none: its options, else its SKU, as Saleor does itself."""
    options = [str(value) for value in with_prefix(fields, OPTION).values() if value]
    return " / ".join(options) or str(fields.get("sku") or "")


def base_after(before: Fields, write: BaseWrite | None) -> Fields:
    """Return what a source has said, after this write."""
    return before if write is None else without(joined(before, write.fields), write.dropped)


def pictures_after(before: Iterable[PictureState], wanted: Iterable[Mapping[str, Any]]) -> tuple[PictureState, ...]:
    """Return the pictures that a product shall have; one that was uploaded and still holds the same keeps its id."""
    known = {(picture.location, picture.digest): picture for picture in before}
    new = [
        PictureState(location=picture["location"], alt=picture["alt"], digest=picture["digest"]) for picture in wanted
    ]
    return tuple(
        picture.model_copy(update={"id": same.id, "content": same.content})
        if (same := known.get((picture.location, picture.digest)))
        else picture
        for picture in new
    )
