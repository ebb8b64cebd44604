"""Runs: a plan applied in batches that may come twice, at once, late or never."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog_import.actions.make_plan import new_run
from catalog_import.actions.write_batch import apply_batch
from catalog_import.models import ImportBatch, ImportItem, ImportRun
from catalog_import.planning.plan import Action
from catalog_import.runs import lifecycle
from catalog_import.runs.lifecycle import InvalidRunState, Progress, RunInProgress, enqueue_ready, progress_of
from catalog_import.targets.store import StoreTarget
from storefront.catalog.models import (
    CatalogVersion,
    Channel,
    Page,
    Product,
    ProductTag,
    ProductVariant,
    Term,
    VariantPrice,
)
from storefront.catalog.public_ids import new_public_id
from storefront.catalog.records import DEFAULT_CHANNEL, Origin, ProductRecord
from tests.builders import (
    a_guide,
    a_price,
    a_product,
    a_stored_picture,
    a_variant,
    a_write,
    plan_in_shop,
    read_rows,
    sell,
    shop_product,
    start_run,
    store_plan,
)
from tests.catalog_import.running import Nudges, do_all, outcomes, run_to_its_end

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shop")]


def some_products(count: int) -> list[ProductRecord]:
    return [a_product(name=f"Ball {n}", variants=(a_variant(sku=f"B-{n}"),)) for n in range(count)]


def applied(count: int) -> Progress:
    return Progress(total=count, applied=count, outdated=0, failed=0, status="done")


def message_of(run: ImportRun, reference: str) -> str:
    return ImportItem.objects.get(run=run, reference=reference).message


# --- the ordinary way ---------------------------------------------------------------------------------------


def test_starting_a_run_writes_nothing_to_the_catalogue() -> None:
    run = start_run(plan_in_shop(a_product(), guides=[a_guide()]))

    assert run.status == ImportRun.Status.RUNNING
    assert (Product.objects.count(), Page.objects.count()) == (0, 0)
    assert progress_of(run.pk) == Progress(total=2, applied=0, outdated=0, failed=0, status="running")


def test_a_run_makes_what_its_plan_says() -> None:
    progress = run_to_its_end(plan_in_shop(a_product(name="Cork Ball"), guides=[a_guide()]))

    assert progress == applied(2)
    assert list(Product.objects.values_list("name", "reference")) == [("Cork Ball", "R-1")]
    assert list(Page.objects.values_list("title", flat=True)) == ["Calm feet"]
    assert ImportRun.objects.get().status == ImportRun.Status.DONE


def test_a_run_without_items_has_ended_at_once() -> None:
    run = start_run(plan_in_shop())

    run.refresh_from_db()
    assert run.status == ImportRun.Status.DONE
    assert run.finished_at is not None


def test_products_are_not_taken_before_all_guides_are_done() -> None:
    run = start_run(plan_in_shop(a_product(guide="calm-feet"), guides=[a_guide()]))

    assert apply_batch(run.pk, 1, Nudges()) is False
    assert Product.objects.count() == 0

    nudges = Nudges()
    assert apply_batch(run.pk, 0, nudges) is True
    assert nudges.sent == [(run.pk, 1)]
    assert apply_batch(run.pk, 1, nudges) is True
    assert Product.objects.get().guide_links.get().page.slug == "calm-feet"


def test_many_products_are_written_in_several_batches() -> None:
    plan = plan_in_shop(*some_products(StoreTarget.batch_size + 1))

    run = start_run(plan)

    assert list(ImportBatch.objects.order_by("number").values_list("number", "kind")) == [
        (0, "product"),
        (1, "product"),
    ]
    nudges = Nudges()
    enqueue_ready(run.pk, nudges)
    assert nudges.sent == [(run.pk, 0), (run.pk, 1)]
    nudges.deliver_all()
    assert progress_of(run.pk) == applied(StoreTarget.batch_size + 1)
    assert Product.objects.count() == StoreTarget.batch_size + 1


def test_importing_the_same_records_twice_leaves_nothing_to_do() -> None:
    records = [a_product(brand="Quill", target_areas=("feet",), variants=(a_variant(stock={"default-warehouse": 4}),))]
    run_to_its_end(plan_in_shop(*records, guides=[a_guide()]))

    again = plan_in_shop(*records, guides=[a_guide()])

    assert again.to_apply() == []
    assert [item.action for item in again.items] == [Action.UNCHANGED, Action.UNCHANGED]


def test_importing_the_same_file_twice_leaves_nothing_to_do(tmp_path: Path) -> None:
    rows: Sequence[dict[str, str]] = [
        {"sku": "A", "product": "ball", "name": "Ball", "price": "5.00", "option: Size": "S", "stock": "0"},
        {"sku": "B", "product": "ball", "price": "6.10", "compare_at_price": "7", "option: Size": "L", "weight_g": "9"},
        {"sku": "C", "name": "Cane", "price": "8", "warranty_years": "1.50", "fsa_hsa_eligible": "no"},
        {"sku": "D", "name": "Gun", "price": "80", "cautions": "stop: pain", "attribute: Speeds": "6", "category": "X"},
    ]
    products, problems = read_rows(tmp_path, *rows)
    run_to_its_end(plan_in_shop(*products))

    again = plan_in_shop(*products)

    assert problems == []
    assert [(item.action, item.changes, item.variant_changes) for item in again.items] == [
        (Action.UNCHANGED, {}, {})
    ] * 3
    assert again.to_apply() == []


# --- twice, at once, never ----------------------------------------------------------------------------------


def test_a_batch_that_comes_twice_writes_once() -> None:
    run = start_run(plan_in_shop(a_product()))
    assert apply_batch(run.pk, 0, Nudges()) is True
    version = CatalogVersion.objects.get().number

    assert apply_batch(run.pk, 0, Nudges()) is False

    assert CatalogVersion.objects.get().number == version
    assert Product.objects.count() == 1


@contextmanager
def another_worker_at(batch: ImportBatch) -> Iterator[None]:
    """Another connection holds the batch's row, as a worker does that writes it, and dies without a word."""
    holds, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                ImportBatch.objects.select_for_update().get(pk=batch.pk)
                holds.set()
                let_go.wait(30)
                transaction.set_rollback(True)
        finally:
            connection.close()

    worker = threading.Thread(target=hold)
    worker.start()
    assert holds.wait(30)
    try:
        yield
    finally:
        let_go.set()
        worker.join()


def test_a_batch_that_another_worker_holds_is_left_alone() -> None:
    run = start_run(plan_in_shop(a_product()))

    with another_worker_at(run.batches.get()):
        assert apply_batch(run.pk, 0, Nudges()) is False

    assert Product.objects.count() == 0


def test_a_batch_whose_worker_died_is_taken_over_at_once() -> None:
    run = start_run(plan_in_shop(a_product()))
    with another_worker_at(run.batches.get()):
        pass

    assert apply_batch(run.pk, 0, Nudges()) is True
    assert progress_of(run.pk) == applied(1)


def test_a_worker_that_starts_goes_on_with_what_was_left() -> None:
    run, nudges = start_run(plan_in_shop(a_product())), Nudges()

    lifecycle.resume_unfinished(nudges, stalled_s=0)
    nudges.deliver_all()

    assert progress_of(run.pk) == applied(1)


def test_a_batch_of_products_sends_no_messages_about_the_others() -> None:
    run, nudges = start_run(plan_in_shop(*some_products(2 * StoreTarget.batch_size + 1))), Nudges()

    apply_batch(run.pk, 0, nudges)

    assert nudges.sent == []


def test_a_fault_of_ours_in_one_item_ends_neither_the_others_nor_the_run() -> None:
    run = start_run(plan_in_shop(*some_products(2)))
    item = ImportItem.objects.get(reference="B-0")
    item.plan = item.plan | {"changes": "no changes at all"}
    item.save()

    apply_batch(run.pk, 0, Nudges())

    assert outcomes(run) == {"B-0": "failed", "B-1": "applied"}
    assert "unexpected error" in message_of(run, "B-0")
    assert progress_of(run.pk).is_finished


def test_a_pin_that_was_set_after_the_plan_is_kept_and_told() -> None:
    run_to_its_end(plan_in_shop(a_product(description="For the neck.")))
    plan = plan_in_shop(a_product(description="For the feet."))
    ProductTag.objects.filter(vocabulary="area").update(origin=Origin.PINNED)

    progress = run_to_its_end(plan)

    assert (progress.applied, progress.outdated) == (0, 1)
    assert list(ProductTag.objects.filter(vocabulary="area").values_list("term__slug", "origin")) == [
        ("neck", "pinned")
    ]


def test_a_batch_that_was_written_but_not_marked_changes_nothing_when_it_runs_again() -> None:
    run = start_run(plan_in_shop(a_product(), a_product(name="Cane", variants=(a_variant(sku="C"),))))
    apply_batch(run.pk, 0, Nudges())
    before = list(Product.objects.order_by("id").values_list("public_id", "slug", "name"))
    ImportRun.objects.update(status=ImportRun.Status.RUNNING)
    ImportBatch.objects.update(state=ImportBatch.State.PENDING)

    assert apply_batch(run.pk, 0, Nudges()) is True

    assert list(Product.objects.order_by("id").values_list("public_id", "slug", "name")) == before
    assert set(outcomes(run).values()) == {"applied"}


def test_a_lost_nudge_does_no_harm_because_it_can_be_sent_again() -> None:
    run = start_run(plan_in_shop(a_product(), guides=[a_guide()]))
    apply_batch(run.pk, 0, lambda run_id, number: None)

    nudges = Nudges()
    enqueue_ready(run.pk, nudges)

    assert nudges.sent == [(run.pk, 1)]


def stop_after(polls: int) -> Callable[[Progress], None]:
    left = [polls]

    def on_progress(progress: Progress) -> None:
        left[0] -= 1
        assert left[0] > 0, f"The run does not end: {progress}"

    return on_progress


def test_waiting_for_a_run_ends_with_it() -> None:
    run = start_run(plan_in_shop(a_product()))

    progress = lifecycle.wait_for_run(
        run.pk, lambda run_id, number: apply_batch(run_id, number, Nudges()), stop_after(5)
    )

    assert progress == applied(1)


def test_a_run_whose_worker_died_right_after_its_last_write_is_ended_by_whoever_waits() -> None:
    run = start_run(plan_in_shop(a_product()))
    apply_batch(run.pk, 0, Nudges())
    # As it is left by a worker that was killed between its commit and the next statement.
    ImportRun.objects.update(status=ImportRun.Status.RUNNING, finished_at=None)

    progress = lifecycle.wait_for_run(run.pk, Nudges(), stop_after(5))

    assert progress == applied(1)


# --- one run at a time --------------------------------------------------------------------------------------


def test_a_second_run_is_refused_while_one_is_writing() -> None:
    first = start_run(plan_in_shop(a_product()), started_by="ada")

    with pytest.raises(RunInProgress) as refusal:
        start_run(plan_in_shop(a_product(name="Other")))

    assert refusal.value.run == first
    assert str(refusal.value).startswith(f"Import {first.pk} by ada has been writing since ")
    assert ImportRun.objects.count() == 1
    assert ImportItem.objects.count() == 1


def test_the_next_run_may_start_once_the_first_has_ended() -> None:
    run_to_its_end(plan_in_shop(a_product()))

    assert run_to_its_end(plan_in_shop(a_product(brand="Quill"))) == applied(1)
    assert Product.objects.get().brand == "Quill"


# --- what changed meanwhile, and what is bad ----------------------------------------------------------------


def test_an_item_that_changed_meanwhile_is_left_alone_and_listed() -> None:
    run_to_its_end(plan_in_shop(*some_products(2)))
    run = start_run(plan_in_shop(*[record.model_copy(update={"name": "New"}) for record in some_products(2)]))
    Product.objects.filter(reference="B-0").update(name="Edited meanwhile")

    apply_batch(run.pk, 0, Nudges())

    assert outcomes(run) == {"B-0": "outdated", "B-1": "applied"}
    assert dict(Product.objects.values_list("reference", "name")) == {"B-0": "Edited meanwhile", "B-1": "New"}
    assert message_of(run, "B-0") == "name changed in the shop since the plan was made. Plan again to see it."
    run.refresh_from_db()
    assert run.status == ImportRun.Status.PARTLY


def test_a_sale_does_not_outdate_a_plan_that_does_not_write_stock() -> None:
    record = a_product(variants=(a_variant(stock={"default-warehouse": 5}),))
    run_to_its_end(plan_in_shop(record))
    run = start_run(plan_in_shop(record.model_copy(update={"name": "New"})))
    ProductVariant.objects.get().stocks.update(quantity=4)

    apply_batch(run.pk, 0, Nudges())

    assert outcomes(run) == {"R-1": "applied"}
    assert ProductVariant.objects.get().stocks.get().quantity == 4


def test_a_price_that_changed_meanwhile_outdates_its_product() -> None:
    run_to_its_end(plan_in_shop(a_product()))
    dearer = a_product(variants=(a_variant(prices={DEFAULT_CHANNEL: a_price("25")}),))
    run = start_run(plan_in_shop(dearer))
    VariantPrice.objects.update(amount="21")

    apply_batch(run.pk, 0, Nudges())

    assert outcomes(run) == {"R-1": "outdated"}
    assert message_of(run, "R-1") == (
        f"R-1: price: {DEFAULT_CHANNEL} changed in the shop since the plan was made. Plan again to see it."
    )
    assert str(VariantPrice.objects.get().amount) == "21.000"


def test_a_product_that_was_deleted_meanwhile_is_not_made_again() -> None:
    run_to_its_end(plan_in_shop(a_product()))
    run = start_run(plan_in_shop(a_product(brand="Quill")))
    Product.objects.all().delete()

    apply_batch(run.pk, 0, Nudges())

    assert outcomes(run) == {"R-1": "outdated"}
    assert Product.objects.count() == 0


def test_one_bad_item_does_not_stop_its_batch() -> None:
    run = start_run(plan_in_shop(*some_products(3)))
    # Meanwhile somebody sells the second SKU under another product.
    sell(a_product(reference="theirs", variants=(a_variant(sku="B-1"),)), source="acme")

    apply_batch(run.pk, 0, Nudges())

    assert outcomes(run) == {"B-0": "applied", "B-1": "failed", "B-2": "applied"}
    assert set(Product.objects.values_list("reference", flat=True)) == {"B-0", "B-2", "theirs"}
    run.refresh_from_db()
    assert run.status == ImportRun.Status.PARTLY


def test_a_channel_that_went_meanwhile_fails_its_items_and_the_run_ends() -> None:
    Channel.objects.create(public_id=new_public_id("Channel"), slug="eu", name="EU", currency="EUR")
    both = {"eu": a_price(currency="EUR"), DEFAULT_CHANNEL: a_price()}
    run = start_run(
        plan_in_shop(
            a_product(variants=(a_variant(prices=both),)), a_product(name="Cane", variants=(a_variant(sku="C"),))
        )
    )
    Channel.objects.filter(slug="eu").delete()

    apply_batch(run.pk, 0, Nudges())

    assert outcomes(run) == {"R-1": "failed", "C": "applied"}


# --- who wins, through the database -------------------------------------------------------------------------


def test_an_edit_in_the_shop_is_kept_as_a_conflict() -> None:
    run_to_its_end(plan_in_shop(a_product(brand="Quill")))
    Product.objects.update(brand="Edited")

    plan = plan_in_shop(a_product(brand="Quill & Co", material="Cork"))
    progress = run_to_its_end(plan)

    assert [conflict.field for conflict in plan.items[0].conflicts] == ["brand"]
    assert progress == applied(1)
    assert Product.objects.values_list("brand", "material").get() == ("Edited", "Cork")
    assert [conflict.field for conflict in plan_in_shop(a_product(brand="Quill & Co")).items[0].conflicts] == ["brand"]


def test_overwriting_settles_a_conflict_for_good() -> None:
    run_to_its_end(plan_in_shop(a_product(brand="Quill")))
    Product.objects.update(brand="Edited")

    run_to_its_end(plan_in_shop(a_product(brand="Q"), overwrite=["brand"]))

    assert Product.objects.get().brand == "Q"
    assert plan_in_shop(a_product(brand="Q")).to_apply() == []


def test_a_product_made_in_the_shop_is_adopted_and_gets_its_reference() -> None:
    made = sell(a_product(name="By hand", variants=(a_variant(sku="H-1"),)))
    Product.objects.update(source="", reference="")
    ProductVariant.objects.update(reference="")

    progress = run_to_its_end(
        plan_in_shop(a_product(reference="hand", name="By file", variants=(a_variant(sku="H-1"),)))
    )

    assert progress == applied(1)
    found = Product.objects.get()
    assert (found.pk, found.source, found.reference, found.name) == (made.pk, "main", "hand", "By file")
    assert ProductVariant.objects.values_list("sku", "reference").get() == ("H-1", "H-1")


def test_a_variant_made_in_the_shop_is_adopted_and_gets_its_own_reference() -> None:
    sell(a_product(name="By hand", variants=(a_variant(sku="H-1"),)))
    Product.objects.update(source="", reference="")
    ProductVariant.objects.update(reference="")

    progress = run_to_its_end(
        plan_in_shop(a_product(reference="hand", variants=(a_variant(sku="H-1", reference="V-1"),)))
    )

    assert progress == applied(1)
    assert ProductVariant.objects.values_list("sku", "reference").get() == ("H-1", "V-1")


def test_a_stock_feed_changes_the_stock_of_known_skus_alone() -> None:
    run_to_its_end(plan_in_shop(a_product(brand="Quill", variants=(a_variant(stock={"default-warehouse": 5}),))))
    feed = ProductRecord(reference="R-1", variants=(a_variant(prices={}, stock={"default-warehouse": 9}),))

    assert run_to_its_end(plan_in_shop(feed)) == applied(1)

    found = shop_product()
    assert found.fields.variants["R-1"]["stock: default-warehouse"] == 9
    assert (found.fields.own["name"], found.fields.own["brand"]) == ("Cork Ball", "Quill")
    assert found.fields.variants["R-1"][f"price: {DEFAULT_CHANNEL}"] == "19.9"


def test_two_sources_do_not_collide() -> None:
    ours = a_product(reference="ball", variants=(a_variant(sku="A"),))
    theirs = a_product(reference="ball", name="Their Ball", variants=(a_variant(sku="B"),))
    run_to_its_end(plan_in_shop(ours))

    run_to_its_end(plan_in_shop(theirs, source="acme"))

    assert set(Product.objects.values_list("source", "name")) == {("main", "Cork Ball"), ("acme", "Their Ball")}
    assert plan_in_shop(ours).to_apply() == []
    assert plan_in_shop(theirs, source="acme").to_apply() == []


def test_pictures_of_a_run_are_those_that_were_stored() -> None:
    stored = a_stored_picture("a")
    record = a_product(
        media=({"location": "a.png", "alt": "A ball", "digest": stored.digest}, {"location": "gone.png"})
    )
    run = start_run(plan_in_shop(record), pictures={stored.digest: stored})

    apply_batch(run.pk, 0, Nudges())

    assert list(
        Product.objects.get().media.values_list("location", "alt", "picture__file", "picture__width", "state")
    ) == [("a.png", "A ball", "pictures/a.png", 4, "stored")]


def test_the_base_follows_when_the_file_only_confirms_the_shop() -> None:
    run_to_its_end(plan_in_shop(a_product(brand="Quill")))
    Product.objects.update(brand="Quill & Co")

    plan = plan_in_shop(a_product(brand="Quill & Co"))
    run_to_its_end(plan)

    assert plan.items[0].action is Action.UNCHANGED
    assert shop_product().base.own["brand"] == "Quill & Co"
    assert plan_in_shop(a_product(brand="Quill & Co")).to_apply() == []


def test_what_a_write_says_and_what_is_read_back_are_one() -> None:
    record = a_product(brand="Quill", seo_title="A ball", warranty_years="2.50", attributes={"Speeds": "6"})
    run_to_its_end(plan_in_shop(record))

    said = a_write(record).fields
    found = shop_product().fields
    assert {name: found.own[name] for name in said.own} == said.own
    assert {name: found.variants["R-1"][name] for name in said.variants["R-1"]} == said.variants["R-1"]


def test_a_pin_that_was_made_meanwhile_is_not_replaced_by_a_plan_that_only_renews_evidence() -> None:
    run_to_its_end(plan_in_shop(a_product(description="For the feet.")))
    run = start_run(plan_in_shop(a_product(description="It is good for the feet.")))
    assert "target_areas" not in ImportItem.objects.get(run=run).plan["changes"]
    neck = Term.objects.get(vocabulary="area", slug="neck")
    ProductTag.objects.filter(vocabulary="area").update(term=neck, origin=Origin.PINNED)

    apply_batch(run.pk, 0, Nudges())

    assert outcomes(run) == {"R-1": "outdated"}
    assert ProductTag.objects.get(vocabulary="area").term.slug == "neck"


class Aside:
    """Somebody else's transaction: `first`, a pause, `then`."""

    def __init__(self, first: Callable[[], object], then: Callable[[], object] = lambda: None) -> None:
        self.holds = threading.Event()
        self.error: Exception | None = None

        def work() -> None:
            try:
                with transaction.atomic():
                    first()
                    self.holds.set()
                    time.sleep(0.4)
                    then()
            except Exception as error:  # noqa: BLE001 - it is looked at below
                self.error = error
            finally:
                connection.close()

        self.thread = threading.Thread(target=work)
        self.thread.start()
        assert self.holds.wait(10)

    def join(self) -> None:
        self.thread.join(10)
        assert self.error is None


def test_a_guide_that_is_edited_while_it_is_written_keeps_the_edit() -> None:
    run_to_its_end(plan_in_shop(guides=[a_guide()]))
    run = start_run(plan_in_shop(guides=[a_guide(summary="From the file")]))
    hand = Aside(lambda: Page.objects.update(title="By hand"))

    do_all(run)

    hand.join()
    assert Page.objects.values_list("title", "summary").get() == ("By hand", "From the file")


def test_the_catalogues_version_is_not_held_while_all_or_nothing_waits_for_a_product() -> None:
    run_to_its_end(plan_in_shop(a_product()))
    run = start_run(plan_in_shop(a_product(description="New."), guides=[a_guide()]), is_all_or_nothing=True)
    hand = Aside(lambda: Product.objects.update(brand="Hand"), CatalogVersion.bump)

    progress = do_all(run)

    hand.join()
    assert progress == applied(2)
    assert Product.objects.get().brand == "Hand"


def test_a_lock_that_is_waited_for_too_long_is_no_item_s_fault() -> None:
    run_to_its_end(plan_in_shop(a_product()))
    run = start_run(plan_in_shop(a_product(name="New")))
    hand = Aside(lambda: Product.objects.update(brand="Hand"))
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    try:
        progress = do_all(run)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")

    hand.join()
    assert progress == applied(1)


def test_a_run_that_could_not_begin_remembers_that_it_is_all_or_nothing() -> None:
    start_run(plan_in_shop(a_product()))
    waiting = new_run("main", files=[])
    store_plan(waiting, plan_in_shop(a_product(name="Cane", variants=(a_variant(sku="C"),))).in_order())

    with pytest.raises(RunInProgress):
        lifecycle.begin(waiting, is_all_or_nothing=True)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.is_all_or_nothing) == ("planned", True)


def test_what_kept_an_item_back_says_nothing_of_the_next_time() -> None:
    run_to_its_end(plan_in_shop(a_product()))
    run = start_run(plan_in_shop(a_product(name="New")), is_all_or_nothing=True)
    ImportItem.objects.filter(run=run).update(outcome="outdated", message="as an earlier try left it")
    lifecycle.cancel(run.pk)

    lifecycle.begin(run)

    assert do_all(run) == applied(1)


def test_without_workers_messages_do_not_pile_up() -> None:
    start_run(plan_in_shop(a_product()))
    ImportRun.objects.update(progressed_at=timezone.now() - timedelta(seconds=60))
    nudges = Nudges()

    for _ in range(5):
        lifecycle.resume_unfinished(nudges)

    assert len(nudges.sent) == 1


def test_the_sweep_does_not_wait_for_a_batch_of_a_run_that_is_being_cancelled() -> None:
    run = start_run(plan_in_shop(a_product()))
    ImportRun.objects.update(status=ImportRun.Status.CANCELLING)

    with another_worker_at(run.batches.get()):
        lifecycle.resume_unfinished(Nudges())
        assert ImportRun.objects.get().status == "cancelling"

    lifecycle.resume_unfinished(Nudges())
    assert ImportRun.objects.get().status == "cancelled"


# --- all or nothing -----------------------------------------------------------------------------------------


def test_all_or_nothing_writes_everything_where_nothing_changed_meanwhile() -> None:
    run = start_run(
        plan_in_shop(*some_products(StoreTarget.batch_size + 1), guides=[a_guide()]), is_all_or_nothing=True
    )

    assert do_all(run) == applied(StoreTarget.batch_size + 2)


def test_all_or_nothing_writes_nothing_where_one_item_changed_meanwhile() -> None:
    run_to_its_end(plan_in_shop(*some_products(2)))
    version = CatalogVersion.objects.get().number
    changed = [record.model_copy(update={"name": "New"}) for record in some_products(2)]
    run = start_run(plan_in_shop(*changed, guides=[a_guide()]), is_all_or_nothing=True)
    Product.objects.filter(reference="B-0").update(name="Edited meanwhile")

    progress = do_all(run)

    assert (progress.status, progress.applied) == ("refused", 0)
    assert dict(Product.objects.values_list("reference", "name")) == {"B-0": "Edited meanwhile", "B-1": "Ball 1"}
    assert Page.objects.count() == 0
    assert CatalogVersion.objects.get().number == version
    assert message_of(run, "B-0") == "name changed in the shop since the plan was made. Plan again to see it."
    assert run.message == "Nothing was written: 1 items could not be applied as planned."
    # The shop is free for the next one.
    assert run_to_its_end(plan_in_shop(a_product())).applied == 1


def test_a_run_that_is_all_or_nothing_is_done_by_one_worker_alone() -> None:
    run = start_run(plan_in_shop(a_product()), is_all_or_nothing=True)

    with another_worker_at(run.batches.get()):
        assert apply_batch(run.pk, 0, Nudges()) is False

    assert apply_batch(run.pk, 0, Nudges()) is True
    assert Product.objects.count() == 1


# --- cancelling and going on --------------------------------------------------------------------------------


def test_a_cancelled_run_keeps_what_was_written_and_begins_no_other_batch() -> None:
    run = start_run(plan_in_shop(*some_products(StoreTarget.batch_size + 1)))
    apply_batch(run.pk, 0, Nudges())

    lifecycle.cancel(run.pk, who="ada")

    assert apply_batch(run.pk, 1, Nudges()) is False
    run.refresh_from_db()
    assert (run.status, run.message) == ("cancelled", "Cancelled by ada.")
    assert Product.objects.count() == StoreTarget.batch_size
    assert lifecycle.running_run() is None


def test_a_cancelled_run_can_be_gone_on_with() -> None:
    run = start_run(plan_in_shop(*some_products(StoreTarget.batch_size + 1)))
    apply_batch(run.pk, 0, Nudges())
    lifecycle.cancel(run.pk)

    lifecycle.begin(run)

    assert do_all(run) == applied(StoreTarget.batch_size + 1)


def test_cancelling_waits_for_the_batch_that_is_being_written() -> None:
    run = start_run(plan_in_shop(a_product()))
    ended = threading.Event()

    def cancel() -> None:
        lifecycle.cancel(run.pk)
        lifecycle.wait_for_cancelling(run.pk, Nudges(), lambda progress: None)
        ended.set()
        connection.close()

    with another_worker_at(run.batches.get()):
        canceller = threading.Thread(target=cancel)
        canceller.start()
        assert not ended.wait(0.3)
        assert lifecycle.running_run() == run
    canceller.join(10)

    assert ended.is_set()
    assert ImportRun.objects.get().status == "cancelled"


def test_who_cancels_does_not_wait_for_ever_for_a_worker_that_is_away() -> None:
    run = start_run(plan_in_shop(a_product()))
    told: list[lifecycle.Progress] = []

    with another_worker_at(run.batches.get()):
        lifecycle.cancel(run.pk)
        progress = lifecycle.wait_for_cancelling(run.pk, Nudges(), told.append, patience_s=0.5)

    assert (progress.is_finished, bool(told)) == (False, True)
    assert lifecycle.wait_for_cancelling(run.pk, Nudges(), told.append).is_finished


def test_a_cancelling_that_was_interrupted_is_finished_by_the_sweep() -> None:
    start_run(plan_in_shop(a_product()))
    ImportRun.objects.update(status=ImportRun.Status.CANCELLING)

    lifecycle.resume_unfinished(Nudges())

    assert ImportRun.objects.get().status == "cancelled"


@pytest.mark.parametrize("status", ["planned", "done", "cancelled"])
def test_only_a_run_that_is_writing_can_be_cancelled(status: str) -> None:
    run = start_run(plan_in_shop(a_product()))
    ImportRun.objects.update(status=status)

    with pytest.raises(InvalidRunState, match=f"Import {run.pk} is {status}; there is nothing to cancel"):
        lifecycle.cancel(run.pk)

    assert ImportRun.objects.get().status == status


def test_a_plan_is_applied_once() -> None:
    run = start_run(plan_in_shop(a_product()))
    do_all(run)

    with pytest.raises(InvalidRunState, match="is done; only an unapplied plan can be applied"):
        lifecycle.begin(run)


def test_the_sweep_leaves_a_run_alone_that_is_getting_on() -> None:
    start_run(plan_in_shop(a_product()))
    nudges = Nudges()

    lifecycle.resume_unfinished(nudges)

    assert nudges.sent == []


def test_the_sweep_goes_on_with_a_run_that_stands_still() -> None:
    run = start_run(plan_in_shop(a_product()))
    ImportRun.objects.update(progressed_at=timezone.now() - timedelta(seconds=lifecycle.STALLED_S + 1))
    nudges = Nudges()

    lifecycle.resume_unfinished(nudges)

    assert nudges.sent == [(run.pk, 0)]


def test_plans_that_nobody_applied_go_after_a_week() -> None:
    old, young = (new_run("main", files=[]) for _ in range(2))
    ImportRun.objects.update(status=ImportRun.Status.PLANNED)
    ImportRun.objects.filter(pk=old.pk).update(created_at=timezone.now() - lifecycle.PLAN_KEPT - timedelta(minutes=1))

    lifecycle.tidy(timezone.now())

    assert list(ImportRun.objects.all()) == [young]


def test_what_an_import_left_unchanged_goes_first_and_what_it_wrote_can_be_undone_for_long() -> None:
    run_to_its_end(plan_in_shop(a_product()))
    second = start_run(plan_in_shop(a_product(), a_product(name="Cane", variants=(a_variant(sku="C"),))))
    do_all(second)

    def kept(after: timedelta) -> list[str]:
        lifecycle.tidy(timezone.now() + after)
        return list(ImportItem.objects.filter(run=second).values_list("reference", flat=True))

    assert kept(timedelta()) == ["R-1", "C"]
    assert kept(lifecycle.UNCHANGED_KEPT + timedelta(minutes=1)) == ["C"]
    assert kept(lifecycle.UNDO_KEPT - timedelta(minutes=1)) == ["C"]
    assert kept(lifecycle.UNDO_KEPT + timedelta(minutes=1)) == []
    assert ImportRun.objects.count() == 2
    ImportRun.objects.update(finished_at=timezone.now() - lifecycle.UNDO_KEPT - timedelta(days=1))
    with pytest.raises(InvalidRunState, match="too old: an import can be undone for 90 days"):
        lifecycle.require_undoable(ImportRun.objects.get(pk=second.pk))
