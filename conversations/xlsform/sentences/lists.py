"""About choices, lists and their files."""

from conversations.xlsform.sentences.sentence import Sentence

LISTS = {
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
    "or_other_rank": Sentence(
        "or_other не работи при подреждане.", "Добавете ред „друго“ в списъка и отделен въпрос.",
        "or_other does not work with rank.", "Add a row “other” to the list, and a question of its own."),
    "rank_too_long": Sentence(
        "Списъкът „{name}“ е твърде дълъг за подреждане: може до {most} отговора.",
        "Съкратете го или използвайте select_multiple.",
        "The list “{name}” is too long to rank: at most {most} choices.", "Shorten it, or use select_multiple."),
}  # fmt: skip
