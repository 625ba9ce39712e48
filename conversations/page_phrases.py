"""The texts of the chat page itself (what stands around the conversation), by language and key.

Placeholders are filled by the page: `uploading` has {percent} and {name}, `file_too_large` has {limit} in megabytes.
"""

from collections.abc import Mapping
from types import MappingProxyType

BULGARIAN = MappingProxyType(
    {
        "skip_to_question": "Към въпроса",
        "conversation": "Разговор",
        "menu": "Меню",
        "you": "Вие:",
        "your_answer": "Вашият отговор",
        "send": "Изпрати",
        "type_text": "Напишете отговор…",
        "type_number": "Напишете число…",
        "type_date": "Дата, напр. 31.12.2026",
        "type_time": "Час, напр. 14:30",
        "type_datetime": "Дата и час, напр. 31.12.2026 14:30",
        "type_phone": "Телефон, напр. 0888 123 456",
        "type_email": "Имейл адрес…",
        "type_location": "Ширина, дължина…",
        "type_search": "Започнете да пишете името…",
        "type_or_choose": "Изберете или напишете…",
        "type_anything": "Напишете съобщение…",
        "type_or_file": "Файл или съобщение…",
        "choose_file": "Изберете файл",
        "take_photo": "Снимайте",
        "choose_image": "Изберете снимка",
        "pick_date": "От календара",
        "share_location": "Споделете местоположението",
        "location_refused": "Местоположението не е достъпно. Може да го напишете: ширина, дължина.",
        "uploading": "Изпращам {name}: {percent}%",
        "uploaded": "Изпратено",
        "cancel": "Откажи",
        "cancelled": "Отказано",
        "file_too_large": "Файлът е по-голям от {limit} MB. Изберете по-малък файл или снимайте документа отново.",
        "file_empty": "Файлът е празен. Изберете друг.",
        "too_many_files": "Предишните Ви файлове още се проверяват. Опитайте отново след минута.",
        "text_too_long": "Текстът е твърде дълъг. Изпратете го на части.",
        "offline": "Няма връзка. Свързваме се отново…",
        "offline_with_unsent": "Няма връзка. Написаното от Вас чака тук и ще бъде изпратено само. "
        "Не затваряйте страницата.",
        "not_sent": "Не е изпратено",
        "try_again_soon": "Имаме кратко затруднение. Ще опитаме пак сами след малко.",
        "retry": "Опитай пак",
        "not_taken": "Съобщението не беше прието.",
        "session_lost": "Браузърът не пази този разговор. "
        "Разрешете бисквитките за този сайт и заредете страницата отново.",
        "reload": "Зареди отново",
        "writing": "Отговорът се пише…",
        "newer_below": "Ново съобщение",
        "loading": "Отваряме разговора…",
        "loading_slow": "Ако се забави, проверете връзката си и заредете страницата отново. "
        "Може да е нужен и по-нов браузър.",
        "without_script": "За този разговор е нужен JavaScript. Включете го в настройките на браузъра или отворете "
        "страницата с друг браузър. Отговорите Ви досега са запазени.",
        "opens_new_window": "отваря се в нов прозорец",
    }
)

ENGLISH = MappingProxyType(
    {
        "skip_to_question": "Go to the question",
        "conversation": "Conversation",
        "menu": "Menu",
        "you": "You:",
        "your_answer": "Your answer",
        "send": "Send",
        "type_text": "Write your answer…",
        "type_number": "Write a number…",
        "type_date": "A date, e.g. 31.12.2026",
        "type_time": "A time, e.g. 14:30",
        "type_datetime": "A date and a time, e.g. 31.12.2026 14:30",
        "type_phone": "Telephone, e.g. 0888 123 456",
        "type_email": "E-mail address…",
        "type_location": "Latitude, longitude…",
        "type_search": "Start typing the name…",
        "type_or_choose": "Choose or write…",
        "type_anything": "Write a message…",
        "type_or_file": "A file or a message…",
        "choose_file": "Choose a file",
        "take_photo": "Take a photo",
        "choose_image": "Choose a picture",
        "pick_date": "From the calendar",
        "share_location": "Share your location",
        "location_refused": "The location is not available. You can write it: latitude, longitude.",
        "uploading": "Sending {name}: {percent}%",
        "uploaded": "Sent",
        "cancel": "Cancel",
        "cancelled": "Cancelled",
        "file_too_large": "The file is larger than {limit} MB. Choose a smaller one or photograph the document again.",
        "file_empty": "The file is empty. Please choose another.",
        "too_many_files": "Your earlier files are still being checked. Try again in a minute.",
        "text_too_long": "The text is too long. Please send it in parts.",
        "offline": "No connection. Connecting again…",
        "offline_with_unsent": "No connection. What you wrote waits here and will be sent by itself. "
        "Keep this page open.",
        "not_sent": "Not sent",
        "try_again_soon": "We have a short difficulty. We will try again by ourselves in a moment.",
        "retry": "Try again",
        "not_taken": "The message was not accepted.",
        "session_lost": "The browser does not keep this conversation. "
        "Allow cookies for this site and load the page again.",
        "reload": "Load again",
        "writing": "A reply is being written…",
        "newer_below": "New message",
        "loading": "Opening the conversation…",
        "loading_slow": "If this takes long, check your connection and load the page again. "
        "A newer browser may be needed.",
        "without_script": "This conversation needs JavaScript. "
        "Switch it on in the browser's settings or open the page in "
        "another browser. Your answers so far are saved.",
        "opens_new_window": "opens in a new window",
    }
)

PAGE_PHRASES: Mapping[str, Mapping[str, str]] = MappingProxyType({"bg": BULGARIAN, "en": ENGLISH})
