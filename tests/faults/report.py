"""What was done to the desk and what became of the answers: one row of the fault table for each kind of fault."""

from dataclasses import dataclass

HEADERS = (
    "done to it",
    "database",
    "times",
    "applications",
    "answers given",
    "stored",
    "lost",
    "notifications",
    "lost",
    "messages",
    "repeated",
    "turns refused",
)


@dataclass(frozen=True, slots=True)
class FaultReport:
    """Counted by the people who talked and by the platform, compared with what SQL finds in the database.

    `refused` are updates that were not taken at first and came again; `repeated` messages somebody saw twice, and
    `repeated_at_once` is the most that one person saw twice of what was sent between two kills.
    """

    done: str
    database: str
    times: int
    applications: int
    given: int
    stored: int
    notifications: int
    notified: int
    messages: int
    repeated: int
    repeated_at_once: int
    refused: int

    @property
    def lost(self) -> int:
        return self.given - self.stored

    @property
    def unnotified(self) -> int:
        return self.notifications - self.notified

    def row(self) -> str:
        """The row of a Markdown table under `HEADERS`."""
        cells = (
            *(self.done, self.database, self.times, self.applications, self.given, self.stored, self.lost),
            *(self.notifications, self.unnotified, self.messages, self.repeated, self.refused),
        )
        return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |"


def table(reports: list[FaultReport]) -> str:
    """All rows with their header, as Markdown."""
    lines = ["| " + " | ".join(HEADERS) + " |", "|---|---|" + "---:|" * (len(HEADERS) - 2)]
    return "\n".join([*lines, *(report.row() for report in reports)])
