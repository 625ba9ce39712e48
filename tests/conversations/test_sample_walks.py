"""The sample forms, built the way well-known public ones are: each is walked to its end."""

import pytest

from conversations.xlsform import compile_form
from tests.chat import Chat
from tests.sample_forms import NAMES, form_source
from tests.willing import walk

REFUSED = {"kobo.md"}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in REFUSED])
def test_a_willing_person_walks_a_sample_form_to_its_end(name: str):
    chat = walk(Chat(compile_form(form_source(name)).form))
    assert chat.submissions, f"{chat.open_question}: {chat.text}"
    assert chat.journey.unanswered == ()
    assert chat.failed == ()
