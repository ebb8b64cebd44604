"""Translations in Saleor's dialect. The shop has one language, so that every one is null."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import graphene

from storefront.graphql.scalars import JSONString
from storefront.graphql.types.interfaces import Node

# Saleor's codes, one a line.
LANGUAGES = Path(__file__).parent.parent / "languages.txt"

LanguageCodeEnum = graphene.Enum(
    "LanguageCodeEnum",
    [(code, code) for code in LANGUAGES.read_text().split()],
    description="Languages, with a country where it matters.",
)


class LanguageDisplay(graphene.ObjectType):
    code = graphene.Field(LanguageCodeEnum, required=True)
    language = graphene.String(required=True)


def no_translation(root: Any, info: graphene.ResolveInfo, language_code: Any) -> None:
    return None


def translated(into: Any) -> graphene.Field:
    """Return the field `translation` of a type whose translations are of the type `into`."""
    return graphene.Field(
        into, language_code=graphene.Argument(LanguageCodeEnum, required=True), resolver=no_translation
    )


def translation(of: str, /, **fields: Any) -> type[graphene.ObjectType]:
    """Return the type of a thing's translations."""
    language = graphene.Field(LanguageDisplay, required=True)
    meta = {"interfaces": (Node,)}
    given = {"id": graphene.ID(required=True), "language": language, **fields, "Meta": type("Meta", (), meta)}
    return type(f"{of}Translation", (graphene.ObjectType,), given)


def named() -> graphene.String:
    return graphene.String(required=True)


def described(name: str) -> type[graphene.ObjectType]:
    """Return the type of the translations of what has a name, a description and a page."""
    return translation(
        name,
        seo_title=graphene.String(),
        seo_description=graphene.String(),
        slug=graphene.String(),
        name=graphene.String(),
        description=JSONString(),
    )


ProductTranslation = described("Product")
CategoryTranslation = described("Category")
CollectionTranslation = described("Collection")
PageTranslation = translation(
    "Page",
    seo_title=graphene.String(),
    seo_description=graphene.String(),
    slug=graphene.String(),
    title=graphene.String(),
    content=JSONString(),
)
ProductVariantTranslation = translation("ProductVariant", name=named())
MenuItemTranslation = translation("MenuItem", name=named())
AttributeTranslation = translation("Attribute", name=named())
AttributeValueTranslation = translation(
    "AttributeValue", name=named(), rich_text=JSONString(), plain_text=graphene.String()
)
