"""Why an expression is refused, in Bulgarian beside the English that the expression language itself gives."""

from conversations.errors import Problem
from conversations.xlsform.messages import Place, problem
from conversations.xpath import ExpressionError

_BULGARIAN = {
    "empty": ("Изразът е празен.", "Напишете израз или оставете клетката празна."),
    "too_long": ("Изразът има {length} знака, а може до {most}.", "Разделете го на няколко calculate."),
    "too_deep": ("Изразът има повече от {most} вложени скоби.", "Разделете го на няколко calculate."),
    "syntax": ("Изразът не се чете от „{near}“ нататък.", "Проверете скобите, кавичките, запетаите и знаците."),
    "unfinished": ("Изразът свършва твърде рано.", "Проверете за липсваща скоба, кавичка или стойност."),
    "curly_quotes": ("Кавичката „{near}“ е типографска.", "Използвайте прави кавички: ' или \"."),
    "unclosed_quote": ("Кавичката {near} не е затворена.", "Затворете я със същия знак."),
    "variable": ("Променливи със знака $ не се поддържат.", "Запишете ${{въпрос}}, за да посочите въпрос."),
    "attribute": ("Атрибути (@) не се поддържат.", "Посочете въпрос или колона на списък."),
    "descendant": ("Търсене на произволно ниво (//) не се поддържа.", "Напишете целия път."),
    "axis": ("Оста {axis}:: не се поддържа.", "Използвайте път, „.“ или „..“."),
    "unknown_function": ("Няма функция {name}().", "Вижте списъка на функциите."),
    "misspelt_function": ("Няма функция {name}().", "Може би {nearest}()?"),
    "unsupported_function": ("Функцията {name}() не се поддържа.", "Поискайте стойността по друг начин."),
    "arguments": ("{name}() приема {expected} аргумента, а не {given}.", "Проверете запетаите и скобите."),
    "needs_path": ("{name} иска път до въпроси или редове на списък.", "Поставете въпрос или instance(…)."),
    "pattern": ("Образецът {pattern} не може да се използва: {reason}.",
                "Проверете скобите; поглед напред или назад, обратни препратки и над 1000 повторения няма."),
    "date_format": ("Във формата на датата няма знак {token}.",
                    "Използвайте %Y %y %m %n %b %B %d %e %a %A %H %h %M %S %3."),
    "digest": ("digest() не познава {name}.", "Използвайте MD5, SHA-1, SHA-256, SHA-384 или SHA-512; base64 или hex."),
    "unknown_list": ("Няма списък {name}.", "Проверете името на списъка или на файла."),
    "too_many_steps": ("Изразът иска повече от {most} стъпки.", "Филтрирайте списъка по някоя негова колона."),
    "text_too_long": ("Изразът прави текст, по-дълъг от {most} знака.", "Съединете по-малко текстове."),
}  # fmt: skip
_ANY = ("Изразът не може да се използва.", "Проверете го.")


def explain(error: ExpressionError, place: Place) -> Problem:
    """The finding for an expression that does not compile; its code is `expression_` and the error's own."""
    message, remedy = _BULGARIAN.get(error.code, _ANY)
    found = problem(
        "expression",
        place,
        detail_bg=message.format(**error.params),
        remedy_bg=remedy.format(**error.params),
        detail_en=error.message,
        remedy_en=error.remedy or "Check it.",
    )
    return Problem(
        found.sheet, found.row, found.column, f"expression_{error.code}", found.message, found.remedy, found.is_warning
    )
