"""What to use in the place of a question type that is refused: Bulgarian, then English."""

_GEO = ("Използвайте geopoint за едно място, или text.", "Use geopoint for a single place, or text.")
_QUIET_PLACE = ("Попитайте за мястото с въпрос geopoint.", "Ask for the place with a geopoint question.")
_MATRIX = (
    "Задайте всеки ред като отделен въпрос в begin_group.",
    "Ask each row as a question of its own inside begin_group.",
)
_RANK = ("Използвайте rank със списък от choices.", "Use rank with a list of the sheet choices.")
_SIM = ("Махнете реда или поискайте номера с text.", "Remove the row, or ask for the number with text.")
_LOOP = ("Използвайте begin_repeat.", "Use begin_repeat.")

TYPE_REMEDIES = {
    "geotrace": _GEO,
    "geoshape": _GEO,
    "osm": _GEO,
    "start-geopoint": _QUIET_PLACE,
    "background-geopoint": _QUIET_PLACE,
    "background-audio": ("Поискайте запис с въпрос audio.", "Ask for a recording with an audio question."),
    "audit": (
        "Махнете реда: кога е отговаряно се пази и без него.",
        "Remove the row: when people answered is kept without it.",
    ),
    "subscriberid": _SIM,
    "simserial": _SIM,
    "xml-external": (
        "Запазете списъка като .csv и сменете вида на csv-external.",
        "Save the list as .csv and change the type to csv-external.",
    ),
    "select_one_external": (
        "Използвайте select_one_from_file със списък във файл .csv.",
        "Use select_one_from_file with a list in a .csv file.",
    ),
    "percentage": (
        "Използвайте integer с constraint . >= 0 and . <= 100.",
        "Use integer with the constraint . >= 0 and . <= 100.",
    ),
    "begin_loop": _LOOP,
    "end_loop": _LOOP,
    "begin_kobomatrix": _MATRIX,
    "end_kobomatrix": _MATRIX,
    "begin_score": _MATRIX,
    "end_score": _MATRIX,
    "score__row": ("Използвайте select_one на този ред.", "Use select_one on this row."),
    "begin_rank": _RANK,
    "end_rank": _RANK,
    "rank__level": _RANK,
}
ANY_TYPE_REMEDY = ("Махнете реда или използвайте друг вид въпрос.", "Remove the row, or use another question type.")
