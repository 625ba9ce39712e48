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
