"""Channels, the shop itself and its customer in Saleor's dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene

from storefront.catalog.models import Channel as ChannelRow
from storefront.checkout.countries import countries, country_name
from storefront.checkout.models import DeliveryMethod, ShopIdentity
from storefront.graphql.lookups import WithName, is_id_of, require_one
from storefront.graphql.types.interfaces import Node, ObjectWithMetadata
from storefront.graphql.types.media import no_picture
from storefront.graphql.types.translations import LanguageCodeEnum, LanguageDisplay


class CountryDisplay(graphene.ObjectType):
    code = graphene.String(required=True)
    country = graphene.String(required=True)


def countries_of(channels: Sequence[int]) -> list[list[str]]:
    """Return the codes of the countries that each channel delivers to."""
    found: dict[int, set[str]] = {}
    methods = DeliveryMethod.objects.filter(channel__in=channels, is_active=True)
    for channel, codes in methods.values_list("channel_id", "countries"):
        found.setdefault(channel, set()).update(code.upper() for code in codes or countries())
    return [sorted(found.get(channel, ())) for channel in channels]


def displayed(codes: Sequence[str]) -> list[dict[str, str]]:
    return [{"code": code, "country": country_name(code)} for code in codes]


class Channel(WithName, graphene.ObjectType):
    """Where something is sold, in which currency."""

    is_active = graphene.Boolean(required=True)
    currency_code = graphene.String(required=True, source="currency")
    countries = graphene.List(graphene.NonNull(CountryDisplay), description="Where it delivers to, if known.")

    class Meta:
        interfaces = (Node, ObjectWithMetadata)

    @staticmethod
    def resolve_countries(root: ChannelRow, info: graphene.ResolveInfo) -> list[dict[str, str]]:
        return displayed(info.context.ask(countries_of, root.pk) or ())


class Domain(graphene.ObjectType):
    host = graphene.String(required=True)
    ssl_enabled = graphene.Boolean(required=True)
    url = graphene.String(required=True)


class Shop(graphene.ObjectType):
    """The shop itself."""

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    description = graphene.String()
    domain = graphene.Field(Domain, required=True)
    channel_currencies = graphene.List(graphene.NonNull(graphene.String), required=True)
    countries = graphene.List(
        graphene.NonNull(CountryDisplay), required=True, description="All countries, whether delivered to or not."
    )
    languages = graphene.List(graphene.NonNull(LanguageDisplay), required=True)

    class Meta:
        interfaces = (ObjectWithMetadata,)

    @staticmethod
    def resolve_id(root: Any, info: graphene.ResolveInfo) -> str:
        return "U2hvcDox"

    @staticmethod
    def resolve_name(root: Any, info: graphene.ResolveInfo) -> str:
        # Until it is loaded the name is not shown to anybody.
        return info.context.ask(shop_names, "name") or ""

    @staticmethod
    def resolve_domain(root: Any, info: graphene.ResolveInfo) -> dict[str, Any]:
        request = info.context.request
        return {
            "host": request.get_host(),
            "ssl_enabled": request.is_secure(),
            "url": request.build_absolute_uri("/"),
        }

    @staticmethod
    def resolve_channel_currencies(root: Any, info: graphene.ResolveInfo) -> list[str]:
        return sorted({channel.currency for channel in info.context.channels})

    @staticmethod
    def resolve_countries(root: Any, info: graphene.ResolveInfo) -> list[dict[str, str]]:
        return displayed(sorted(countries()))

    @staticmethod
    def resolve_languages(root: Any, info: graphene.ResolveInfo) -> list[dict[str, str]]:
        return [{"code": "EN", "language": "English"}]


def shop_names(questions: Sequence[str]) -> list[str]:
    identity = ShopIdentity.objects.first() or ShopIdentity()
    return [identity.name for _ in questions]


class Address(graphene.ObjectType):
    id = graphene.ID(required=True)
    first_name = graphene.String(required=True)
    last_name = graphene.String(required=True)
    company_name = graphene.String(required=True)
    street_address1 = graphene.String(required=True, name="streetAddress1")
    street_address2 = graphene.String(required=True, name="streetAddress2")
    city = graphene.String(required=True)
    city_area = graphene.String(required=True)
    postal_code = graphene.String(required=True)
    country = graphene.Field(CountryDisplay, required=True)
    country_area = graphene.String(required=True)
    phone = graphene.String()
    is_default_shipping_address = graphene.Boolean()
    is_default_billing_address = graphene.Boolean()

    class Meta:
        interfaces = (Node, ObjectWithMetadata)


class User(graphene.ObjectType):
    """A customer with an account. This shop has no accounts."""

    id = graphene.ID(required=True)
    email = graphene.String(required=True)
    first_name = graphene.String(required=True)
    last_name = graphene.String(required=True)
    is_staff = graphene.Boolean(required=True)
    is_active = graphene.Boolean(required=True)
    is_confirmed = graphene.Boolean(required=True)
    addresses = graphene.List(graphene.NonNull(Address), required=True)
    avatar = no_picture()
    language_code = graphene.Field(LanguageCodeEnum, required=True)
    default_shipping_address = graphene.Field(Address)
    default_billing_address = graphene.Field(Address)
    external_reference = graphene.String()
    last_login = graphene.DateTime()
    date_joined = graphene.DateTime(required=True)
    updated_at = graphene.DateTime(required=True)

    class Meta:
        interfaces = (Node, ObjectWithMetadata)


class ShopQueries:
    channel = graphene.Field(Channel, id=graphene.ID(), slug=graphene.String())
    channels = graphene.List(graphene.NonNull(Channel), description="The active channels, by slug.")
    shop = graphene.Field(Shop, required=True)
    me = graphene.Field(User, description="Null: nobody can sign in.")

    @staticmethod
    def resolve_channel(
        root: None, info: graphene.ResolveInfo, id: str | None = None, slug: str | None = None
    ) -> ChannelRow | None:
        require_one({"id": id, "slug": slug})
        if id is not None and not is_id_of("Channel", id):
            return None
        rows: list[ChannelRow] = info.context.channels
        return next((row for row in rows if slug == row.slug or id == row.public_id), None)

    @staticmethod
    def resolve_channels(root: None, info: graphene.ResolveInfo) -> list[ChannelRow]:
        return list(info.context.channels)

    @staticmethod
    def resolve_shop(root: None, info: graphene.ResolveInfo) -> dict[str, Any]:
        return {}

    @staticmethod
    def resolve_me(root: None, info: graphene.ResolveInfo) -> None:
        return None
