"""About the desk around the form."""

from conversations.xlsform.sentences.sentence import Sentence

DESK = {
    "walk_shape": Sentence(
        "Тук не може да се разбере какво се иска.", "Очаква се: {expected}.",
        "What is meant here cannot be understood.", "Expected: {expected}."),
    "walk_unknown_key": Sentence(
        "Разходките нямат такъв ключ.{nearest}", "Известни са: {known}.",
        "Walks have no such key.{nearest}", "Known are: {known}."),
    "desk_unknown_key": Sentence(
        "Ключът не е познат и се пропуска.{nearest}", "Поправете името му или го махнете.",
        "The key is not known and is left out.{nearest}", "Correct its name, or remove it.", True),
    "desk_unknown_question": Sentence(
        "Няма въпрос „{name}“.{nearest}", "Посочете въпрос по име или по път.",
        "There is no question “{name}”.{nearest}", "Name a question by its name or path."),
    "desk_not_text": Sentence(
        "Очаква се текст, или текст за всеки език.", "Запишете bg: … и en: ….",
        "A text is expected, or one for each language.", "Write bg: … and en: …."),
    "desk_missing": Sentence(
        "Липсва {what}.", "Попълнете го.",
        "{what} is missing.", "Fill it in."),
    "desk_not_number": Sentence(
        "„{value}“ не е цяло число над нулата.", "Напишете число или изтрийте реда.",
        "“{value}” is no whole number above zero.", "Write a number, or remove the row."),
    "desk_bad_key": Sentence(
        "„{value}“ не може да е ключ на решение.",
        "Използвайте малки латински букви, цифри и долна черта, до 20 знака.",
        "“{value}” cannot be a decision's key.", "Use small Latin letters, digits and underscores, at most 20 signs."),
    "desk_key_twice": Sentence(
        "Решението „{value}“ е дадено два пъти.", "Дайте различни ключове.",
        "The decision “{value}” is given twice.", "Give them different keys."),
    "desk_too_many_cards": Sentence(
        "Картата побира до {limit} въпроса.", "Изберете най-важните.",
        "The card holds at most {limit} questions.", "Choose the most important ones."),
}  # fmt: skip
