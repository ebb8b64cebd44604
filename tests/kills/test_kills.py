"""A few of the trials of `python -m tests.kills`: whatever is killed, the import ends as if nothing had happened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kills.machine import Machine, flush_broker, kill_database, kill_worker, machine, trial
from tests.kills.state import State, differences

pytestmark = pytest.mark.xdist_group("kills")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("kills") / "machine", products=1_500) as started:
        yield started


@pytest.fixture(scope="module")
def undisturbed(found: Machine) -> State:
    state, _ = trial(found, "undisturbed", [])
    return state


def test_a_worker_and_then_the_database_killed_with_sigkill(found: Machine, undisturbed: State) -> None:
    state, _ = trial(found, "killed", [(0.1, kill_worker), (0.6, kill_database)])

    assert differences(undisturbed, state) == []


def test_a_broker_that_loses_everything(found: Machine, undisturbed: State) -> None:
    state, _ = trial(found, "flushed", [(0.1, flush_broker), (0.3, flush_broker)], is_watched=False)

    assert differences(undisturbed, state) == []
