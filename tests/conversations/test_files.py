"""A file is sent, fetched, and then accepted or refused."""

import pytest

from tests.chat import Chat

FORM = """
| survey |
|        | type  | name  | label             | required | body::accept | constraint_message        |
|        | text  | name  | Име?              | yes      |              |                           |
|        | file  | paper | Решение на съвета | yes      | .pdf,.jpg    | Приемаме само PDF и JPG.  |
|        | image | photo | Снимка            |          |              |                           |
|        | text  | more  | Още?              |          |              |                           |
"""


def at_the_file() -> Chat:
    return Chat(FORM).begins().says("Мария").hears("Решение на съвета", "📎 Изпратете файл: PDF, JPG, до 10 MB.")


def test_a_file_is_taken_when_it_was_fetched():
    chat = at_the_file().sends_file().hears("📎 Получих файла. Проверявам го…")
    assert "paper" not in chat.answers
    chat.file_ready("pdf").hears("✔ 📎 приложен файл", "Снимка")
    assert chat.answers["paper"] == chat.attachment


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("too_big", "Файлът е по-голям от 10 MB."),
        ("empty", "Файлът е празен."),
        ("unreachable", "Не успяхме да изтеглим файла."),
        ("wrong_type", "Приемаме само PDF и JPG."),
    ],
)
def test_a_refused_file_is_explained_and_asked_for_again(reason, told):
    chat = at_the_file().sends_file().file_refused(reason).hears(told, "Решение на съвета")
    assert (chat.draft.waiting_file, "paper" in chat.answers) == (None, False)


def test_a_file_of_another_kind_gets_the_forms_own_message():
    chat = at_the_file().sends_file().file_ready("docx").hears("⚠️ Приемаме само PDF и JPG.", "Решение на съвета")
    chat.sends_file().file_ready("jpeg").hears("Снимка")


def test_an_image_question_takes_images_only():
    chat = at_the_file().sends_file().file_ready("pdf").sends_file().file_ready("pdf")
    chat.hears("Този вид файл не можем да приемем тук.").sends_file().file_ready("png").hears("Още?")


def test_a_text_where_a_file_is_awaited_is_told_how_to_send_one():
    chat = at_the_file().says("нямам").hears("Тук очакваме файл или снимка.", "Решение на съвета")
    assert "paper" not in chat.answers


def test_a_file_where_none_is_awaited_is_not_taken():
    chat = Chat(FORM).begins().sends_file().hears("Тук не очакваме файл.", "Име?")
    assert chat.draft.waiting_file is None
    chat.file_ready("pdf").hears_nothing()
    assert chat.answers == {}


def test_news_of_an_earlier_file_is_dropped():
    chat = at_the_file().sends_file().sends_file().file_ready("pdf", attachment="file1").hears_nothing()
    assert chat.file_ready("pdf").answers["paper"] == "file2"


def test_a_file_that_arrives_while_another_answer_is_changed_is_kept():
    chat = at_the_file().sends_file().taps("✏️ Промени", of="Име?").file_ready("pdf").hears("📎 Файлът е записан.")
    assert (chat.answers["paper"], chat.open_question) == ("file1", "name")
    chat.says("Ана").hears("Снимка")


def test_a_file_is_still_awaited_after_another_answer_was_changed():
    chat = at_the_file().sends_file().taps("✏️ Промени", of="Име?").says("Ана").file_ready("pdf").hears("Снимка")
    assert chat.answers["paper"] == "file1"


def test_skipping_the_question_forgets_its_file():
    chat = at_the_file().sends_file().file_ready("pdf").sends_file().taps("Пропусни").file_ready("png").hears_nothing()
    assert chat.answers["photo"] == ""


def test_a_file_can_be_replaced_in_the_review_and_submitting_waits_for_it():
    chat = at_the_file().sends_file().file_ready("pdf").taps("Пропусни").taps("Пропусни").taps("✏️ 2").sends_file()
    chat.taps("📨 Подай заявлението").hears("Получих файла. Проверявам го…")
    assert chat.submission is None
    chat.file_ready("pdf").hears("Моля, прегледайте отговорите си.").taps("📨 Подай заявлението")
    assert chat.submission.files == ("file2",)


def test_news_of_a_file_after_submission_is_dropped():
    chat = at_the_file().sends_file().file_ready("pdf").taps("Пропусни").taps("Пропусни").taps("📨 Подай заявлението")
    chat.file_ready("pdf").hears_nothing().file_refused("unreachable").hears_nothing()


def test_files_in_the_review_are_named_as_such():
    chat = at_the_file().sends_file().file_ready("pdf").taps("Пропусни").taps("Пропусни")
    chat.hears("2. Решение на съвета\n→ 📎 приложен файл", "3. Снимка\n→ —")
    chat.sends_file().hears("Моля, прегледайте отговорите си.")
