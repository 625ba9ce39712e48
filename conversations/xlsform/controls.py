"""What the body of an XForm says about a node: the kind of question, its bounds, the files it takes.

Source: https://getodk.github.io/xforms-spec/#body-elements
"""

import re
from xml.etree.ElementTree import Element

from conversations.form import Kind, Steps

_KINDS = {
    "input": Kind.TEXT,
    "select1": Kind.SELECT_ONE,
    "select": Kind.SELECT_MULTIPLE,
    "rank": Kind.RANK,
    "range": Kind.RANGE,
    "trigger": Kind.ACKNOWLEDGE,
    "upload": Kind.FILE,
}
_INPUTS = {
    "int": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "dateTime": Kind.DATETIME,
    "geopoint": Kind.GEOPOINT,
}
_UPLOADS = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}
GROUP = "group"
REPEAT = "repeat"


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def is_control(element: Element) -> bool:
    """Whether the element shows a node: a question, or a group."""
    return local(element) in {*_KINDS, GROUP} and element.get("ref", "").startswith("/")


def kind_of(control: Element | None, bind: Element) -> Kind:
    """The kind of a question; without a control it is quiet."""
    if control is None:
        return Kind.QUIET
    kind = _KINDS[local(control)]
    if kind is Kind.TEXT:
        return _INPUTS.get(bind.get("type", ""), kind)
    if kind is Kind.FILE:
        return _UPLOADS.get(control.get("mediatype", "").partition("/")[0], kind)
    return kind


def steps_of(control: Element) -> Steps | None:
    """The bounds and step of a range."""
    if local(control) != "range":
        return None
    return Steps(control.get("start", ""), control.get("end", ""), control.get("step", ""))


def endings_of(control: Element) -> tuple[str, ...]:
    """The file endings that an upload accepts, lower case; empty: any."""
    return tuple(ending.lower() for ending in re.split(r"[\s,]+", control.get("accept", "")) if ending)
