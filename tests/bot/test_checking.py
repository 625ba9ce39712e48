"""A form is checked in a process of its own: whatever it is like, it ends, and chats go on meanwhile."""

import asyncio
import os
import time

import pytest

from bot.checking import Passed, Refused, Stopped, check_form
from conversations.xlsform import FormSource, write_bundle

SETTINGS = "| settings |\n| | version | default_language |\n| | 7 | Български (bg) |\n"
SMALL = f"| survey |\n| | type | name | label |\n| | text | name | Име? |\n{SETTINGS}"
PLACES = f"| survey |\n| | type | name | label |\n| | select_one_from_file places.csv | place | Къде? |\n{SETTINGS}"


def markdown(text: str) -> FormSource:
    return FormSource("form.md", text.encode(), {})


def absurd(questions: int = 1900) -> FormSource:
    """Every question's relevance is as long as an expression may be: it takes many times longer than anybody waits."""
    condition = " or ".join(["${q0} = 'a'"] * 110)
    rows = "".join(f"| | text | q{n} | Въпрос {n}? | {condition if n else ''} |\n" for n in range(questions))
    return markdown(f"| survey |\n| | type | name | label | relevant |\n{rows}{SETTINGS}")


async def test_a_good_form_comes_back_with_all_that_is_kept_of_it():
    verdict = await check_form(markdown(SMALL))
    assert isinstance(verdict, Passed)
    assert (verdict.version, verdict.warnings) == ("7", ())
    assert "Име?" in verdict.xform


async def test_every_problem_comes_back_with_its_place():
    verdict = await check_form(markdown(SMALL.replace("text", "txet")))
    assert isinstance(verdict, Refused)
    assert [(problem.sheet, problem.row) for problem in verdict.problems] == [("survey", 2)]


async def test_a_workbook_sent_alone_gets_the_lists_of_the_form_in_use():
    beside = {"places.csv": b"name,label\nsf,Sofia\n"}
    current = write_bundle(FormSource("form.md", PLACES.encode(), beside))
    assert isinstance(await check_form(markdown(PLACES)), Refused)
    assert isinstance(await check_form(markdown(PLACES), current), Passed)


async def test_an_absurd_form_is_stopped_and_the_loop_never_waits_for_it():
    ticks = 0

    async def chat() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    chatting = asyncio.create_task(chat())
    began = time.monotonic()
    verdict = await check_form(absurd(), seconds=2)
    chatting.cancel()
    assert verdict == Stopped("time")
    assert time.monotonic() - began < 10
    assert ticks > 1000


async def test_a_form_that_wants_too_much_memory_is_stopped():
    long_list = "name,label\n" + "".join(f"n{n},L\n" for n in range(500_000))
    source = FormSource("form.md", PLACES.encode(), {"places.csv": long_list.encode()})
    assert await check_form(source, memory_bytes=120 * 1024 * 1024) == Stopped("memory")


async def test_what_is_no_spreadsheet_at_all_is_a_problem_and_no_crash():
    for name, content in (("f.xlsx", os.urandom(2000)), ("f.xls", os.urandom(2000)), ("f.csv", b"\xff\xfe\x00")):
        verdict = await check_form(FormSource(name, content, {}))
        assert isinstance(verdict, Refused), name


async def test_a_check_that_was_stopped_leaves_no_process_behind():
    before = _children()
    assert await check_form(absurd(), seconds=1) == Stopped("time")
    assert _children() == before


def _children() -> set[str]:
    with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as file:
        return set(file.read().split())


async def test_the_child_sees_none_of_our_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # fatal to a child that inherits it
    assert isinstance(await check_form(markdown(SMALL)), Passed)
