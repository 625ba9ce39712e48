"""About expressions, and what only the converter finds."""

from conversations.xlsform.sentences.sentence import Sentence

EXPRESSIONS = {
    "unknown_question": Sentence(
        "Няма въпрос „{name}“.{nearest}", "Поправете името в ${{…}} или добавете въпроса.",
        "There is no question “{name}”.{nearest}", "Correct the name in ${{…}}, or add the question."),
    "added_question": Sentence(
        "Въпросът „{name}“ се добавя при преобразуването и не може да се посочи така.",
        "В израз го посочете с пътя му {path}, или задайте свой въпрос.",
        "The question “{name}” is added by the conversion and cannot be named so.",
        "In an expression write its path {path}, or ask a question of your own."),
    "ambiguous_question": Sentence(
        "Името „{name}“ носят няколко въпроса.", "Дайте им различни имена.",
        "Several questions are named “{name}”.", "Give them different names."),
    "bad_reference": Sentence(
        "„{near}“ не е правилно посочен въпрос.", "Запишете го като ${{име}}.",
        "“{near}” does not refer to a question properly.", "Write it as ${{name}}."),
    "unknown_path": Sentence(
        "Пътят {path} не води до въпрос.", "Използвайте ${{име}} вместо път.",
        "The path {path} leads to no question.", "Use ${{name}} instead of a path."),
    "unknown_instance": Sentence(
        "Няма списък или файл „{name}“.{nearest}", "Приложете файла {name}.csv или поправете името.",
        "There is no list or file “{name}”.{nearest}", "Attach the file {name}.csv, or correct the name."),
    "unquoted_word": Sentence(
        "Думата „{word}“ без кавички не значи нищо.",
        "Ако е текст, запишете я в кавички: '{word}'; ако е въпрос – ${{{word}}}.",
        "The unquoted word “{word}” names nothing.",
        "If it is a text, put it in quotes: '{word}'; a question is ${{{word}}}."),
    "filter_column": Sentence(
        "Списъкът „{name}“ няма колона „{word}“.{nearest}",
        "Добавете колоната, или запишете текста в кавички: '{word}'.",
        "The list “{name}” has no column “{word}”.{nearest}", "Add the column, or put the text in quotes: '{word}'."),
    "bare_condition": Sentence(
        "${{{name}}} само по себе си е вярно и при празен отговор.",
        "Напишете ${{{name}}} != '' или сравнете със стойност.",
        "${{{name}}} on its own is true even when it is blank.",
        "Write ${{{name}}} != '', or compare it with a value.", True),
    "later_question": Sentence(
        "„{name}“ се задава по-късно и тук още ще е празен.", "Преместете въпроса по-нагоре.",
        "“{name}” is asked later and will still be blank here.", "Move the question up.", True),
    "random": Sentence(
        "Случайната стойност ще се променя при всяка стъпка.", "Заградете я с once(…).",
        "The random value will change at every turn.", "Wrap it in once(…).", True),
    "cycle": Sentence(
        "Изразите се въртят в кръг: {names} (редове {rows}).", "Махнете едната от зависимостите.",
        "The expressions go round in a circle: {names} (rows {rows}).", "Remove one of the dependencies."),
    "converter": Sentence(
        "Преобразуването във формуляр не прие това: {detail}", "Поправете посоченото и опитайте пак.",
        "{detail}", "Correct what is named and try again."),
    "expression": Sentence(
        "{detail_bg}", "{remedy_bg}",
        "{detail_en}", "{remedy_en}"),
}  # fmt: skip
