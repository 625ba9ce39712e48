"""About the rows of the sheet survey."""

from conversations.xlsform.sentences.sentence import Sentence

SURVEY = {
    "missing_type": Sentence(
        "Редът няма вид на въпроса (type).", "Попълнете вида, например text или select_one.",
        "The row has no question type.", "Fill in the type, e.g. text or select_one."),
    "unknown_type": Sentence(
        "Няма вид въпрос „{type}“.{nearest}", "Вижте видовете на https://xlsform.org/en/#question-types.",
        "There is no question type “{type}”.{nearest}", "See the types at https://xlsform.org/en/#question-types."),
    "refused_type": Sentence(
        "Видът „{type}“ не се поддържа в чат.", "{remedy_bg}",
        "The type “{type}” is not supported in a chat.", "{remedy_en}"),
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
        "Групата „{name}“ не е затворена.", "Добавете ред {end} след последния ѝ въпрос.",
        "The group “{name}” is not closed.", "Add a row {end} after its last question."),
    "group_empty": Sentence(
        "Групата „{name}“ е празна.", "Сложете въпроси в нея или я махнете.",
        "The group “{name}” is empty.", "Put questions into it, or remove it."),
    "end_alone": Sentence(
        "Тук няма отворена група за затваряне.", "Махнете реда или добавете съответния begin по-горе.",
        "There is no open group to close here.", "Remove the row, or add the matching begin above."),
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
    "barcode_typed": Sentence(
        "В чат няма четец на баркод: кодът се въвежда на ръка.", "Кажете в hint къде се вижда кодът.",
        "A chat has no barcode scanner: the code is typed.", "Say in the hint where the code is found.", True),
    "ignored_parameter": Sentence(
        "Параметърът „{parameter}“ не променя нищо в чат.", "Може да го махнете.",
        "The parameter “{parameter}” changes nothing in a chat.", "You may remove it.", True),
    "bad_range": Sentence(
        "Границите и стъпката не дават числа за избор: „{parameters}“.",
        "start е под end, а step е над нулата и се побира между тях.",
        "Bounds and step leave no numbers to choose from: “{parameters}”.",
        "start is below end; step is above zero and fits between them."),
    "bad_default": Sentence(
        "„{default}“ не може да е отговор на този въпрос.", "Запишете го като {example}, или изтрийте клетката.",
        "“{default}” cannot be an answer to this question.", "Write it like {example}, or empty the cell."),
    "default_out_of_range": Sentence(
        "„{default}“ не е сред числата за избор.", "Изберете число между start и end, на цели стъпки.",
        "“{default}” is not among the numbers to choose from.", "Take a number from start to end, in whole steps."),
    "ignored_default": Sentence(
        "Файл не може да е даден предварително; клетката се пропуска.", "Покажете файла с media::image.",
        "A file cannot be given in advance; the cell is left out.", "Show the file by media::image.", True),
    "nested_repeat": Sentence(
        "Повторение стои в повторението „{outer}“.", "Изнесете го навън или задайте въпросите му поотделно.",
        "A repeat stands inside the repeat “{outer}”.", "Move it outside, or ask its questions one by one."),
    "count_without_repeat": Sentence(
        "repeat_count има смисъл само при begin_repeat и се пропуска.", "Изтрийте клетката.",
        "repeat_count makes sense only with begin_repeat and is left out.", "Empty the cell.", True),
    "count_too_large": Sentence(
        "В чат се задават най-много {most} записа.", "Намалете броя или разделете повторението.",
        "A chat asks for at most {most} entries.", "Lower the number, or split the repeat.", True),
    "trigger_outside_repeat": Sentence(
        "„{name}“ е извън повторението и не казва кой запис се променя.", "Посочете въпрос от същото повторение.",
        "“{name}” is outside of the repeat and does not tell which entry changes.",
        "Name a question of the same repeat."),
    "media_kind": Sentence(
        "Файлът „{name}“ не е от вида на колоната.", "Тук може: {known}.",
        "The file “{name}” is not of the column's kind.", "Possible here: {known}."),
}  # fmt: skip
