"""Where rights come from: one-time links, ADMINS and STAFF; and who hears of a new application."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.invitations import invite
from bot.opening import open_house
from bot.settings import Settings
from storage import people
from storage.database import Database
from storage.outbox import INTERACTIVE, NOTIFICATION
from storage.tables import events, invites, outbox
from tests.bot.desk import REGISTER, Desk, Person, apply


async def link(desk: Desk, role: str) -> str:
    return await desk.database.write(lambda conn: invite(conn, desk.house, role, desk.now))


async def may_list(person: Person, **where: object) -> bool:
    await person.says("/list", **where)
    return "Тази команда е за екипа." not in person.text


# ---------- one-time links ----------


@pytest.mark.parametrize(("role", "named"), [("admin", "администратор"), ("staff", "екип")])
async def test_a_link_gives_its_role_once(desk: Desk, role: str, named: str):
    payload = await link(desk, role)
    mila = await desk.person("Мила").says(f"/start {payload}")
    mila.hears(f"Вече имате права: {named}", "/list")
    assert await may_list(mila)
    other = await desk.person("Друг").says(f"/start {payload}")
    other.hears("Тази връзка вече е използвана или е изтекла.")
    assert not await may_list(other)
    (event,) = await desk.rows(events, kind="role")
    assert json.loads(event["detail"]) == {"old": "applicant", "new": role}


async def test_a_link_is_good_for_a_day(desk: Desk):
    payload = await link(desk, "staff")
    desk.now += timedelta(hours=24)
    (await desk.person("Мила").says(f"/start {payload}")).hears("е изтекла")


async def test_only_the_hash_of_a_link_is_stored(desk: Desk):
    payload = await link(desk, "staff")
    (row,) = await desk.rows(invites)
    secret = payload.removeprefix("invite-")
    assert row["secret_hash"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in repr({**row, "secret_hash": ""})


async def test_a_link_never_takes_rights_away(desk: Desk):
    boss = await desk.staff("Вера", "admin")
    (await boss.says(f"/start {await link(desk, 'staff')}")).hears("Вече имате права: администратор")
    (await boss.says("/call")).hears("Състояние:")


async def test_a_link_opened_in_a_group_is_not_used_up(desk: Desk):
    payload = await link(desk, "staff")
    mila = desk.person("Мила")
    (await mila.says(f"/start {payload}", chat="-500", in_group=True)).hears("Пишете ми лично")
    (await mila.says(f"/start {payload}")).hears("Вече имате права")


async def test_an_invented_link_is_refused(desk: Desk):
    (await desk.person("Мила").says("/start invite-aaaaaaaaaaaaaaaa")).hears("Тази връзка вече е използвана")


async def test_any_other_payload_begins_the_conversation(desk: Desk):
    (await desk.person("Анна").says("/start newsletter")).hears("Отговорите Ви се съхраняват")


# ---------- ADMINS and STAFF ----------


def settings(tmp_path: Path, **given: str) -> Settings:
    (tmp_path / "form.md").write_text(REGISTER, encoding="utf-8")
    return Settings(_env_file=None, data_dir=tmp_path, form=str(tmp_path / "form.md"), **given)


async def start(desk: Desk, told: Settings) -> None:
    await desk.database.write(lambda conn: open_house(conn, desk.house, told, desk.now))


async def test_the_settings_give_rights_before_anybody_has_written(desk: Desk, tmp_path: Path):
    await start(desk, settings(tmp_path, admins="telegram:1", staff="telegram:2,telegram:-500"))
    for chat, role in (("1", "admin"), ("2", "staff"), ("3", "applicant")):
        person = await desk.person("Някой", chat=chat).says("/help")
        listed = [line.split()[0] for line in person.text.splitlines() if line.startswith("/")]
        assert ("/list" in listed, "/call" in listed) == (role != "applicant", role == "admin")


async def test_the_settings_count_once(desk: Desk, tmp_path: Path):
    told = settings(tmp_path, staff="telegram:2")
    await start(desk, told)
    mila = desk.person("Мила", chat="2")
    assert await may_list(mila)
    person = mila.done.person_id
    await desk.database.write(lambda conn: people.set_role(conn, person, "applicant", desk.now))
    await start(desk, told)
    assert not await may_list(mila)


async def test_the_settings_give_no_rights_to_who_has_already_written(desk: Desk, tmp_path: Path):
    anna = await desk.person("Анна", chat="5").says("/start")
    await start(desk, settings(tmp_path, admins="telegram:5"))
    assert not await may_list(anna)


async def test_a_member_of_a_staff_group_is_staff_inside_it_only(desk: Desk, tmp_path: Path):
    await start(desk, settings(tmp_path, staff="telegram:-500"))
    mila = desk.person("Мила")
    assert await may_list(mila, chat="-500", in_group=True)
    assert not await may_list(mila)
    assert not await may_list(mila, chat="-501", in_group=True)


# ---------- who hears of a new application ----------


async def test_staff_and_staff_groups_get_a_card_with_a_button(database: Database, tmp_path: Path):
    desk = await Desk(database).open(REGISTER)
    await start(desk, settings(tmp_path, staff="telegram:-500"))
    boss, mila, coordinator = [await desk.staff(name, role) for name, role in
                               (("Вера", "admin"), ("Мила", "staff"), ("Коста", "coordinator"))]  # fmt: skip
    await apply(desk.person("Анна Иванова"), "BG-77", "Бургас")
    for person, chat in ((boss, ""), (mila, ""), (desk.person("Група"), "-500")):
        (await person.looks(chat)).hears(
            "📨 Ново заявление ПЧ-2026-0001\nBG-77\n\nОбласт: Бургас\n\n",
            "Подадено от Анна Иванова (Telegram) на 15 януари",
        )
        assert person.labels == ["📄 Отвори"]
    (await coordinator.looks()).hears_nothing()
    (await mila.taps("📄 Отвори")).hears("ПЧ-2026-0001 – BG-77")


async def test_the_button_of_a_groups_card_opens_in_the_group(database: Database, tmp_path: Path):
    desk = await Desk(database).open(REGISTER)
    await start(desk, settings(tmp_path, staff="telegram:-500"))
    await apply(desk.person("Анна"), "BG-77", "Бургас")
    member = desk.person("Мила")
    await member.looks("-500")
    await member.says(member.button("📄 Отвори").id, chat="-500", in_group=True)
    member.hears("ПЧ-2026-0001 – BG-77")


async def test_a_card_waits_behind_what_answers_people(desk: Desk):
    await desk.staff("Мила")
    await apply(desk.person("Анна"))
    cards = [row for row in await desk.rows(outbox) if "Ново заявление" in row["body"]]
    assert [row["priority"] for row in cards] == [NOTIFICATION]
    assert {row["priority"] for row in await desk.rows(outbox) if row not in cards} == {INTERACTIVE}


async def test_who_cannot_be_reached_gets_no_card(desk: Desk):
    mila = await desk.staff("Мила")
    await mila.says("/help")
    chat = (await desk.rows(outbox))[-1]["chat_id"]
    await desk.database.write(lambda conn: people.set_reachable(conn, chat, False, desk.now))
    await apply(desk.person("Анна"))
    (await mila.looks()).hears_nothing()


async def test_a_nameless_applicant_is_said_to_have_no_name(desk: Desk):
    mila = await desk.staff("Мила")
    await apply(desk.person(""))
    (await mila.looks()).hears("Подадено от без име (Telegram)")
