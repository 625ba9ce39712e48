"""The application that everybody fills in: 30 turns – the beginning, a notice to agree to, 27 questions, sending.

The same questions go to every contestant: to ours as an XLSForm, to the others as JSON. The invented answers are as
long as those that schools give: words, numbers and choices.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

BEGIN = "I have read this, let us begin"
SUBMIT = "Submit application"
_READINESS = ("Already works here", "Planned for this year", "We would need support", "Not ready yet")
_YES_NO = ("Yes", "No")


@dataclass(frozen=True, slots=True)
class Question:
    """`choices` empty: the answer is typed. `answer` is what the simulated people say or tap."""

    label: str
    answer: str
    choices: tuple[str, ...] = ()


QUESTIONS = (
    Question("What is the name of the school?", "Vasil Levski Primary School"),
    Question("In which town or village does it stand?", "Karadzhovo"),
    Question("Is the school in the network already?", "Yes", _YES_NO),
    Question("In which year did it join?", "2015"),
    Question("What is its e-mail address?", "school@example.org"),
    Question("Does a club of parents meet at the school?", "Already works here", _READINESS),
    Question("Does a student council work at the school?", "Planned for this year", _READINESS),
    Question("Do older students mentor younger ones?", "We would need support", _READINESS),
    Question("Is there a programme for newcomers?", "Already works here", _READINESS),
    Question("Is absence followed up within the same week?", "Already works here", _READINESS),
    Question("Is intercultural education part of the plan?", "Planned for this year", _READINESS),
    Question("Do teachers visit families at home?", "Not ready yet", _READINESS),
    Question("What is your name?", "Maria Ivanova"),
    Question("What is your telephone number?", "0888123456"),
    Question("Are you the principal of the school?", "Yes", _YES_NO),
    Question("How many pupils are there?", "120"),
    Question("How many classes are there?", "8"),
    Question("How many teachers work at the school?", "14"),
    Question("Is there a mediator?", "Yes", _YES_NO),
    Question("How many pupils left school last year?", "2"),
    Question("Why did they leave?", "One family moved abroad, one pupil works with the parents in the fields."),
    Question("Did the number of absences fall last year?", "No", _YES_NO),
    Question("Which of your activities are you proudest of?", "The reading club that grandparents lead on Fridays."),
    Question("What do you expect from the network?", "Visits to other schools, and somebody to ask."),
    Question("Would you host a visit of another school?", "Yes", _YES_NO),
    Question("May we publish the name of the school?", "Yes", _YES_NO),
    Question("Is there anything else we should know?", "The heating is being repaired until spring."),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One turn as a person sees it: they say `text`, or tap the button that holds `tap`, and wait for a new message
    with `hears` in its text and a button that holds `offers`; what is empty may be anything."""

    text: str = ""
    tap: str = ""
    hears: str = ""
    offers: str = ""


def steps(questions: Sequence[Question] = QUESTIONS) -> tuple[Step, ...]:
    """All turns in order."""
    answered = (Step(tap=BEGIN), *(Step(tap=q.answer) if q.choices else Step(text=q.answer) for q in questions))
    asked = ((q.label, q.answer if q.choices else "") for q in questions)
    awaited = (*asked, ("", SUBMIT))
    going = (Step(step.text, step.tap, hears, offers) for step, (hears, offers) in zip(answered, awaited, strict=True))
    return (Step(text="/start", offers=BEGIN), *going, Step(tap=SUBMIT))


def as_json() -> str:
    """For the contestants in any language: labels and choices, and the words of the two other buttons."""
    questions = [{"label": question.label, "choices": question.choices} for question in QUESTIONS]
    return json.dumps({"begin": BEGIN, "submit": SUBMIT, "questions": questions})


def as_xlsform(questions: Sequence[Question] = QUESTIONS) -> str:
    """The workbook as the Markdown that pyxform reads."""
    lists = {question.choices for question in questions if question.choices}
    names = {choices: f"list{number}" for number, choices in enumerate(sorted(lists), 1)}
    rows = ["| survey |", "| | type | name | label | required |"]
    for number, question in enumerate(questions, 1):
        kind = f"select_one {names[question.choices]}" if question.choices else "text"
        rows.append(f"| | {kind} | q{number} | {question.label} | yes |")
    rows += ["| choices |", "| | list_name | name | label |"]
    for choices, name in names.items():
        rows += [f"| | {name} | c{number} | {choice} |" for number, choice in enumerate(choices)]
    rows += ["| settings |", "| | form_title | form_id | default_language |"]
    rows.append("| | A school applies | benchmark | English (en) |")
    return "\n".join(rows) + "\n"
