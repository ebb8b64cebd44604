"""How the client stands what goes wrong, and what the fake does then. Only against the fake."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from storefront.saleor.client.errors import AnswerLost, RequestFailed, SaleorRefused, SaleorUnreachable
from storefront.saleor.client.transport import Saleor
from storefront.saleor.read import queries
from storefront.saleor.schema import documents
from storefront.saleor.schema.documents import Call, document_of
from tests.saleor import dashboard
from tests.saleor.fake import FakeSaleor, Fault, Kind
from tests.saleor.world import World

UPDATE = documents.PRODUCT_UPDATE


@pytest.fixture
def quick(fake: FakeSaleor) -> Iterator[Saleor]:
    """A client that gives up soon."""
    with Saleor(fake.url, "token", patience_s=0.3) as client:
        yield client


def name_of(fake: FakeSaleor, gid: str) -> str:
    return str(fake.shop.node(gid).name)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Kind.STATUS, "shop", status=429),
        Fault(Kind.STATUS, "shop", status=502, times=2),
        Fault(Kind.STATUS_AFTER, "shop", status=504),
        Fault(Kind.DROPPED, "shop"),
        Fault(Kind.DROPPED_AFTER, "shop"),
    ],
    ids=lambda fault: f"{fault.kind.name}-{fault.status}",
)
def test_a_query_is_asked_again_until_it_is_answered(fake: FakeSaleor, saleor: Saleor, fault: Fault) -> None:
    times = fault.times
    fake.faults.add(fault)

    found = saleor.ask("{ shop { schemaVersion } }")

    assert found["shop"]["schemaVersion"] == "3.23"
    assert len(fake.seen) == times + 1


def test_a_saleor_that_never_answers_is_unreachable(fake: FakeSaleor, quick: Saleor) -> None:
    fake.faults.add(Fault(Kind.STATUS, times=100))

    with pytest.raises(SaleorUnreachable):
        quick.ask("{ shop { schemaVersion } }")


def test_a_stopped_saleor_is_unreachable() -> None:
    with FakeSaleor() as stopped:
        url = stopped.url

    with Saleor(url, "token", patience_s=0.2) as saleor, pytest.raises(SaleorUnreachable):
        saleor.ask("{ shop { schemaVersion } }")


@pytest.mark.parametrize("kind", [Kind.STATUS_AFTER, Kind.DROPPED_AFTER])
def test_of_a_write_whose_answer_is_lost_nobody_knows(fake: FakeSaleor, fake_world: World, kind: Kind) -> None:
    gid = fake_world.a_product()
    fake.faults.add(Fault(kind, UPDATE.field))

    with pytest.raises(AnswerLost):
        fake_world.attempt(UPDATE, id=gid, input={"name": "Written"})

    assert name_of(fake, gid) == "Written"
    assert fake.fields_asked().count(UPDATE.field) == 1


@pytest.mark.parametrize("kind", [Kind.STATUS, Kind.DROPPED])
def test_a_write_that_never_arrived_is_not_repeated_either(fake: FakeSaleor, fake_world: World, kind: Kind) -> None:
    gid = fake_world.a_product()
    fake.faults.add(Fault(kind, UPDATE.field))

    with pytest.raises(AnswerLost):
        fake_world.attempt(UPDATE, id=gid, input={"name": "Written"})

    assert name_of(fake, gid) == "Ball"


def test_a_write_that_was_turned_away_is_repeated(fake: FakeSaleor, fake_world: World) -> None:
    gid = fake_world.a_product()
    fake.faults.add(Fault(Kind.STATUS, UPDATE.field, status=429))

    fake_world.do(UPDATE, id=gid, input={"name": "Written"})

    assert name_of(fake, gid) == "Written"
    assert fake.fields_asked().count(UPDATE.field) == 2


def test_a_write_that_ran_into_a_deadlock_is_repeated(fake: FakeSaleor, fake_world: World) -> None:
    given = fake_world.product_input()
    fake.faults.add(Fault(Kind.DEADLOCK, "productBulkCreate"))

    payload = fake_world.create(given)

    assert payload["results"][0]["errors"] == []
    assert [product.slug for product in fake.shop.products] == [given["slug"]]


def test_a_write_that_lost_a_race_is_not_repeated(fake: FakeSaleor, fake_world: World) -> None:
    given = fake_world.product_input()
    fake.faults.add(Fault(Kind.RACE, "productBulkCreate"))

    with pytest.raises(RequestFailed) as failed:
        fake_world.create(given)

    assert failed.value.has_code("IntegrityError")
    assert len(fake.shop.products) == 0
    assert fake.fields_asked().count("productBulkCreate") == 1


def test_a_slow_answer_to_a_write_is_lost(fake: FakeSaleor, saleor: Saleor) -> None:
    world = World(saleor)
    gid = world.a_product()
    fake.faults.add(Fault(Kind.SLOW, UPDATE.field, seconds=1.0))
    saleor.http.timeout = httpx.Timeout(0.3)

    with pytest.raises(AnswerLost):
        world.attempt(UPDATE, id=gid, input={"name": "Written"})

    assert becomes(lambda: name_of(fake, gid), "Written")


def becomes(look: Callable[[], str], wanted: str, within_s: float = 10.0) -> bool:
    """Whether it is so, soon: nobody waits for a write whose answer is lost."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if look() == wanted:
            return True
        time.sleep(0.02)
    return False


def test_a_bulk_that_is_half_done_says_so_at_the_top_and_in_its_rows(fake: FakeSaleor, fake_world: World) -> None:
    given = [fake_world.product_input() for _ in range(3)]
    fake.faults.add(Fault(Kind.HALF_DONE, "productBulkCreate"))
    with_codes = documents.Mutation(
        "productBulkCreate",
        documents.PRODUCT_BULK_CREATE.arguments,
        "results { product { id } errors { code } } errors { message }",
    )

    answer = fake_world.send(with_codes, products=given, errorPolicy="REJECT_FAILED_ROWS")

    assert len(answer.faults) == 1
    assert [bool(row["product"]) for row in answer.data["m0"]["results"]] == [True, True, False]
    assert [product.slug for product in fake.shop.products] == [entry["slug"] for entry in given[:2]]


def test_a_picture_that_is_lost_was_answered_as_made(fake: FakeSaleor, fake_world: World) -> None:
    gid = fake_world.a_product()
    fake.faults.add(Fault(Kind.MEDIA_LOST))

    payload = fake_world.do(
        documents.MEDIA_CREATE, input={"product": gid, "mediaUrl": "https://example.com/a.png", "alt": ""}
    )

    assert payload["media"]["id"]
    assert fake_world.read(gid)[0]["media"] == []


def test_a_fault_waits_for_its_turn(fake: FakeSaleor, fake_world: World) -> None:
    gid = fake_world.a_product()
    fake.faults.add(Fault(Kind.DROPPED_AFTER, UPDATE.field, skip=1))

    fake_world.do(UPDATE, id=gid, input={"name": "One"})
    with pytest.raises(AnswerLost):
        fake_world.do(UPDATE, id=gid, input={"name": "Two"})
    fake_world.do(UPDATE, id=gid, input={"name": "Three"})

    assert name_of(fake, gid) == "Three"


# Tokens and addresses ------------------------------------------------------------------------------------------------


def test_a_wrong_token_is_refused(fake: FakeSaleor) -> None:
    with Saleor(fake.url, "wrong") as saleor, pytest.raises(SaleorRefused):
        saleor.ask(documents.SHOP)


@pytest.mark.parametrize("token", ["", "two\nlines"])
def test_a_token_that_cannot_be_sent_is_refused_at_once_and_not_shown(fake: FakeSaleor, token: str) -> None:
    with Saleor(fake.url, token) as saleor, pytest.raises(SaleorRefused) as refused:
        saleor.ask(documents.SHOP)

    assert "lines" not in str(refused.value)


def test_an_address_without_a_scheme_is_refused_at_once() -> None:
    with Saleor("shop.example/graphql/", "token") as saleor, pytest.raises(SaleorRefused):
        saleor.ask(documents.SHOP)


def test_a_token_with_fewer_permissions_is_refused_what_it_may_not(fake: FakeSaleor) -> None:
    fake.add_app("weak", ["MANAGE_PAGES"])

    with Saleor(fake.url, "weak") as saleor:
        found = saleor.ask(documents.IDENTITY)
        assert [row["code"] for row in found["app"]["permissions"]] == ["MANAGE_PAGES"]
        with pytest.raises(SaleorRefused, match="MANAGE_PRODUCTS"):
            World(saleor).attempt(documents.CATEGORY_CREATE, input={"name": "x"})

    assert [row.slug for row in fake.shop.categories] == ["default-category"]


def test_an_address_without_its_slash_is_refused(fake: FakeSaleor) -> None:
    with Saleor(fake.url.rstrip("/"), "token") as saleor, pytest.raises(SaleorRefused):
        saleor.ask(documents.SHOP)


def test_a_request_that_is_too_large_is_not_sent(fake: FakeSaleor, saleor: Saleor) -> None:
    with pytest.raises(RequestFailed) as failed:
        saleor.ask("{ shop { name } }", {"pad": "x" * 2_700_000})

    assert failed.value.status == 413
    assert fake.seen == []


# What tests do to the fake -------------------------------------------------------------------------------------------


def test_an_order_is_seen(fake: FakeSaleor, fake_world: World) -> None:
    variant = fake_world.variant_input(**fake_world.sold())
    gid = fake_world.a_product(**fake_world.listed(), variants=[variant])
    since = datetime.now(UTC)

    fake.place_order(variant["sku"], 2)

    [id] = [one["id"] for one in fake_world.read(gid)[0]["variants"]]
    assert queries.allocated_units(fake_world.saleor, [gid]) == {id: 2}
    assert queries.ordered_units(fake_world.saleor, since) == {id: 2}


def test_customers_see_what_is_published_and_has_a_price(fake: FakeSaleor, fake_world: World) -> None:
    sold = fake_world.a_product(**fake_world.listed(), variants=[fake_world.variant_input(**fake_world.sold())])
    hidden = fake_world.a_product(
        **fake_world.listed(isPublished=False), variants=[fake_world.variant_input(**fake_world.sold())]
    )
    unpriced = fake_world.a_product(**fake_world.listed())

    with Saleor(fake.url, "nobody") as customer:
        found = [
            customer.ask(dashboard.PRODUCT_PUBLIC, {"id": gid, "channel": "default-channel"})["product"]
            for gid in (sold, hidden, unpriced)
        ]

    assert [product and product["id"] for product in found] == [sold, None, None]


def test_two_writers_at_once_write_one_after_the_other(fake: FakeSaleor, fake_world: World) -> None:
    gid = fake_world.a_product()
    calls = [Call(documents.PRIVATE_METADATA, {"id": gid, "input": [{"key": f"k{n}", "value": "1"}]}) for n in range(4)]

    fake_world.saleor.send(*document_of(calls), may_repeat=False)

    assert sorted(fake.shop.node(gid).private_metadata) == ["k0", "k1", "k2", "k3"]


def test_what_the_fake_does_not_model_is_a_bug_of_the_test(fake: FakeSaleor) -> None:
    with Saleor(fake.url, "token", patience_s=0.1) as saleor, pytest.raises(SaleorUnreachable):
        saleor.ask("{ shop { phonePrefixes } }")

    assert [str(bug) for bug in fake.bugs] == ["The fake does not model Shop.phonePrefixes"] * len(fake.bugs)
    fake.bugs.clear()
