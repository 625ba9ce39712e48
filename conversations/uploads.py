"""A file is two steps: it is sent and being fetched; then it is ready and accepted, or refused with a reason."""

from conversations import inputs
from conversations.answers import check
from conversations.draft import Answer, Draft, State
from conversations.form import FILE_KINDS, Kind, Question
from conversations.journey import Refusal, record
from conversations.phrases import say
from conversations.replies import Reply
from conversations.talk import Outcome, Talk
from conversations.walking import ask_again, present, show_review, take_answer

TYPES = {
    Kind.IMAGE: frozenset({"jpg", "png", "gif", "webp", "heic", "avif", "bmp", "tif"}),
    Kind.AUDIO: frozenset({"mp3", "ogg", "oga", "opus", "m4a", "aac", "wav", "amr", "flac", "mid", "aiff", "weba"}),
    Kind.VIDEO: frozenset({"mp4", "m4v", "mov", "webm", "mkv", "avi", "3gp", "mpg", "wmv", "flv"}),
}
"""Endings that the content of a picture, a recording or a film may say; a plain file may be anything we store."""
SAME_TYPE = {"jpeg": "jpg", "tiff": "tif", "htm": "html"}


def file_sent(talk: Talk, said: inputs.SentFile) -> Outcome:
    """A file arrived: wait for it when the open question asks for one."""
    question = talk.open_question
    if question is None:
        return show_review(talk)
    if question.kind not in FILE_KINDS:
        return ask_again(talk, question, Refusal(say("file_not_awaited", talk.language)))
    waiting = talk.change(waiting_file=(question.path, said.attachment), held=None)
    return waiting.says(Reply(say("file_on_its_way", talk.language)))


def file_ready(talk: Talk, said: inputs.FileReady) -> Outcome:
    """The awaited file is stored: it becomes the answer when the question takes its type."""
    question = _awaited(talk)
    talk = talk.change(waiting_file=None)
    if question is None:
        return talk.says()
    is_open = talk.open_question == question
    if not _takes(question, said.type):
        return _refuse(talk, question, _wrong_type(talk, question))
    checked = check(talk.journey, question, said.attachment)
    if isinstance(checked, Refusal):
        return _refuse(talk, question, checked)
    if is_open:
        return take_answer(talk, question, said.attachment)
    stored = record(talk.journey, question.path, Answer(said.attachment, State.GIVEN))
    return talk.at(stored).says(Reply(say("file_saved", talk.language)))


def file_refused(talk: Talk, said: inputs.FileRefused) -> Outcome:
    """The awaited file could not be fetched or is not acceptable: say why and ask again."""
    question = _awaited(talk)
    talk = talk.change(waiting_file=None)
    if question is None:
        return talk.says()
    if said.reason == "wrong_type":
        return _refuse(talk, question, _wrong_type(talk, question))
    return _refuse(talk, question, Refusal(say(f"file_{said.reason}", talk.language)))


def is_awaited(draft: Draft, attachment: str) -> bool:
    """Whether the draft waits for this very file; news of any other is dropped."""
    return draft.waiting_file is not None and draft.waiting_file[1] == attachment


def _awaited(talk: Talk) -> Question | None:
    """None when its entry is gone."""
    if talk.draft.waiting_file is None:
        raise ValueError("no file is awaited")
    return talk.journey.by_path.get(talk.draft.waiting_file[0])


def _takes(question: Question, found: str) -> bool:
    found = SAME_TYPE.get(found, found)
    if question.kind in TYPES and found not in TYPES[question.kind]:
        return False
    wanted = {ending.lstrip(".").lower() for ending in question.accept if ending.startswith(".")}
    return not wanted or found in {SAME_TYPE.get(ending, ending) for ending in wanted}


def _wrong_type(talk: Talk, question: Question) -> Refusal:
    own = talk.journey.render(question.constraint_message, question.path) if question.constraint_message else ""
    return Refusal(own or say("file_wrong_type", talk.language))


def _refuse(talk: Talk, question: Question, why: Refusal) -> Outcome:
    if talk.open_question == question:
        return ask_again(talk, question, why)
    return present(talk, before=why.text)
