"""`/call`: asked twice, written down, announced; and the conversation obeys at once."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from storage.tables import calls, events
from tests.bot.desk import AGREE, NOON, Desk, Person


@pytest.fixture
async def desk(database: Database) -> Desk:
    """A call with a deadline a week away."""
    return await Desk(database).open(closes=NOON + timedelta(days=7))


async def applicant(desk: Desk) -> Person:
    anna = desk.person("Анна")
    await anna.says("/start")
    return await anna.taps(AGREE)


async def call_of(desk: Desk) -> dict[str, object]:
    (row,) = await desk.rows(calls)
    return row


async def test_an_admin_sees_how_the_call_stands(desk: Desk):
    boss = await (await desk.staff("Вера", "admin")).says("/call")
    boss.hears("Състояние: отворена", "Затваря се: 22 януари 2026 г., 12:00 ч.")
    assert boss.labels == ["Затвори сега", "Удължи със 7 дни"]


async def test_nothing_changes_until_it_is_confirmed(desk: Desk):
    boss = await desk.staff("Вера", "admin")
    before = await call_of(desk)
    for words in ("/call close", "/call open", "/call deadline 2026-03-01", "/call deadline 2026-03-01 10:00"):
        await boss.says(words)
        assert boss.labels == ["✔ Да", "✖ Не"]
    (await boss.taps("✖ Не")).hears("Добре, нищо не променям.", "Състояние: отворена")
    assert await call_of(desk) == before
    assert await desk.rows(events) == []


async def test_closing_is_announced_and_obeyed_and_can_be_taken_back(desk: Desk):
    anna = await applicant(desk)
    boss, mila = await desk.staff("Вера", "admin"), await desk.staff("Мила")
    await boss.says("/call close")
    (await boss.taps("✔ Да")).hears("Състояние: затворена")
    assert boss.labels == ["Отвори сега"]
    (await mila.looks()).hears("📢 Вера затвори приемането на заявления.")
    (await boss.looks()).hears_nothing()
    (await anna.says("Пчелин „Изгрев“")).hears("Срокът за кандидатстване изтече")
    await boss.taps("Отвори сега")
    boss.hears("Да отворя ли приемането сега, със срок до 22 януари 2026 г., 12:00 ч.?")
    (await boss.taps("✔ Да")).hears("Състояние: отворена")
    (await mila.looks()).hears("📢 Вера отвори приемането на заявления. Краен срок: 22 януари 2026 г., 12:00 ч.")
    (await anna.says("Пчелин „Изгрев“")).hears("Колко кошера имате?")


async def test_a_change_is_written_down_with_who_made_it(desk: Desk):
    boss = await desk.staff("Вера", "admin")
    await boss.says("/call close")
    await boss.taps("✔ Да")
    (event,) = await desk.rows(events)
    call = await call_of(desk)
    assert (event["kind"], event["subject"], event["actor_person_id"]) == (
        "call_close", f"call:{call['id']}", boss.done.person_id,
    )  # fmt: skip
    assert json.loads(event["detail"])["closes"]


async def test_the_deadline_moves_and_people_are_told_the_new_one(desk: Desk):
    boss, mila, anna = await desk.staff("Вера", "admin"), await desk.staff("Мила"), desk.person("Анна")
    await boss.says("/call deadline 01.03.2026")
    boss.hears("Да преместя ли крайния срок на 1 март 2026 г., 23:59 ч.?")
    await boss.taps("✔ Да")
    assert (await call_of(desk))["closes"] == datetime(2026, 3, 1, 21, 59, 59, tzinfo=UTC)
    (await mila.looks()).hears("📢 Вера премести крайния срок: 1 март 2026 г., 23:59 ч.")
    (await anna.says("/start")).hears("Краен срок: 1 март 2026 г., 23:59 ч.")


async def test_the_deadline_can_be_extended_by_a_week(desk: Desk):
    boss = await (await desk.staff("Вера", "admin")).says("/call")
    await boss.taps("Удължи със 7 дни")
    await boss.taps("✔ Да")
    assert (await call_of(desk))["closes"] == NOON + timedelta(days=14)


@pytest.mark.parametrize(
    ("words", "closes"),
    [
        ("2026-12-31 23:59", datetime(2026, 12, 31, 21, 59, 59, tzinfo=UTC)),
        ("2026-12-31T23:59:59", datetime(2026, 12, 31, 21, 59, 59, tzinfo=UTC)),
        ("31.12.2026 18:30", datetime(2026, 12, 31, 16, 30, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 7, 1, 20, 59, 59, tzinfo=UTC)),
        ("31 декември 2026", datetime(2026, 12, 31, 21, 59, 59, tzinfo=UTC)),
        ("31 декември 2026 18:30", datetime(2026, 12, 31, 16, 30, tzinfo=UTC)),
    ],
)
async def test_a_deadline_may_be_written_in_many_ways(desk: Desk, words: str, closes: datetime):
    boss = await (await desk.staff("Вера", "admin")).says(f"/call deadline {words}")
    await boss.taps("✔ Да")
    assert (await call_of(desk))["closes"] == closes


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", "Не разпознах датата."),
        ("скоро", "Не разпознах датата."),
        ("2026-02-30", "Не разпознах датата."),
        ("2026-03-01 25:00", "Не разпознах датата."),
        ("2020-01-01", "Този момент вече е минал."),
        ("2026-01-15 11:59", "Този момент вече е минал."),
    ],
)
async def test_a_deadline_that_cannot_be_is_refused(desk: Desk, words: str, answer: str):
    boss = await (await desk.staff("Вера", "admin")).says(f"/call deadline {words}")
    boss.hears(answer)
    assert (await call_of(desk))["closes"] == NOON + timedelta(days=7)


async def test_a_call_that_has_ended_opens_again_for_a_month(desk: Desk):
    boss = await desk.staff("Вера", "admin")
    desk.now = NOON + timedelta(days=10)
    (await boss.says("/call")).hears("Състояние: затворена")
    await boss.taps("Отвори сега")
    boss.hears("Да отворя ли приемането сега, със срок до 24 февруари 2026 г., 23:59 ч.?")
    await boss.taps("✔ Да")
    (await applicant(desk)).hears("Как се казва пчелинът?")


async def test_a_confirmed_button_of_yesterday_still_asks_for_rights(desk: Desk):
    boss = await desk.staff("Вера", "admin")
    await boss.says("/call close")
    anna = desk.person("Анна")
    anna.screen = boss.screen[:]
    (await anna.taps("✔ Да")).hears("Тази команда е за екипа.")
    assert (await call_of(desk))["closed_at"] is None
