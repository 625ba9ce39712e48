"""About whole files and sheets."""

from conversations.xlsform.sentences.sentence import Sentence

FILES = {
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
    "cell_too_long": Sentence(
        "Текстът е по-дълъг от {limit} знака и не се побира в клетка.", "Съкратете го.",
        "The text is longer than {limit} characters and does not fit into a cell.", "Shorten it."),
    "hidden_rows": Sentence(
        "Скритите редове се пропускат: {rows}.", "Покажете ги, ако трябва да се използват.",
        "Hidden rows are left out: {rows}.", "Show them if they are to be used.", True),
    "files_too_big": Sentence(
        "Файловете на формуляра са общо над {megabytes} MB.", "Намалете снимките и видеото.",
        "The form's files are larger than {megabytes} MB together.", "Make pictures and films smaller."),
}  # fmt: skip
