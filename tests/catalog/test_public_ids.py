"""Public ids in Saleor's form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.catalog.public_ids import decode_public_id, encode_public_id, new_public_id


def test_an_id_is_base64_of_its_type_and_key_as_in_saleor() -> None:
    assert encode_public_id("Product", "72") == "UHJvZHVjdDo3Mg=="
    assert decode_public_id("UHJvZHVjdDo3Mg==") == ("Product", "72")


@given(st.from_regex(r"[A-Z][A-Za-z]{0,20}", fullmatch=True), st.text(min_size=1, max_size=40))
def test_an_id_gives_back_its_type_and_key(type_name: str, key: str) -> None:
    try:
        public_id = encode_public_id(type_name, key)
    except UnicodeEncodeError:
        return
    assert decode_public_id(public_id) == (type_name, key)


def test_new_ids_are_all_different_and_know_their_type() -> None:
    made = [new_public_id("Page") for _ in range(100)]

    assert len(set(made)) == 100
    assert {decode_public_id(public_id)[0] for public_id in made} == {"Page"}


@pytest.mark.parametrize("text", ["", "nonsense", "!", "UHJvZHVjdA==", "Ojcy", "UHJvZHVjdDo=", "/w==", "ünïcode"])
def test_a_text_that_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid ID|ASCII"):
        decode_public_id(text)
