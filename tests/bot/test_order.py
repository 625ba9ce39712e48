"""The keyed queue in front of a turn."""

import asyncio
from contextlib import suppress

from bot.order import InOrder


class Work:
    """Turns that end when told to. `log` says what began and what ended."""

    def __init__(self) -> None:
        self.order = InOrder()
        self.log: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def begin(self, name: str, key: str = "анна") -> None:
        """Hand a turn in; returns when everything that can run has run."""
        self.gates[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._run(name, key))
        await self.settle()

    async def end(self, name: str) -> None:
        self.gates[name].set()
        await self.settle()

    async def give_up(self, name: str) -> None:
        self.tasks[name].cancel()
        with suppress(asyncio.CancelledError):
            await self.tasks[name]
        await self.settle()

    async def settle(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    async def _run(self, name: str, key: str) -> None:
        async with self.order.turn(key):
            self.log.append(f"{name} begins")
            await self.gates[name].wait()
            self.log.append(f"{name} ends")


async def test_one_persons_turns_follow_each_other():
    work = Work()
    for name in ("a", "b", "c"):
        await work.begin(name)
    for name in ("c", "a", "b"):
        await work.end(name)
    assert work.log == ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]


async def test_different_people_go_side_by_side():
    work = Work()
    await work.begin("a", "анна")
    await work.begin("b", "борис")
    assert work.log == ["a begins", "b begins"]
    await work.end("a")
    await work.end("b")


async def test_a_turn_that_fails_lets_the_next_one_go():
    order, done = InOrder(), []
    with suppress(ZeroDivisionError):
        async with order.turn("анна"):
            raise ZeroDivisionError
    async with order.turn("анна"):
        done.append("next")
    assert done == ["next"]


async def test_who_gives_up_while_waiting_lets_nobody_past():
    work = Work()
    await work.begin("a")
    await work.begin("b")
    await work.begin("c")
    await work.give_up("b")
    assert work.log == ["a begins"]
    await work.end("a")
    assert work.log == ["a begins", "a ends", "c begins"]
    await work.end("c")


async def test_who_comes_after_one_who_gave_up_still_waits_for_the_first():
    work = Work()
    await work.begin("a")
    await work.begin("b")
    await work.give_up("b")
    await work.begin("c")
    assert work.log == ["a begins"]
    await work.end("a")
    await work.end("c")
    assert work.log == ["a begins", "a ends", "c begins", "c ends"]


async def test_a_turn_given_up_at_work_lets_the_next_one_go():
    work = Work()
    await work.begin("a")
    await work.begin("b")
    await work.give_up("a")
    await work.end("b")
    assert work.log == ["a begins", "b begins", "b ends"]
