"""The people on the Viber test server: each has a phone with one chat, that with the bot."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.bot.viber_refusals import shown_label

if TYPE_CHECKING:
    from tests.bot.viber_server import Delivery, ViberServer

PATIENCE_SECONDS = 20.0
SOFIA = (42.6977, 23.3219)


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of the bot on a phone. `content` is what its `media` led to, None when it has none or it is gone."""

    body: dict[str, Any]
    token: int
    is_welcome: bool = False
    content: bytes | None = None

    @property
    def kind(self) -> str:
        return str(self.body.get("type", ""))

    @property
    def text(self) -> str:
        return str(self.body.get("text", ""))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return list(self.body.get("keyboard", {}).get("Buttons", ()))

    @property
    def labels(self) -> list[str]:
        return [shown_label(button) for button in self.buttons]


@dataclass(eq=False)
class Person:
    """`id` holds signs that mean something in a URL, as real ones do. `desktop`: no number and no place to share."""

    server: "ViberServer"
    id: str
    name: str
    language: str = "bg"
    phone: str = "359888123456"
    api_version: int = 10
    desktop: bool = False
    is_subscribed: bool = False
    unanswered: int = 0
    failing: int = 0
    tracking_data: str = ""
    screen: list[Shown] = field(default_factory=list)
    keyboard: list[dict[str, Any]] = field(default_factory=list)
    log: asyncio.Queue[Shown] = field(default_factory=asyncio.Queue)

    @property
    def profile(self) -> dict[str, Any]:
        """Without the name when the bot did not ask for it in `set_webhook`."""
        known = {"name": self.name, "avatar": "https://example.org/face.jpg"} if self.server.tells_names else {}
        rest = {"language": self.language, "country": "BG", "api_version": self.api_version}
        return {"id": self.id, "name": "Subscriber", **known, **rest}

    # --- what the person does: each returns when the bot has answered the callback

    async def opens(self, context: str = "") -> "Delivery":
        """The chat, from the bot's page or by a link that carries `context`."""
        more = {"context": context} if context else {}
        event = {"type": "open", "user": self.profile, "subscribed": self.is_subscribed, **more}
        return await self.server.happens("conversation_started", self, **event)

    async def subscribes(self) -> "Delivery":
        self.is_subscribed = True
        self.tracking_data = ""
        return await self.server.happens("subscribed", self, user=self.profile)

    async def unsubscribes(self) -> "Delivery":
        self.is_subscribed = False
        return await self.server.happens("unsubscribed", self, user_id=self.id)

    async def says(self, text: str) -> "Delivery":
        shown = self.screen[-1].body.get("keyboard", {}) if self.screen else {}
        assert shown.get("InputFieldState") != "hidden", "there is no field to write in"
        return await self.sends(type="text", text=text)

    async def sends(self, *, silent: bool = False, **message: Any) -> "Delivery":
        """Any message. The first one of somebody who has not subscribed does so."""
        first, self.is_subscribed = not self.is_subscribed, True
        self.unanswered = 0
        if first and self.server.first_message_subscribes == "before":
            await self.server.happens("subscribed", self, user=self.profile)
        message |= {"tracking_data": self.tracking_data} if self.tracking_data else {}
        told = await self.server.happens("message", self, sender=self.profile, message=message, silent=silent)
        if first and self.server.first_message_subscribes == "after":
            await self.server.happens("subscribed", self, user=self.profile)
        return told

    async def taps(self, label: str) -> "Delivery | None":
        """A button of the keyboard under the chat; None for a button that sends nothing."""
        return await self._press(_labelled(self.keyboard, label))

    async def taps_old(self, label: str) -> "Delivery | None":
        """A button of any keyboard there ever was, the newest first."""
        return await self._press(_labelled([b for shown in reversed(self.screen) for b in shown.buttons], label))

    async def shares_phone(self) -> "Delivery":
        """By the button that asks for the number."""
        self._find("share-phone")
        return await self.sends_contact(self.name, "" if self.desktop else self.phone)

    async def shares_location(self, latitude: float = SOFIA[0], longitude: float = SOFIA[1]) -> "Delivery":
        """By the button that asks for the place."""
        assert not self.desktop, "the button does nothing on a desktop"
        self._find("location-picker")
        return await self.sends(type="location", location={"lat": latitude, "lon": longitude})

    async def sends_contact(self, name: str, phone: str) -> "Delivery":
        return await self.sends(type="contact", contact={"name": name, **({"phone_number": phone} if phone else {})})

    async def sends_file(self, name: str, content: bytes) -> "Delivery":
        """The event calls the size both ways: the reference says `file_size`, the official client reads `size`."""
        size = len(content)
        media = self.server.keep(name, content)
        return await self.sends(type="file", media=media, file_name=name, file_size=size, size=size)

    async def sends_picture(self, content: bytes, text: str = "") -> "Delivery":
        media = self.server.keep("photo.jpg", content)
        return await self.sends(type="picture", media=media, text=text, file_name="photo.jpg", thumbnail=media)

    # --- what the person sees

    async def hears(self) -> Shown:
        """The next message, waited for."""
        return await asyncio.wait_for(self.log.get(), PATIENCE_SECONDS)

    async def hears_until(self, text: str) -> list[Shown]:
        """The next messages, up to the first that says `text`."""
        heard: list[Shown] = []
        while not heard or text not in heard[-1].text:
            try:
                heard.append(await self.hears())
            except TimeoutError:
                raise AssertionError(f"{text!r} was not said, but {[shown.text for shown in heard]}") from None
        return heard

    @property
    def labels(self) -> list[str]:
        """The keyboard under the chat."""
        return [shown_label(button) for button in self.keyboard]

    @property
    def texts(self) -> list[str]:
        return [shown.text for shown in self.screen]

    def sees(self, shown: Shown) -> None:
        """A message arrives. Only the newest message's keyboard is there, unless the server lets keyboards stay."""
        self.screen.append(shown)
        self.tracking_data = shown.body.get("tracking_data", "")
        if shown.buttons or not self.server.keyboards_stay:
            self.keyboard = shown.buttons
        self.log.put_nowait(shown)

    async def _press(self, button: dict[str, Any]) -> "Delivery | None":
        action = button.get("ActionType", "reply")
        assert action in ("reply", "open-url", "none"), f"a button that shares: {action}"
        if action == "none":
            return None
        return await self.sends(type="text", text=button["ActionBody"], silent=bool(button.get("Silent")))

    def _find(self, action: str) -> dict[str, Any]:
        for button in self.keyboard:
            if button.get("ActionType") == action:
                return button
        raise AssertionError(f"no {action} button: {json.dumps(self.keyboard, ensure_ascii=False)}")


def _labelled(buttons: list[dict[str, Any]], label: str) -> dict[str, Any]:
    for button in buttons:
        if shown_label(button) == label:
            return button
    raise AssertionError(f"no button {label!r} but {[shown_label(button) for button in buttons]}")
