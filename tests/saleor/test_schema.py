"""The pruned schema: all that is asked is in it, and it is what a real Saleor has."""

from __future__ import annotations

import pytest
from graphql import build_schema, parse, validate

from storefront.saleor.client.transport import Saleor
from tests.saleor.conftest import Real
from tests.saleor.fake.execution import SCHEMA, load_schema
from tests.saleor.introspect import all_documents, fetch_pruned

DOCUMENTS = list(all_documents())


@pytest.mark.parametrize("document", DOCUMENTS, ids=[" ".join(document.split())[:60] for document in DOCUMENTS])
def test_a_document_is_valid(document: str) -> None:
    assert validate(load_schema(), parse(document)) == []


def test_the_pruned_schema_stays_small_and_tells_whose_it_is() -> None:
    text = SCHEMA.read_text(encoding="utf-8")

    build_schema(text)
    assert text.count("\n") < 5000
    assert "Copyright (c) 2020-2023, Saleor Commerce" in text
    assert "BSD 3-Clause License" in text


def test_the_pruned_schema_is_what_a_real_saleor_has(real: Real | None) -> None:
    if real is None:
        pytest.skip("SALEOR_API_URL and SALEOR_TOKEN are not set")
    with Saleor(real.url, real.token) as saleor:
        found = fetch_pruned(saleor)

    assert found.splitlines()[1:] == SCHEMA.read_text(encoding="utf-8").splitlines()[1:]
