"""Writes `schema.graphql`: as much of a running Saleor's schema as is asked for here.

    SALEOR_API_URL=https://…/graphql/ SALEOR_TOKEN=… python -m tests.saleor.introspect

Kept are the fields of queries and mutations that a document of ours or of the tests names, all of what their inputs
take, and of the types that they select every field whose type is a scalar, an enum, or kept anyway.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLSchema,
    InlineFragmentNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    parse,
    print_schema,
    visit,
)

from storefront.saleor.client.transport import Saleor
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, Mutation, document_of
from tests.saleor import dashboard

SCHEMA: Final = Path(__file__).with_name("schema.graphql")
LEAVES: Final = ("SCALAR", "ENUM")

NOTICE: Final = """\
# Part of the GraphQL schema of Saleor {version} (https://github.com/saleor/saleor), as a running one tells it,
# written by tests/saleor/introspect.py; do not edit. Derived from Saleor, which is under this licence:
#
# BSD 3-Clause License
#
# Copyright (c) 2020-2023, Saleor Commerce
# Copyright (c) 2010-2020, Mirumee Software
# All rights reserved.
#
# Redistribution and use in source and binary forms, with or without
# modification, are permitted provided that the following conditions are met:
#
# * Redistributions of source code must retain the above copyright notice, this
#   list of conditions and the following disclaimer.
#
# * Redistributions in binary form must reproduce the above copyright notice,
#   this list of conditions and the following disclaimer in the documentation
#   and/or other materials provided with the distribution.
#
# * Neither the name of the copyright holder nor the names of its
#   contributors may be used to endorse or promote products derived from
#   this software without specific prior written permission.
#
# THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
# AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
# IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
# DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
# FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
# DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
# SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
# CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
# OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
# OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.

"""

JsonObject = dict[str, Any]


OURS: Final = list(vars(documents).values())
QUERIES: Final = (
    *(value for value in OURS if isinstance(value, str) and value.startswith("\nquery ")),
    documents.outlines_by_reference(2),
    documents.available_in(2),
)
MUTATIONS: Final = tuple(value for value in OURS if isinstance(value, Mutation))


def all_documents() -> Iterator[str]:
    """Every document that is sent to Saleor, one mutation in each."""
    yield from QUERIES
    yield from dashboard.QUERIES
    for mutation in (*MUTATIONS, *dashboard.MUTATIONS):
        yield document_with_all(mutation)


def document_with_all(mutation: Mutation) -> str:
    """The document of a mutation that is given all of its arguments."""
    return document_of([Call(mutation, dict.fromkeys(mutation.arguments))])[0]


@dataclass(slots=True)
class Use:
    """What documents name: types, their fields, and the arguments that they give."""

    types: set[str] = field(default_factory=set)
    fields: dict[tuple[str, str], set[str]] = field(default_factory=dict)


class Finder(Visitor):
    """Notes what a document names."""

    def __init__(self, info: TypeInfo, use: Use) -> None:
        super().__init__()
        self.info = info
        self.use = use

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent = self.info.get_parent_type()
        if parent is None or node.name.value.startswith("__"):
            return
        self.use.types.add(parent.name)
        found = self.info.get_type()
        if found is None:
            raise LookupError(f"{parent.name} has no field {node.name.value}")
        self.use.types.add(get_named_type(found).name)
        given = {argument.name.value for argument in node.arguments}
        self.use.fields.setdefault((parent.name, node.name.value), set()).update(given)

    def enter_inline_fragment(self, node: InlineFragmentNode, *_: Any) -> None:
        if node.type_condition is not None:
            self.use.types.add(node.type_condition.name.value)


def used_by(schema: GraphQLSchema, texts: Iterable[str]) -> Use:
    use = Use()
    for text in texts:
        info = TypeInfo(schema)
        visit(parse(text), TypeInfoVisitor(info, Finder(info, use)))
    return use


def named(type_ref: Mapping[str, Any]) -> Mapping[str, Any]:
    while type_ref.get("ofType"):
        type_ref = type_ref["ofType"]
    return type_ref


def is_required(argument: Mapping[str, Any]) -> bool:
    return bool(argument["type"]["kind"] == "NON_NULL" and argument["defaultValue"] is None)


def pruned(introspection: Mapping[str, Any], use: Use) -> JsonObject:
    """The introspection's answer with what is not used left out."""
    schema = introspection["__schema"]
    types = {found["name"]: found for found in schema["types"] if not found["name"].startswith("__")}
    roots = {(schema[name] or {}).get("name") for name in ("queryType", "mutationType")}
    kept: dict[str, JsonObject] = {}

    def keep_input(name: str) -> None:
        if name in kept:
            return
        kept[name] = found = {**types[name]}
        for part in found["inputFields"] or ():
            keep_input(named(part["type"])["name"])

    def keep_field(owner: str, found: Mapping[str, Any]) -> JsonObject | None:
        given = use.fields.get((owner, found["name"]))
        target = named(found["type"])
        if given is None and (owner in roots or not (target["kind"] in LEAVES or target["name"] in use.types)):
            return None
        arguments = []
        for argument in found["args"]:
            kind = named(argument["type"])["kind"]
            if argument["name"] in (given or ()) or is_required(argument) or kind == "SCALAR":
                arguments.append(argument)
                keep_input(named(argument["type"])["name"])
        if target["kind"] in LEAVES:
            keep_input(target["name"])
        return {**found, "args": arguments, "isDeprecated": False, "deprecationReason": None}

    for name in sorted(use.types):
        found = types[name]
        if found["kind"] in ("OBJECT", "INTERFACE"):
            fields = [part for part in (keep_field(name, part) for part in found["fields"]) if part]
            above = [part for part in found["interfaces"] or () if part["name"] in use.types]
            below = [part for part in found["possibleTypes"] or () if part["name"] in use.types]
            kept[name] = {**found, "fields": fields, "interfaces": above, "possibleTypes": below}
        elif found["kind"] == "UNION":
            below = [part for part in found["possibleTypes"] if part["name"] in use.types]
            kept[name] = {**found, "possibleTypes": below}
        else:
            keep_input(name)
    for found in kept.values():
        for value in found.get("enumValues") or ():
            value.update(isDeprecated=False, deprecationReason=None)
    return {
        "__schema": {
            **schema,
            "types": [kept[name] for name in sorted(kept)],
            "subscriptionType": None,
            "directives": [],
        }
    }


def fetch_pruned(saleor: Saleor) -> str:
    """The pruned schema of a running Saleor, with its notice."""
    introspection: Any = saleor.ask(get_introspection_query(descriptions=False))
    version = saleor.ask("{ shop { version } }")["shop"]["version"]
    whole = build_client_schema(introspection, assume_valid=True)
    part: Any = pruned(introspection, used_by(whole, all_documents()))
    found = build_client_schema(part, assume_valid=True)
    return NOTICE.format(version=version) + print_schema(found) + "\n"


def main() -> None:
    with Saleor(os.environ["SALEOR_API_URL"], os.environ["SALEOR_TOKEN"]) as saleor:
        text = fetch_pruned(saleor)
    SCHEMA.write_text(text, encoding="utf-8")
    sys.stderr.write(f"{SCHEMA} has {text.count(chr(10))} lines\n")


if __name__ == "__main__":
    main()
