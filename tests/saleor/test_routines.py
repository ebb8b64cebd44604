"""Periodic work under leases, and the messages that send workers: each at the right time, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as CacheAway

from storefront.catalog.models import Tombstone
from storefront.leases import LeaseLost
from storefront.saleor import tasks
from storefront.saleor.follow import enqueue, routines, sweeps
from storefront.saleor.follow.metrics import measures
from storefront.saleor.follow.sweeps import SweepResult
from storefront.saleor.mirror import changes
from storefront.saleor.models import Change, Kind, Routine
from tests.builders import a_product, shop_product
from tests.saleor.fake.faults import Fault
from tests.saleor.fake.faults import Kind as FaultKind
from tests.saleor.importing import FakeImporter
from tests.saleor.staff import Staff

HOUR = timedelta(hours=1)


def expire(name: str = "sync-all") -> None:
    """Whoever has the routine died; its lease is at its end."""
    Routine.objects.filter(name=name).update(leased_until=timezone.now())


# --- leases -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_of_two_takers_one_gets_it_and_not_before_it_is_due_again() -> None:
    first = routines.take("sweep", HOUR)
    assert first is not None
    assert routines.take("sweep", HOUR) is None

    routines.end(first, "Done.")

    assert routines.take("sweep", HOUR) is None
    assert Routine.objects.get().ended_at is not None
    Routine.objects.update(next_at=timezone.now())
    assert routines.take("sweep", HOUR) is not None
    assert routines.take("other", HOUR) is not None


@pytest.mark.django_db
def test_what_is_due_again_while_somebody_is_at_it_waits() -> None:
    assert routines.take("sweep", timedelta(0)) is not None

    assert routines.take("sweep", timedelta(0)) is None


@pytest.mark.django_db
def test_a_dead_ones_lease_ends_and_the_loser_is_told() -> None:
    dead = routines.take("sweep", HOUR)
    assert dead is not None
    dead.renew()
    expire("sweep")

    heir = routines.take("sweep", HOUR)

    assert heir is not None
    heir.renew()
    with pytest.raises(LeaseLost):
        dead.renew()
    routines.end(dead, "Not mine to say.")
    row = Routine.objects.get()
    assert (row.leased_by, row.message) == (heir.token, "")


# --- tasks --------------------------------------------------------------------------------------------------


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """Which sweeps were done."""
    settings.SALEOR_FULL_SYNC_HOURS, settings.SALEOR_SYNC_MINUTES = 24, 5
    done: list[str] = []

    def noting(name: str) -> Any:
        def sweep(_saleor: Any, _slugs: Any, tick: Any) -> SweepResult:
            tick()
            done.append(name)
            return SweepResult(products=3)

        return sweep

    monkeypatch.setattr(sweeps, "sweep_all", noting("all"))
    monkeypatch.setattr(sweeps, "sweep_changed", noting("changed"))
    return done


@pytest.mark.usefixtures("importer")
def test_the_schedule_sweeps_what_is_due(swept: list[str]) -> None:
    Tombstone.objects.create(public_id="long-ago", read_at=timezone.now() - timedelta(days=2))
    Tombstone.objects.create(public_id="just-now", read_at=timezone.now())

    tasks.sync()
    tasks.sync()
    tasks.sync()

    assert swept == ["all", "changed"]
    assert Routine.objects.get(name="sync-all").message.startswith("3 products read: 0 differed")
    assert list(Tombstone.objects.values_list("public_id", flat=True)) == ["just-now"]


def test_a_sweep_that_saleor_ends_early_says_why_and_is_done_again_when_due(
    importer: FakeImporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "PATIENCE_S", 0.05)
    importer.fake.faults.add(Fault(FaultKind.STATUS, times=99))

    tasks.sync()

    row = Routine.objects.get(name="sync-all")
    assert "does not answer" in row.message
    assert row.leased_until is None


@pytest.mark.usefixtures("importer")
def test_a_sweep_whose_lease_was_lost_does_not_end_the_others(
    swept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_saleor: Any, _slugs: Any, tick: Any) -> SweepResult:
        Routine.objects.update(leased_by="another")
        tick()
        raise AssertionError("It went on.")

    monkeypatch.setattr(sweeps, "sweep_all", lose)

    tasks.sync()

    assert Routine.objects.get(name="sync-all").leased_by == "another"
    assert swept == []


def test_the_task_follows_what_is_marked_and_waits_for_a_saleor_that_is_away(
    importer: FakeImporter, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer.records(a_product())
    staff.edit(name="Renamed")
    staff.deliver()
    monkeypatch.setattr(tasks, "PATIENCE_S", 0.05)
    importer.fake.faults.add(Fault(FaultKind.STATUS, times=99))

    tasks.follow()
    assert Change.objects.count() == 1

    importer.fake.faults.clear()
    tasks.follow()
    assert shop_product().fields.own["name"] == "Renamed"


@pytest.mark.django_db
def test_without_a_saleor_nothing_is_done(settings: Any) -> None:
    settings.SALEOR_URL = settings.SALEOR_API_URL = ""

    tasks.follow()
    tasks.sync()

    assert not Routine.objects.exists()


# --- messages -----------------------------------------------------------------------------------------------


class Broker:
    """Counts the messages that it is given; one that is away takes none."""

    def __init__(self) -> None:
        self.count = 0
        self.is_away = False

    def signature(self, name: str) -> Broker:
        assert name == enqueue.FOLLOW
        return self

    def apply_async(self, **_: object) -> None:
        if self.is_away:
            raise OperationalError("away")
        self.count += 1


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    found = Broker()
    monkeypatch.setattr(enqueue, "current_app", found)
    return found


def test_many_marks_send_one_message(broker: Broker) -> None:
    for _ in range(50):
        enqueue.enqueue_follow()
    assert broker.count == 1

    enqueue.allow_next_message()
    enqueue.enqueue_follow()
    assert broker.count == 2


def test_a_broker_that_is_away_does_no_harm(broker: Broker) -> None:
    broker.is_away = True
    enqueue.enqueue_follow()

    enqueue.allow_next_message()
    broker.is_away = False
    enqueue.enqueue_follow()
    assert broker.count == 1


class NoCache:
    """A cache that is away."""

    def add(self, *_: object) -> None:
        raise CacheAway("away")

    def delete(self, *_: object) -> None:
        raise CacheAway("away")


@pytest.mark.usefixtures("broker")
def test_a_cache_that_is_away_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enqueue, "cache", NoCache())

    enqueue.enqueue_follow()
    enqueue.allow_next_message()


# --- what operators see ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_behind_is_measured(settings: Any) -> None:
    settings.SALEOR_API_URL = settings.SALEOR_URL = "http://saleor.example/graphql/"
    assert {name: value for name, _, _, value in measures()}["knotwise_saleor_changes"] == 0
    changes.mark([(Kind.PRODUCT, "1"), (Kind.PRODUCT, "2")])
    changes.postpone(changes.take()[:1], "It is odd.")

    found = {name: value for name, _, _, value in measures()}

    assert (found["knotwise_saleor_changes"], found["knotwise_saleor_changes_failing"]) == (2, 1)
    assert found["knotwise_saleor_seconds_behind"] > 0
