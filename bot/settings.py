"""Every environment variable, typed. Nobody else reads the environment. What each means: .env.example and README."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import StartError

CHANNELS = ("telegram", "viber", "web")
WANTED = {
    "HTTP_PORT": "write a port number from 0 to 65535",
    "LANGUAGE": "write a language code such as bg or en",
    "CALL_OPENS": "write a local time such as 2024-02-02T23:59:59",
    "CALL_CLOSES": "write a local time such as 2024-02-02T23:59:59",
    "VIBER_PAID_MESSAGES": "write yes or no",
    "LOG_FORMAT": "write console or json",
    "LOG_LEVEL": "write debug, info, warning or error",
}
"""What to write, where the library's own words would not help."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Somebody on a channel: a person's private chat or a group, by the platform's id."""

    channel: str
    id: str


class Settings(BaseSettings):
    """The contract with the operator: names and defaults are fixed."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data_dir: Path = Path("data")
    database_url: str = ""
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""
    telegram_token: str = Field(default="", repr=False)
    telegram_api_url: str = "https://api.telegram.org"
    viber_token: str = Field(default="", repr=False)
    viber_api_url: str = "https://chatapi.viber.com/pa"
    viber_paid_messages: bool = False
    admins: Annotated[tuple[Address, ...], NoDecode] = ()
    staff: Annotated[tuple[Address, ...], NoDecode] = ()
    form: str = ""
    call_opens: datetime | None = None
    call_closes: datetime | None = None
    timezone: str = "Europe/Sofia"
    language: str = Field(default="bg", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def database(self) -> str:
        """The database's URL, the default one inside DATA_DIR when none is set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.own_database}"

    @property
    def own_database(self) -> Path:
        """The file that is the database when no other is set."""
        return self.data_dir / "bot.db"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file; None on a server."""
        if not self.database_url:
            return self.own_database
        scheme, _, path = self.database_url.partition(":///")
        return Path(path.partition("?")[0]) if scheme.startswith("sqlite") and path else None

    @property
    def web_address(self) -> str:
        """Where people reach the web chat, without a slash at the end."""
        if self.public_url:
            return self.public_url
        host = "127.0.0.1" if self.http_host in ("0.0.0.0", "::") else self.http_host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.http_port}"

    def moment(self, local: datetime | None) -> datetime | None:
        """A local time of the settings as an aware one."""
        return None if local is None else local.replace(tzinfo=self.zone)

    @field_validator("log_format", "log_level", "language", mode="before")
    @classmethod
    def _without_case(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("call_opens", "call_closes", mode="before")
    @classmethod
    def _blank_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("call_opens", "call_closes")
    @classmethod
    def _is_local(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is not None:
            raise ValueError("write the local time without a zone, such as 2024-02-02T23:59:59; the zone is TIMEZONE")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise ValueError(f"there is no time zone „{value}“; write one such as Europe/Sofia") from unknown
        return value

    @field_validator("admins", "staff", mode="before")
    @classmethod
    def _addresses(cls, value: object) -> object:
        return tuple(_address(part) for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("public_url", "telegram_api_url", "viber_api_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("write a whole address that begins with https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fits_together(self) -> "Settings":
        address = urlsplit(self.public_url)
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise ValueError("PUBLIC_URL must begin with https:// (plain http is taken for this machine only)")
        if self.call_opens and self.call_closes and self.call_opens >= self.call_closes:
            raise ValueError("CALL_OPENS must be before CALL_CLOSES")
        return self


def read_settings() -> Settings:
    """The settings from the environment and `.env`. Raises StartError that names the setting and what to write."""
    try:
        return Settings()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        own = first["type"] == "value_error"
        reason = first["msg"].removeprefix("Value error, ") if own else WANTED.get(name, first["msg"])
        raise StartError(
            f"{name + ': ' if name else ''}{reason[:1].lower() if name else reason[:1]}{reason[1:]}."
        ) from None


def _address(text: str) -> Address:
    channel, colon, platform_id = text.strip().partition(":")
    if not colon or channel not in CHANNELS or not platform_id:
        raise ValueError(f"„{text.strip()}“ is no address: write channel:id, such as telegram:123 or telegram:-100200")
    return Address(channel, platform_id)
