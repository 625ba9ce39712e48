"""The benchmarks say what they measured; that they hold is for a quiet machine to show."""

import asyncio
from pathlib import Path

import pytest

from benchmarks import growth, load, profiling
from benchmarks.__main__ import PARTS, main
from benchmarks.application import steps
from benchmarks.contestants import DESK, Contestant, python_contestants
from benchmarks.measuring import Measured, measure, shown, table
from benchmarks.peers import Race, Run, Scenario, run, verdicts_of
from benchmarks.processes import Process
from benchmarks.server.botapi import BotApi
from benchmarks.server.http import read_parameters
from benchmarks.server.limits import TelegramLimits
from benchmarks.server.people import Crowd

PATIENCE_SECONDS = 60
BY_POLLING = Scenario("a little while", False, 0.0, people=2)
BY_WEBHOOK = Scenario("a little while, far away", True, 0.02, people=2, offered=20)
IN_PARTS = (
    b'--x\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n5\r\n'
    b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nGood day\r\n--x--\r\n'
)


def test_a_measurement_is_told_with_its_bar_and_its_verdict():
    assert table([Measured("load", 0.32, 1.0), Measured("search", 0.0125, 0.01)]) == (
        "measured  value    bar      verdict\n"
        "--------  -------  -------  -------\n"
        "load      320 ms   < 1 s    holds\n"
        "search    12.5 ms  < 10 ms  MISSED"
    )


@pytest.mark.parametrize(("seconds", "text"), [(2.5, "2.5 s"), (0.0004, "400 µs"), (0.0000002, "0.2 µs")])
def test_a_duration_is_shown_in_the_unit_that_fits(seconds: float, text: str):
    assert shown(seconds) == text


def test_the_work_is_done_so_many_times_in_each_round():
    calls: list[int] = []
    result = measure("nothing", 1.0, lambda: calls.append(1), rounds=3, times=4)
    assert len(calls) == 12
    assert result.holds


def test_a_part_that_does_not_exist_is_told_with_those_that_do(capsys: pytest.CaptureFixture[str]):
    assert main(["fast"]) == 2
    assert capsys.readouterr().err == f"No such part: fast. There are: {', '.join(PARTS)}.\n"


async def applies(contestant: Contestant, folder: Path) -> Crowd:
    """One person goes through the whole application, by polling."""
    async with BotApi() as api:
        environment = contestant.environment(folder, api.url, 0)
        async with Process(contestant.command, environment, Path.cwd(), folder / "log") as process:
            await process.until(api.receives, PATIENCE_SECONDS)
            crowd, done = Crowd(api, steps()), asyncio.Event()
            crowd.ready = lambda person: crowd.take_turn(person) if person.at else done.set()
            crowd.take_turn(*crowd.come(1))
            await process.until(done, PATIENCE_SECONDS)
            return crowd


@pytest.mark.parametrize("contestant", python_contestants()[0], ids=lambda contestant: contestant.name)
async def test_everybody_takes_the_same_application_in_thirty_turns(contestant: Contestant, tmp_path: Path):
    crowd = await applies(contestant, tmp_path)
    assert (len(crowd.turns), crowd.applications) == (30, 1)


async def test_a_race_tells_what_a_turn_costs():
    desk = python_contestants()[0][0]
    found = await run(desk, BY_WEBHOOK, seconds=1.0, warm_up=0.5)
    assert found.turns == len(found.waits) > 0
    assert found.cpu_seconds > 0
    assert 0 < found.idle_megabytes <= found.peak_megabytes


def test_a_race_is_won_by_turns_per_second_of_the_processor():
    runs = {DESK: taken(400), "PTB ConversationHandler": taken(100), "aiogram FSM": taken(500)}
    assert [holds for _, holds in verdicts_of(Race(BY_POLLING, runs))] == [True, False]


def taken(turns: int) -> Run:
    """A run that took one second of the processor."""
    return Run(turns, 1.0, 1.0, (0.001,) * turns, 50.0, 60.0)


async def test_a_grown_database_is_visited():
    (found,) = await growth.measure((40,), rounds=1, seconds=0.5)
    assert found.applications == 40
    assert 0 < found.visit.status < growth.PATIENCE_SECONDS
    assert found.visit.turn_cpu > 0


async def test_the_load_tells_how_much_of_the_limit_was_used():
    found = await load.measure(seconds=2.0, warm_up=0.5, comers=20, bulk=200)
    assert found.turns == len(found.waits) > 0
    assert found.bulk > 0
    assert found.floods == 0


async def test_a_profile_names_functions_of_ours():
    turns, seen = await profiling.watch(seconds=1.0, warm_up=0.5)
    assert turns > 0
    assert "bot.turn:take_turn" in seen["within"]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Content-Type: application/json", b'{"chat_id": 5, "text": "Good day"}'),
        (b"Content-Type: application/x-www-form-urlencoded", b"chat_id=5&text=Good+day"),
        (b"Content-Type: multipart/form-data; boundary=x", IN_PARTS),
    ],
    ids=["JSON", "form", "parts"],
)
def test_the_server_reads_a_call_however_its_client_writes_it(head: bytes, body: bytes):
    request = b"POST /bot1/sendMessage HTTP/1.1\r\n" + head
    assert read_parameters(request, body) == {"chat_id": 5, "text": "Good day"}


def test_the_platform_takes_thirty_messages_a_second_and_three_at_once_to_a_chat():
    limits = TelegramLimits()
    assert [limits.refuse_for(1, 100.0) for _ in range(4)] == [0, 0, 0, 1]
    assert sum(limits.refuse_for(chat, 100.0) == 0 for chat in range(2, 100)) == 27
    assert sum(limits.refuse_for(chat, 101.0) == 0 for chat in range(200, 300)) == 30
    assert limits.refuse_for(1, 102.0) == 0
