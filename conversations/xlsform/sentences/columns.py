"""About columns, settings and languages."""

from conversations.xlsform.sentences.sentence import Sentence

COLUMNS = {
    "column_twice": Sentence(
        "Колоната повтаря друга: {other}.", "Оставете само едната.",
        "The column repeats another: {other}.", "Keep only one of them."),
    "unknown_column": Sentence(
        "Колоната „{column}“ не е позната и се пропуска.{nearest}", "Поправете името ѝ или я махнете.",
        "The column “{column}” is not known and is left out.{nearest}", "Correct its name, or remove it.", True),
    "ignored_column": Sentence(
        "Колоната „{column}“ няма значение в чат и се пропуска.", "Може да я махнете.",
        "The column “{column}” means nothing in a chat and is left out.", "You may remove it.", True),
    "refused_column": Sentence(
        "Колоната „{column}“ не се поддържа.", "Изтрийте клетката или задайте въпроса по друг начин.",
        "The column “{column}” is not supported.", "Empty the cell, or ask in another way."),
    "bad_data_column": Sentence(
        "Името на колоната „{column}“ не може да стои в израз.",
        "Използвайте букви, цифри и долна черта, без интервали.",
        "The column name “{column}” cannot stand in an expression.", "Use letters, digits and underscores, no spaces."),
    "language_without_code": Sentence(
        "Езикът „{language}“ няма код.", "Добавете кода в скоби, например Български (bg) или English (en).",
        "The language “{language}” has no code.", "Add the code in brackets, e.g. Български (bg) or English (en)."),
    "column_without_language": Sentence(
        "До колони с език стои колона без език.",
        "Допишете езика, например label::Български (bg), или default_language.",
        "A column without a language stands beside columns with one.",
        "Add its language, e.g. label::English (en), or set default_language."),
    "unknown_default_language": Sentence(
        "Няма колони на езика по подразбиране.", "Посочете един от езиците във формуляра.",
        "There are no columns in the default language.", "Name one of the form's languages."),
    "missing_translation": Sentence(
        "Липсва превод на {language}; ще се покаже другият език.", "Попълнете клетката.",
        "The translation into {language} is missing; the other language is shown.", "Fill in the cell.", True),
}  # fmt: skip
