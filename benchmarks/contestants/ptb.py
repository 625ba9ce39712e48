"""python-telegram-bot: a ConversationHandler, and an SQLAlchemy row for every turn.

As the library's own examples do it: three states, handlers that answer the query, change the tapped message and send
the next question. Its documentation says of ConversationHandler that updates must come one after another, so
`concurrent_updates` stays off. The rows are kept by the ORM over aiosqlite.
"""

from sqlalchemy import JSON, event
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)

from benchmarks.contestants.paper import NOTICE, RECEIPT, read_paper, read_place

AGREEING, ANSWERING, REVIEWING = range(3)

paper = read_paper()
place = read_place()


class Base(DeclarativeBase):
    pass


class Applicant(Base):
    """One row for each person: what they have answered so far, and whether it was sent."""

    __tablename__ = "applicants"

    chat_id: Mapped[int] = mapped_column(primary_key=True)
    answers: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(default="agreeing")


def open_database(path: str) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")

    @event.listens_for(engine.sync_engine, "connect")
    def _durable(connection, _record) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    return engine


engine = open_database(place.database)
sessions = async_sessionmaker(engine, expire_on_commit=False)


def buttons(labels: tuple[str, ...]) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(label, callback_data=str(number))] for number, label in enumerate(labels)]
    return InlineKeyboardMarkup(rows) if rows else None


async def begin(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    async with sessions() as session:
        await session.merge(Applicant(chat_id=update.effective_chat.id, answers=[], state="agreeing"))
        await session.commit()
    await update.message.reply_text(NOTICE, reply_markup=buttons((paper.begin,)))
    return AGREEING


async def agreed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    query = update.callback_query
    async with sessions() as session:
        applicant = await session.get(Applicant, query.message.chat.id)
        applicant.state = "answering"
        await session.commit()
    await query.answer()
    await query.edit_message_text(f"{NOTICE}\n✔ {paper.begin}")
    return await ask(query.message, 0)


async def said(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    answers = await keep(update.effective_chat.id, update.message.text)
    return await ask(update.message, len(answers), answers)


async def tapped(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    query = update.callback_query
    answered = query.message.text
    number = next(number for number, (label, _) in enumerate(paper.questions) if label == answered)
    choice = paper.questions[number][1][int(query.data)]
    answers = await keep(query.message.chat.id, choice)
    await query.answer()
    await query.edit_message_text(f"{answered}\n✔ {choice}")
    return await ask(query.message, len(answers), answers)


async def keep(chat_id: int, answer: str) -> list[str]:
    """The answers with the new one, committed."""
    async with sessions() as session:
        applicant = await session.get(Applicant, chat_id)
        applicant.answers = [*applicant.answers, answer]
        await session.commit()
        return applicant.answers


async def ask(message: Message, number: int, answers: list[str] | None = None) -> int:
    if number == len(paper.questions):
        await message.reply_text(paper.review(answers or []), reply_markup=buttons((paper.submit,)))
        return REVIEWING
    label, choices = paper.questions[number]
    await message.reply_text(label, reply_markup=buttons(choices))
    return ANSWERING


async def submitted(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
    query = update.callback_query
    async with sessions() as session:
        applicant = await session.get(Applicant, query.message.chat.id)
        applicant.state = "submitted"
        await session.commit()
    await query.answer()
    await query.edit_message_reply_markup(None)
    await query.message.reply_text(RECEIPT)
    return ConversationHandler.END


async def prepare(_: Application) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


def main() -> None:
    builder = ApplicationBuilder().token(place.token).base_url(f"{place.api_url}/bot").post_init(prepare)
    application = builder.build()
    application.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("start", begin)],
            states={
                AGREEING: [CallbackQueryHandler(agreed)],
                ANSWERING: [MessageHandler(filters.TEXT & ~filters.COMMAND, said), CallbackQueryHandler(tapped)],
                REVIEWING: [CallbackQueryHandler(submitted)],
            },
            fallbacks=[CommandHandler("start", begin)],
        )
    )
    if place.webhook_url:
        application.run_webhook("127.0.0.1", place.port, url_path="hook", webhook_url=place.webhook_url)
    else:
        application.run_polling()


if __name__ == "__main__":
    main()
