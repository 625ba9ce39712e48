"""XForm, CSV texts and desk → Form. No pyxform, no lint: what is stored was checked when it was published.

Source: https://getodk.github.io/xforms-spec/
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from conversations.errors import FormError
from conversations.form import ChoiceList, Form, Group, Kind, Question, Repeat, Text, Trigger
from conversations.xlsform.controls import GROUP, REPEAT, endings_of, is_control, kind_of, local, steps_of
from conversations.xlsform.desk import DeskSource, read_desk
from conversations.xlsform.formitems import Items, computed, mark_shared_lists
from conversations.xlsform.formlists import Itemset, Lists
from conversations.xlsform.itext import XF, Texts, same_in_all
from conversations.xlsform.lists import read_stored_tables
from conversations.xlsform.order import contents, evaluation_order, needs
from conversations.xlsform.spelling import is_expression
from conversations.xpath import Expression, compile_expression

_H = "{http://www.w3.org/1999/xhtml}"
_JR = "{http://openrosa.org/javarosa}"
_PRELOADS = {
    ("timestamp", "start"): "start",
    ("timestamp", "end"): "end",
    ("date", "today"): "today",
    ("property", "deviceid"): "deviceid",
    ("property", "username"): "username",
    ("property", "phonenumber"): "phonenumber",
    ("property", "email"): "email",
}
_NEVER = "false()"
_META = "meta"
_INSTANCE_ID = "instanceID"
OTHER = "other"
_OTHER_CHOICE = ("Other", {"bg": "Друго", "en": "Other"})
_OTHER_QUESTION = ("Specify other.", {"bg": "Моля, уточнете.", "en": "Please specify."})


def read_form(xform: str, files: Mapping[str, str], desk: Mapping[str, Any]) -> Form:
    """The form of a stored version: `xform` as pyxform wrote it, `files` the CSV texts by name, `desk` as call.yaml.

    Raises FormError when the desk or a list does not fit the form.
    """
    form = _Reader(xform, files).form()
    read, found = read_desk(DeskSource(values=desk), _paths(form), form.default_language)
    if any(not problem.is_warning for problem in found):
        raise FormError(tuple(found))
    return replace(form, desk=read)


def _paths(form: Form) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for question in form.questions:
        if not any(form.groups[group].repeat for group in question.groups):
            for key in {question.path, question.name}:
                found.setdefault(key, []).append(question.path)
    return found


class _Reader:
    """One XForm being read: its parts, indexed by the absolute path of the node they speak about."""

    def __init__(self, xform: str, files: Mapping[str, str]) -> None:
        document = fromstring(xform.encode())
        head = document.find(f"{_H}head")
        body = document.find(f"{_H}body")
        model = head.find(f"{XF}model")
        self.title = head.findtext(f"{_H}title", "")
        self.main: Element = model.find(f"{XF}instance")[0]
        self.root = local(self.main)
        self.texts = Texts(model)
        self.binds: dict[str, Element] = {bind.get("nodeset", ""): bind for bind in model.iterfind(f"{XF}bind")}
        self.controls: dict[str, Element] = {}
        self.triggers: dict[str, list[Trigger]] = {}
        self.repeats: dict[str, Element] = {each.get("nodeset", ""): each for each in body.iter(f"{XF}{REPEAT}")}
        for element in body.iter():
            if is_control(element):
                self.controls[element.get("ref", "")] = element
                self._read_triggers(element)
        self.first_defaults = {
            action.get("ref", ""): action.get("value") or "''"
            for action in model.iterfind(f"{XF}setvalue")
            if "odk-instance-first-load" in action.get("event", "").split()
        }
        self.lists = Lists(model, self.texts, read_stored_tables(files))

    def form(self) -> Form:
        items = mark_shared_lists(tuple(self._items(self.main, (), ())))
        lists = self._with_other(items, self.lists.all())
        name = self.binds.get(f"/{self.root}/{_META}/instanceName")
        return Form(
            id=self.main.get("id", ""),
            title=self.title,
            version=self.main.get("version", ""),
            default_language=self.texts.default_language,
            languages=self.texts.languages,
            root=self.root,
            items=items,
            lists=lists,
            order=self._order(items),
            desk=read_desk(DeskSource(), {}, self.texts.default_language)[0],
            instance_name=None if name is None else _expression(name.get("calculate")),
            texts=self.texts.all(),
        )

    def _items(self, parent: Element, names: tuple[str, ...], groups: tuple[str, ...]) -> Iterator[Question | Group]:
        for node in _once_each(parent):
            path = (*names, local(node))
            if path == (_META,):
                continue
            control = self.controls.get(self._absolute(path))
            if len(node) or (control is not None and local(control) == GROUP):
                group = self._group(path, control)
                yield group
                yield from self._items(node, path, (*groups, group.path))
            else:
                yield self._question(node, path, groups, control)

    def _absolute(self, path: tuple[str, ...]) -> str:
        return f"/{self.root}/{'/'.join(path)}"

    def _bind(self, path: tuple[str, ...]) -> Element:
        return self.binds.get(self._absolute(path), Element("bind"))

    def _group(self, path: tuple[str, ...], control: Element | None) -> Group:
        label = None if control is None else self.texts.of(control.find(f"{XF}label"))
        repeated = self.repeats.get(self._absolute(path))
        repeat = None if repeated is None else Repeat(_expression(repeated.get(f"{_JR}count")))
        return Group("/".join(path), label, _expression(self._bind(path).get("relevant")), repeat)

    def _question(
        self, node: Element, path: tuple[str, ...], groups: tuple[str, ...], control: Element | None
    ) -> Question:
        bind = self._bind(path)
        where = self._absolute(path)
        static, first_default = self._default(where)
        question = Question(
            path="/".join(path),
            kind=kind_of(control, bind),
            groups=groups,
            relevant=_expression(bind.get("relevant")),
            required=_expression(bind.get("required")),
            required_message=self.texts.named(bind.get(f"{_JR}requiredMsg", "")),
            constraint=_expression(bind.get("constraint")),
            constraint_message=self.texts.named(bind.get(f"{_JR}constraintMsg", "")),
            calculation=_expression(bind.get("calculate")),
            triggers=tuple(self.triggers.get(where, ())),
            default=static or (node.text or "").strip().removeprefix("jr://images/"),
            first_default=_expression(first_default),
            read_only=bind.get("readonly") == "true()",
            preload=_PRELOADS.get((bind.get(f"{_JR}preload", ""), bind.get(f"{_JR}preloadParams", "")), ""),
        )
        return question if control is None else self._shown(question, control)

    def _shown(self, question: Question, control: Element) -> Question:
        """What the control in the body adds: texts, appearance, choices; and a note told from a read-only text."""
        itemset = control.find(f"{XF}itemset")
        offered = Itemset() if itemset is None else self.lists.offered(itemset)
        valueless = not (question.calculation or question.triggers or question.default or question.first_default)
        is_note = question.read_only and question.kind is Kind.TEXT and valueless
        return replace(
            question,
            kind=Kind.NOTE if is_note else question.kind,
            label=self._label(question, control),
            hint=self.texts.of(control.find(f"{XF}hint")),
            guidance=self.texts.guidance(control.find(f"{XF}hint")),
            media=self.texts.media(control.find(f"{XF}label")),
            appearance=frozenset(control.get("appearance", "").split()),
            choices=offered.list_name,
            itemset=offered.expression,
            accept=endings_of(control),
            steps=steps_of(control),
        )

    def _label(self, question: Question, control: Element) -> Text | None:
        label = self.texts.of(control.find(f"{XF}label"))
        if label and question.name.endswith(f"_{OTHER}") and same_in_all(label.parts, _OTHER_QUESTION[0]):
            return self._own(_OTHER_QUESTION[1])
        return label

    def _own(self, words: Mapping[str, str]) -> Text:
        """A text of ours in the form's languages, English where we have no better."""
        return Text({code: (words.get(code, words["en"]),) for code in self.texts.languages})

    def _default(self, where: str) -> tuple[str, str | None]:
        """A default that pyxform took for an expression: as the plain text it is, or as the expression it is."""
        written = self.first_defaults.get(where)
        if written is None or is_expression(written) or f"/{self.root}/" in written:
            return "", written
        return written, None

    def _read_triggers(self, control: Element) -> None:
        source = control.get("ref", "").removeprefix(f"/{self.root}/")
        for action in control.iterfind(f"{XF}setvalue"):
            if "xforms-value-changed" in action.get("event", "").split():
                calculation = compile_expression(action.get("value") or "''")
                self.triggers.setdefault(action.get("ref", ""), []).append(Trigger(source, calculation))

    def _with_other(self, items: Items, lists: Mapping[str, ChoiceList]) -> dict[str, ChoiceList]:
        """The choice that `or_other` added, in our words: pyxform writes `Other` in every language."""
        names = {item.path for item in items}
        adorned = dict(lists)
        for item in items:
            if isinstance(item, Question) and item.choices and f"{item.path}_{OTHER}" in names:
                adorned[item.choices] = self._name_other(adorned[item.choices])
        return adorned

    def _name_other(self, choices: ChoiceList) -> ChoiceList:
        word, words = _OTHER_CHOICE
        return ChoiceList(
            choices.name,
            tuple(
                replace(choice, label=self._own(words))
                if choice.name == OTHER and same_in_all(choice.label.parts, word)
                else choice
                for choice in choices.choices
            ),
            choices.node,
            choices.from_file,
        )

    def _order(self, items: Items) -> tuple[str, ...]:
        paths = {(self.root, *item.path.split("/")): item for item in items}
        inside = contents(paths)
        needed = {path: needs(path, computed(item), inside) for path, item in paths.items()}
        return tuple("/".join(path[1:]) for path in evaluation_order(needed))


def _once_each(parent: Element) -> list[Element]:
    """The children, a repeat once: pyxform writes its template and its first entry, which are alike."""
    found: dict[str, Element] = {}
    for node in parent:
        found.setdefault(local(node), node)
    return list(found.values())


def _expression(text: str | None) -> Expression | None:
    """An expression; None when there is none, or it says `never`."""
    return None if not text or text.strip() == _NEVER else compile_expression(text)
