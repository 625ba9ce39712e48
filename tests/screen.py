"""What stands on a person's screen: messages, some of them redrawn, and the buttons under them."""

from dataclasses import dataclass, field

from conversations import markdown
from conversations.phrases import plain_word
from conversations.replies import Button, Reply


def plain(text: str) -> str:
    """Markdown as it is read, line by line."""
    return "\n".join(markdown.plain(line) for line in text.split("\n"))


@dataclass
class Message:
    """`looks` are all its states; the last is what is seen now."""

    looks: list[Reply]

    @property
    def now(self) -> Reply:
        return self.looks[-1]


@dataclass
class Screen:
    messages: list[Message] = field(default_factory=list)

    @property
    def newest(self) -> Reply:
        return self.messages[-1].now

    @property
    def visible(self) -> list[Reply]:
        return [message.now for message in self.messages]

    @property
    def ever(self) -> list[Reply]:
        """All that was ever to be seen, redrawn states included."""
        return [look for message in self.messages for look in message.looks]

    def show(self, reply: Reply) -> None:
        """Redraw the message that `reply` replaces, or put it below the others; as every channel does."""
        if reply.replaces:
            shown = next((message for message in reversed(self.messages) if message.now.key == reply.replaces), None)
            if shown is not None:
                shown.looks.append(reply)
            if shown is not None or reply.only_in_place:
                return
        self.messages.append(Message([reply]))


def find_button(replies: list[Reply], label: str, of: str) -> Button:
    """The newest button with that label; `of` is a text of its message."""
    word = plain_word(label)
    for reply in reversed(replies):
        for button in (button for row in reply.rows for button in row) if of in plain(reply.text) else ():
            if button.label == label or (word and plain_word(button.label) == word):
                return button
    raise AssertionError(f"no button {label!r} {'in ' + repr(of) if of else 'anywhere'}")
