"""What every Python contestant is told: through its environment where to connect, and the questions to ask."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

RECEIPT = "Thank you, the application was received."
NOTICE = "Your answers are kept so that your application can be handled. You may ask for erasure at any time."


@dataclass(frozen=True, slots=True)
class Place:
    """`webhook_url` empty: by polling. The port to listen on stands in that address."""

    token: str
    api_url: str
    database: str
    webhook_url: str

    @property
    def port(self) -> int:
        return int(self.webhook_url.rsplit(":", 1)[1].split("/")[0])


@dataclass(frozen=True, slots=True)
class Paper:
    """The questions as (label, choices), and the words of the two buttons around them."""

    begin: str
    submit: str
    questions: tuple[tuple[str, tuple[str, ...]], ...]

    def review(self, answers: list[str]) -> str:
        """All answers, to be looked through before they are sent."""
        return "\n".join(f"{label}\n{answer}" for (label, _), answer in zip(self.questions, answers, strict=True))


def read_place() -> Place:
    env = os.environ
    return Place(env["BOT_TOKEN"], env["API_URL"], env["DATABASE"], env.get("WEBHOOK_URL", ""))


def read_paper() -> Paper:
    raw = json.loads(Path(os.environ["APPLICATION"]).read_text(encoding="utf-8"))
    questions = tuple((question["label"], tuple(question["choices"])) for question in raw["questions"])
    return Paper(raw["begin"], raw["submit"], questions)
