"""A draft: what one person has answered so far. Frozen; changed by making a new one; travels as JSON.

Position is not stored: the current question is the first relevant one without an answer (see journey.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson


class Mode(StrEnum):
    ASKING = "asking"
    """Walking forward through the form."""
    EDITING = "editing"
    """One answered question is open; afterwards the walk goes on where it was."""
    CORRECTING = "correcting"
    """The questions in `open` are asked one by one, then the review follows."""
    REVIEWING = "reviewing"
    """Everything is answered; the person checks and submits."""
    SUBMITTED = "submitted"


class State(StrEnum):
    GIVEN = "given"
    SKIPPED = "skipped"
    """Remembered as skipped: the value is blank and the question is not asked again."""
    PREFILLED = "prefilled"
    """There is a value, by default or calculation, that the person has not confirmed: it counts in expressions,
    but the question is still asked."""


STATES = {state.value: state for state in State}
"""By their names in JSON: a look-up takes a twentieth of what `State(name)` takes, once for each answer of a draft."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`value` as XLSForm stores it: names with spaces for a multiple, ISO for dates, an attachment id for files."""

    value: str
    state: State = State.GIVEN


@dataclass(frozen=True, slots=True)
class Consent:
    """That the privacy notice was shown and tapped: which version, in which language, when (UTC)."""

    version: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """`tag` is short and unlike other drafts' tags: buttons carry it, so a foreign or old button is recognised.

    `form_version` is the form row it is pinned to. `open` holds paths: one in `editing`, those still to ask in
    `correcting`. `selecting` is the multi-select in progress, None when there is none. `held` is a text that came too
    early and waits for its „use it“ button. `waiting_file` is (path, attachment id) while a file that answers `path` is
    being fetched. `reference` is what the applicant quotes, set once when submitted.
    """

    tag: str
    form_version: int
    language: str
    seed: int
    began: datetime
    answers: Mapping[str, Answer] = field(default_factory=dict)
    mode: Mode = Mode.ASKING
    open: tuple[str, ...] = ()
    selecting: tuple[str, ...] | None = None
    held: str | None = None
    waiting_file: tuple[str, str] | None = None
    consent: Consent | None = None
    reference: str = ""

    def with_answer(self, path: str, answer: Answer) -> "Draft":
        return replace(self, answers={**self.answers, path: answer})

    def without_answers(self, paths: set[str]) -> "Draft":
        return replace(self, answers={path: answer for path, answer in self.answers.items() if path not in paths})

    def has_answer(self, path: str) -> bool:
        """Whether the person has dealt with the question: given or skipped, not merely prefilled."""
        answer = self.answers.get(path)
        return answer is not None and answer.state is not State.PREFILLED


def write_draft(draft: Draft) -> str:
    """The draft as JSON text, for storage."""
    body: dict[str, Any] = {
        "tag": draft.tag,
        "form_version": draft.form_version,
        "language": draft.language,
        "seed": draft.seed,
        "began": draft.began.isoformat(),
        "answers": {path: (answer.value, answer.state) for path, answer in draft.answers.items()},
        "mode": draft.mode,
        "open": draft.open,
        "selecting": draft.selecting,
        "held": draft.held,
        "waiting_file": draft.waiting_file,
        "reference": draft.reference,
        "consent": None
        if draft.consent is None
        else [draft.consent.version, draft.consent.language, draft.consent.at.isoformat()],
    }
    return orjson.dumps(body).decode()


def read_draft(text: str) -> Draft:
    """The draft that `write_draft` wrote. Raises ValueError or KeyError on anything else."""
    body = orjson.loads(text)
    consent = body["consent"]
    return Draft(
        tag=body["tag"],
        form_version=body["form_version"],
        language=body["language"],
        seed=body["seed"],
        began=datetime.fromisoformat(body["began"]),
        answers={path: Answer(value, STATES[state]) for path, (value, state) in body["answers"].items()},
        mode=Mode(body["mode"]),
        open=tuple(body["open"]),
        selecting=None if body["selecting"] is None else tuple(body["selecting"]),
        held=body["held"],
        waiting_file=None if body["waiting_file"] is None else (body["waiting_file"][0], body["waiting_file"][1]),
        reference=body["reference"],
        consent=None if consent is None else Consent(consent[0], consent[1], datetime.fromisoformat(consent[2])),
    )
