"""How fast a platform lets us send. Times are seconds of a clock that the test moves."""

import pytest

from bot.limits import TELEGRAM_RATES, VIBER_RATES, Limiter, Rate, Rates

NEVER = Rate(1000, 1000)


def send(limiter: Limiter, chat: str, now: float, in_group: bool = False) -> float:
    """How long the message had to wait; it is sent afterwards."""
    wait = limiter.wait(chat, in_group, now)
    limiter.spend(chat, in_group, now + wait)
    return wait


def test_a_private_chat_gets_a_small_burst_and_then_one_message_a_second():
    limiter = Limiter(TELEGRAM_RATES)
    now, waits = 0.0, []
    for _ in range(5):
        waits.append(send(limiter, "1", now))
        now += waits[-1]
    assert waits == [0, 0, 0, pytest.approx(1), pytest.approx(1)]


def test_a_group_never_gets_more_than_twenty_messages_in_a_minute():
    limiter = Limiter(TELEGRAM_RATES)
    now, moments = 0.0, []
    while now <= 300:
        now += send(limiter, "-1", now, in_group=True)
        moments.append(now)
    assert max(sum(begin <= moment < begin + 60 for moment in moments) for begin in moments) <= 20
    assert len(moments) >= 50


def test_the_whole_bot_begins_no_more_than_thirty_messages_at_once():
    limiter = Limiter(TELEGRAM_RATES)
    at_once = 0
    while limiter.wait(f"chat {at_once}", False, 0.0) == 0:
        limiter.spend(f"chat {at_once}", False, 0.0)
        at_once += 1
    assert 20 <= at_once <= 30
    assert limiter.wait("another", False, 0.0) < 0.1
    assert limiter.wait("another", False, 1.0) == 0


def test_messages_that_are_a_third_of_a_second_late_do_not_flood_the_platform():
    """Those of a whole third of a second arrive at once, after a pause in which the platform's bucket was full."""
    limiter = Limiter(TELEGRAM_RATES)
    left, now = [], 0.0
    while now < 20:
        now += send(limiter, f"chat {len(left)}", now)
        left.append(now)
    arrived = sorted(moment if moment < 10 or moment > 10.33 else 10.33 for moment in left)
    tokens, at = 30.0, 0.0
    for moment in arrived:
        tokens, at = min(30.0, tokens + (moment - at) * 30) - 1, moment
        assert tokens >= 0
    assert len(left) > 0.99 * 30 * 20


def test_who_waits_for_an_answer_finds_half_of_the_burst():
    limiter = Limiter(TELEGRAM_RATES)
    assert limiter.spare(0.0) == 10
    for number in range(10):
        limiter.spend(f"chat {number}", False, 0.0)
    assert limiter.spare(0.0) == 0
    assert limiter.until_spare(0.0) == pytest.approx(1 / 29.8)
    assert limiter.wait("somebody", False, 0.0) == 0


def test_nothing_is_spare_while_the_platform_wants_us_to_wait():
    limiter = Limiter(TELEGRAM_RATES)
    limiter.pause(5, 0.0)
    assert (limiter.spare(1.0), limiter.until_spare(1.0)) == (0, 4)


def test_a_message_of_many_parts_waits_for_all_of_them():
    limiter = Limiter(Rates(NEVER, Rate(1, 3), NEVER))
    limiter.spend("1", False, 0.0, 2)
    assert [limiter.wait("1", False, 0.0, parts) for parts in (1, 2, 3)] == [0, 1, 2]


def test_a_message_larger_than_a_whole_burst_goes_when_the_burst_is_full():
    limiter = Limiter(Rates(NEVER, Rate(1, 3), NEVER))
    assert limiter.wait("1", False, 0.0, 9) == 0
    limiter.spend("1", False, 0.0, 9)
    assert limiter.wait("1", False, 0.0) == 7


def test_the_time_a_message_is_on_its_way_fills_no_tokens():
    limiter = Limiter(Rates(NEVER, Rate(1, 1), NEVER))
    limiter.spend("1", False, 0.0)
    limiter.landed("1", False, 0.4)
    assert limiter.wait("1", False, 1.0) == pytest.approx(0.4)


def test_chats_have_limits_of_their_own():
    limiter = Limiter(Rates(NEVER, Rate(1, 1), NEVER))
    assert [send(limiter, chat, 0.0) for chat in ("1", "2", "3")] == [0, 0, 0]
    assert limiter.wait("1", False, 0.0) == 1


def test_asking_how_long_costs_nothing():
    limiter = Limiter(Rates(NEVER, Rate(1, 1), NEVER))
    assert [limiter.wait("1", False, 0.0) for _ in range(5)] == [0] * 5


def test_a_pause_of_one_chat_is_its_own():
    limiter = Limiter(Rates(NEVER, NEVER, NEVER))
    limiter.pause(30, 100.0, "1")
    assert (limiter.wait("1", False, 110.0), limiter.paused("1", 110.0)) == (20, 20)
    assert (limiter.wait("2", False, 110.0), limiter.paused("2", 110.0)) == (0, 0)
    assert limiter.wait("1", False, 130.0) == 0


def test_a_pause_of_the_bot_is_everybodys_and_is_not_shortened():
    limiter = Limiter(Rates(NEVER, NEVER, NEVER))
    limiter.pause(30, 100.0)
    limiter.pause(5, 101.0)
    assert limiter.wait("1", False, 110.0) == limiter.paused("2", 110.0) == 20


def test_a_persons_word_fills_their_bucket_and_ends_their_pause():
    limiter = Limiter(VIBER_RATES)
    for _ in range(60):
        limiter.spend("a", False, 0.0)
        limiter.spend("b", False, 10.0)
    limiter.pause(600, 0.0, "a")
    assert min(limiter.wait("a", False, 20.0), limiter.wait("b", False, 20.0)) > 60
    limiter.heard("a")
    assert limiter.wait("a", False, 20.0) == 0
    assert limiter.wait("b", False, 20.0) > 60


def test_viber_never_gets_more_than_a_hundred_messages_for_a_person_within_an_hour():
    limiter, sent = Limiter(VIBER_RATES), 0
    for second in range(0, 3600, 5):
        while limiter.wait("a", False, float(second)) == 0 and sent < 1000:
            limiter.spend("a", False, float(second))
            sent += 1
    assert 95 <= sent <= 100
