"""What the start leaves behind is not looked through again."""

import gc
from collections.abc import Iterator

import pytest

from bot.settling import settle


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_lives_when_the_start_is_over_is_kept_from_the_collector_which_looks_less_often() -> None:
    before = gc.get_threshold()
    made = [["a list", number] for number in range(1000)]
    settle()
    assert gc.get_freeze_count() > len(made)
    assert all(new > old for new, old in zip(gc.get_threshold(), before, strict=True))


def test_what_comes_later_is_collected_as_before() -> None:
    settle()
    circle: list[object] = []
    circle.append(circle)
    del circle
    assert gc.collect() >= 1
