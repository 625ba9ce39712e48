"""Every sentence of the lint, in Bulgarian and English: what is wrong, and what the author can do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from conversations.errors import Problem


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is; the fields are those of Problem."""

    sheet: str
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """Both languages of a finding, with parameters in braces. `{nearest}` becomes a guess, or nothing."""

    bg: str
    bg_remedy: str
    en: str
    en_remedy: str
    is_warning: bool = False


_GUESS = {"bg": " Може би „{nearest}“?", "en": " Perhaps “{nearest}”?"}


def closest(word: str, known: Iterable[str], likeness: float = 0.7) -> str:
    """The known name most like `word`; '' when none is."""
    return next(iter(get_close_matches(word, list(known), 1, likeness)), "")


def problem(code: str, place: Place, /, **params: object) -> Problem:
    """The finding `code` of SENTENCES at `place`."""
    sentence = SENTENCES[code]
    nearest = str(params.pop("nearest", ""))
    bg = {**params, "nearest": _GUESS["bg"].format(nearest=nearest) if nearest else ""}
    en = {**params, "nearest": _GUESS["en"].format(nearest=nearest) if nearest else ""}
    return Problem(
        place.sheet,
        place.row,
        place.column,
        code,
        {"bg": sentence.bg.format(**bg), "en": sentence.en.format(**en)},
        {"bg": sentence.bg_remedy.format(**bg), "en": sentence.en_remedy.format(**en)},
        sentence.is_warning,
    )


_FILES = {
    "file_type": Sentence(
        "Този вид файл не се чете като формуляр.", "Запазете го като .xlsx, .xls, .csv, .md или .yaml.",
        "This kind of file cannot be read as a form.", "Save it as .xlsx, .xls, .csv, .md or .yaml."),
    "file_too_big": Sentence(
        "Файлът е по-голям от {megabytes} MB.", "Махнете ненужното или разделете списъка на няколко.",
        "The file is larger than {megabytes} MB.", "Remove what is not needed, or split the list."),
    "unzips_too_big": Sentence(
        "Разархивиран, файлът е по-голям от {megabytes} MB и не беше отворен.",
        "Запазете формуляра като нов, чист файл.",
        "Unpacked, the file is larger than {megabytes} MB; it was not opened.", "Save the form as a new, clean file."),
    "not_readable": Sentence(
        "Файлът не може да бъде прочетен ({detail}).", "Отворете го на компютър и го запазете отново.",
        "The file cannot be read ({detail}).", "Open it on a computer and save it again."),
    "not_utf8": Sentence(
        "Текстът не е в кодировка UTF-8.", "Запазете файла като UTF-8.",
        "The text is not encoded as UTF-8.", "Save the file as UTF-8."),
    "bad_yaml": Sentence(
        "Това не е правилен YAML ({detail}).", "Проверете отстъпите, двоеточията и кавичките на този ред.",
        "This is not valid YAML ({detail}).", "Check indentation, colons and quotes on this line."),
    "unknown_key": Sentence(
        "Ключът не е лист на формуляра и се пропуска.", "Известни са: {known}.",
        "The key is no sheet of a form and is left out.", "Known are: {known}.", True),
    "not_rows": Sentence(
        "Очаква се списък от редове, всеки с имена на колони.", "Започнете всеки ред с тире и дайте на колоните имена.",
        "A list of rows is expected, each with names of columns.", "Begin each row with a dash and name the columns."),
    "cell_not_text": Sentence(
        "Клетката трябва да е текст, а не списък.", "Запишете стойността на един ред или в кавички.",
        "The cell must be a text, not a list.", "Write the value on one line, or in quotes."),
    "no_survey": Sentence(
        "Няма лист survey с въпросите.", "Назовете листа с въпросите survey и дайте на колоните му имена.",
        "There is no sheet survey with the questions.",
        "Name the sheet of questions survey and give its columns names."),
    "unknown_sheet": Sentence(
        "Листът не се чете.{nearest}", "Поправете името му или сложете долна черта отпред.",
        "The sheet is not read.{nearest}", "Correct its name, or put an underscore before it.", True),
    "refused_sheet": Sentence(
        "Този лист не се поддържа.", "Махнете го; списък с отговори сложете в choices или във файл .csv.",
        "This sheet is not supported.", "Remove it; put a list of choices into choices or into a .csv file."),
    "too_many_rows": Sentence(
        "Редовете са {rows}, а може до {limit}.", "Разделете формуляра или преместете списъка във файл .csv.",
        "There are {rows} rows; at most {limit} are allowed.", "Split the form, or move the list into a .csv file."),
    "hidden_rows": Sentence(
        "Скритите редове се пропускат: {rows}.", "Покажете ги, ако трябва да се използват.",
        "Hidden rows are left out: {rows}.", "Show them if they are to be used.", True),
}  # fmt: skip

_COLUMNS = {
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
        "Колоната „{column}“ засега не се поддържа.", "Изтрийте клетката или задайте въпроса по друг начин.",
        "The column “{column}” is not supported for now.", "Empty the cell, or ask in another way."),
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

_SURVEY = {
    "missing_type": Sentence(
        "Редът няма вид на въпроса (type).", "Попълнете вида, например text или select_one.",
        "The row has no question type.", "Fill in the type, e.g. text or select_one."),
    "unknown_type": Sentence(
        "Няма вид въпрос „{type}“.{nearest}", "Вижте видовете на https://xlsform.org/en/#question-types.",
        "There is no question type “{type}”.{nearest}", "See the types at https://xlsform.org/en/#question-types."),
    "refused_type": Sentence(
        "Видът „{type}“ засега не се поддържа в чат.", "{remedy_bg}",
        "The type “{type}” is not supported in a chat for now.", "{remedy_en}"),
    "missing_name": Sentence(
        "Редът няма име (name).", "Дайте кратко име на латиница, без интервали.",
        "The row has no name.", "Give it a short name in Latin letters, without spaces."),
    "bad_name": Sentence(
        "Името „{name}“ не е позволено.", "Започнете с буква; после букви, цифри, тире, точка и долна черта.",
        "The name “{name}” is not allowed.", "Begin with a letter; then letters, digits, hyphens, dots, underscores."),
    "reserved_name": Sentence(
        "Името „{name}“ е запазено.", "Изберете друго име.",
        "The name “{name}” is reserved.", "Choose another name."),
    "name_twice": Sentence(
        "Името „{name}“ вече е дадено на ред {other}.", "Дайте на всеки въпрос свое име.",
        "The name “{name}” is taken by row {other}.", "Give each question a name of its own."),
    "missing_label": Sentence(
        "Въпросът няма текст (label).", "Попълнете label.",
        "The question has no label.", "Fill in the label."),
    "group_not_closed": Sentence(
        "Групата „{name}“ не е затворена.", "Добавете ред end_group след последния ѝ въпрос.",
        "The group “{name}” is not closed.", "Add a row end_group after its last question."),
    "group_empty": Sentence(
        "Групата „{name}“ е празна.", "Сложете въпроси в нея или я махнете.",
        "The group “{name}” is empty.", "Put questions into it, or remove it."),
    "end_alone": Sentence(
        "Тук няма отворена група за затваряне.", "Махнете реда или добавете begin_group по-горе.",
        "There is no open group to close here.", "Remove the row, or add begin_group above."),
    "no_questions": Sentence(
        "Няма нито един въпрос.", "Добавете поне един ред с вид и име.",
        "There is not a single question.", "Add at least one row with a type and a name."),
    "refused_appearance": Sentence(
        "Видът изобразяване „{appearance}“ не се поддържа.", "Махнете го; поискайте снимка или файл вместо това.",
        "The appearance “{appearance}” is not supported.", "Remove it; ask for a photo or a file instead."),
    "ignored_appearance": Sentence(
        "„{appearance}“ не променя нищо в чат: въпросите се задават един по един.{nearest}", "Може да го махнете.",
        "“{appearance}” changes nothing in a chat: questions come one by one.{nearest}", "You may remove it.", True),
    "missing_calculation": Sentence(
        "Изчислението липсва.", "Попълнете calculation или сменете вида на hidden.",
        "The calculation is missing.", "Fill in calculation, or change the type to hidden."),
    "trigger_without_calculation": Sentence(
        "Има trigger, но няма изчисление: при промяна стойността ще се изчиства.",
        "Попълнете calculation, ако това не е целта.",
        "There is a trigger but no calculation: a change will clear the value.",
        "Fill in calculation, if that is not meant.", True),
    "bad_trigger": Sentence(
        "В trigger може да стои само ${{въпрос}}, няколко – със запетая.", "Запишете го като ${{име}}.",
        "A trigger holds only ${{question}}, several with commas.", "Write it as ${{name}}."),
    "trigger_not_asked": Sentence(
        "„{name}“ не се задава на човека и не може да задейства изчисление.", "Посочете въпрос, на който се отговаря.",
        "“{name}” is never asked, so it cannot trigger a calculation.", "Name a question that people answer."),
    "read_only_expression": Sentence(
        "read_only може да е само yes или no.", "Използвайте relevant и два въпроса, ако зависи от отговор.",
        "read_only can only be yes or no.", "Use relevant and two questions if it depends on an answer."),
    "required_read_only": Sentence(
        "Въпросът е задължителен, но само за четене и без стойност.", "Махнете required или дайте стойност.",
        "The question is required, but read-only and without a value.", "Remove required, or give it a value.", True),
    "bad_parameters": Sentence(
        "Параметрите не се четат: „{parameters}“.", "Пишете ключ=стойност; познати тук са: {known}.",
        "The parameters cannot be read: “{parameters}”.", "Write key=value; known here: {known}."),
    "bad_accept": Sentence(
        "„{accept}“ не е окончание на файл.", "Изброете окончанията с точка: .pdf, .jpg, .png.",
        "“{accept}” is no file ending.", "List the endings with their dots: .pdf, .jpg, .png."),
}  # fmt: skip

_LISTS = {
    "missing_list": Sentence(
        "Не е казано от кой списък са отговорите.", "Допишете името му след вида: select_one име_на_списък.",
        "The list of choices is not named.", "Write its name after the type: select_one list_name."),
    "unknown_list": Sentence(
        "Няма списък „{name}“ в листа choices.{nearest}", "Добавете списъка или поправете името му.",
        "There is no list “{name}” in the sheet choices.{nearest}", "Add the list, or correct its name."),
    "list_from_answers": Sentence(
        "Списък от предишни отговори не се поддържа.", "Посочете списък от листа choices или файл .csv.",
        "A list made of earlier answers is not supported.", "Name a list of the sheet choices, or a .csv file."),
    "list_and_file": Sentence(
        "Списъкът „{name}“ носи името на файла {name}.csv.", "Преименувайте единия.",
        "The list “{name}” has the name of the file {name}.csv.", "Rename one of them."),
    "unknown_file": Sentence(
        "Няма файл „{name}“ до формуляра.{nearest}", "Приложете файла или поправете името му.",
        "There is no file “{name}” beside the form.{nearest}", "Attach the file, or correct its name."),
    "file_not_csv": Sentence(
        "Списъкът „{name}“ не е файл .csv.", "Запазете списъка като .csv в UTF-8.",
        "The list “{name}” is no .csv file.", "Save the list as .csv in UTF-8."),
    "file_column": Sentence(
        "Във файла „{name}“ няма колона „{column}“.", "Добавете я или посочете друга с parameters: value=… label=….",
        "The file “{name}” has no column “{column}”.", "Add it, or name another by parameters: value=… label=…."),
    "or_other_file": Sentence(
        "or_other не работи със списък от файл.", "Добавете ред „друго“ в списъка и отделен въпрос.",
        "or_other does not work with a list from a file.", "Add a row “other” to the list, and a question of its own."),
    "or_other_filter": Sentence(
        "or_other не работи заедно с choice_filter.", "Добавете ред „друго“ в списъка и отделен въпрос.",
        "or_other does not work together with choice_filter.",
        "Add a row “other” to the list, and a question of its own."),
    "filter_without_list": Sentence(
        "choice_filter има смисъл само при въпрос с избор.", "Изтрийте клетката.",
        "choice_filter makes sense only with a select question.", "Empty the cell."),
    "choice_without_list": Sentence(
        "Отговорът не принадлежи към списък (list_name).", "Попълнете list_name.",
        "The choice belongs to no list.", "Fill in list_name."),
    "choice_without_name": Sentence(
        "Отговорът няма име (name).", "Попълнете name: кратък код, който се пази.",
        "The choice has no name.", "Fill in the name: a short code that is stored."),
    "choice_without_label": Sentence(
        "Отговорът „{name}“ няма текст (label).", "Попълнете label.",
        "The choice “{name}” has no label.", "Fill in the label."),
    "choice_twice": Sentence(
        "Отговорът „{name}“ вече е в списъка, на ред {other}.", "Дайте му друго име или го махнете.",
        "The choice “{name}” is already in the list, on row {other}.", "Give it another name, or remove it."),
    "choice_with_space": Sentence(
        "Името „{name}“ има интервал, а списъкът се избира с повече от един отговор.",
        "Заменете интервала с долна черта.",
        "The name “{name}” has a space, and its list allows several answers.", "Replace the space by an underscore."),
    "bad_list_name": Sentence(
        "Името на списъка „{name}“ не е позволено.", "Използвайте латински букви, цифри и долна черта.",
        "The list name “{name}” is not allowed.", "Use letters, digits and underscores."),
    "default_not_choice": Sentence(
        "„{default}“ не е сред отговорите на списъка „{name}“.", "Посочете името на отговор от списъка.",
        "“{default}” is not among the choices of “{name}”.", "Give the name of a choice of that list."),
    "too_many_file_rows": Sentence(
        "Списъкът има {rows} реда, а може до {limit}.", "Разделете го на няколко списъка.",
        "The list has {rows} rows; at most {limit} are allowed.", "Split it into several lists."),
    "bad_csv": Sentence(
        "Файлът не се чете като таблица ({detail}).", "Запазете го като CSV в UTF-8, със заглавен ред.",
        "The file cannot be read as a table ({detail}).", "Save it as CSV in UTF-8, with a row of headers."),
}  # fmt: skip

_EXPRESSIONS = {
    "unknown_question": Sentence(
        "Няма въпрос „{name}“.{nearest}", "Поправете името в ${{…}} или добавете въпроса.",
        "There is no question “{name}”.{nearest}", "Correct the name in ${{…}}, or add the question."),
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

_DESK = {
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

SENTENCES = {**_FILES, **_COLUMNS, **_SURVEY, **_LISTS, **_EXPRESSIONS, **_DESK}

_TYPE_REMEDIES = {
    "begin_repeat": ("Задайте въпросите поотделно, например за първи, втори и трети запис.",
                     "Ask the questions separately, e.g. for a first, second and third entry."),
    "rank": ("Използвайте select_multiple или няколко въпроса select_one.",
             "Use select_multiple, or several select_one questions."),
    "range": ("Използвайте integer с constraint за границите, или select_one.",
              "Use integer with a constraint for the bounds, or select_one."),
    "percentage": ("Използвайте integer с constraint . >= 0 and . <= 100.",
                   "Use integer with the constraint . >= 0 and . <= 100."),
    "time": ("Използвайте text с constraint, например regex(., '[0-2]?[0-9]:[0-5][0-9]').",
             "Use text with a constraint, e.g. regex(., '[0-2]?[0-9]:[0-5][0-9]')."),
    "dateTime": ("Използвайте date, а часа поискайте като text.", "Use date, and ask for the time as text."),
    "geopoint": ("Използвайте списък с населени места или text.", "Use a list of places, or text."),
    "audio": ("Използвайте file или text.", "Use file or text."),
    "barcode": ("Използвайте text.", "Use text."),
    "csv-external": ("Приложете файла .csv; pulldata('име', …) го намира и без този ред.",
                     "Attach the .csv file; pulldata('name', …) finds it without this row."),
    "select_one_external": ("Използвайте select_one_from_file със списък във файл .csv.",
                            "Use select_one_from_file with a list in a .csv file."),
}  # fmt: skip
_TYPE_REMEDIES |= {
    "end_repeat": _TYPE_REMEDIES["begin_repeat"],
    "begin_rank": _TYPE_REMEDIES["rank"],
    "video": _TYPE_REMEDIES["audio"],
}
_ANY_TYPE_REMEDY = ("Махнете реда или използвайте друг вид въпрос.", "Remove the row, or use another question type.")


def refused_type(name: str, place: Place) -> Problem:
    """That the question type `name` is refused, with what to use in its place."""
    bg, en = _TYPE_REMEDIES.get(name, _ANY_TYPE_REMEDY)
    return problem("refused_type", place, type=name, remedy_bg=bg, remedy_en=en)
