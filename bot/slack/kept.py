"""Messages that ask to keep something else than themselves: the thread they stand in, files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.assistant.turn import Told
from bot.slack.answers import finish
from bot.slack.asked import Asked
from bot.slack.blocks.reply import told
from bot.slack.notes import Notes
from bot.slack.originals import said_at
from bot.slack.places import place
from bot.slack.questions import Questions
from bot.slack.shared_files import SharedFiles, Unreadable
from ingest.notes import Keeping, keeping
from prompts import replies

if TYPE_CHECKING:
    from bot.app import App


class Kept:
    """Takes such messages at one desk; answers all others. Safe to share between threads."""

    def __init__(
        self, app: App, team: str, questions: Questions, notes: Notes, files: SharedFiles
    ) -> None:
        self._app = app
        self._team = team
        self._questions = questions
        self._notes = notes
        self._files = files

    def answer(self, asked: Asked) -> None:
        """Proposes what is to be kept, or answers. Raises NotTold, AnsweredElsewhere."""
        payload = asked.payload
        files = [str(one) for one in payload.get("files") or ()]
        wish = keeping(asked.text, files=bool(files))
        alone = not asked.text.strip() and not payload.get("direct")
        if wish is None or payload.get("told") or alone:
            self._questions.answer(asked)
        elif wish.what == "thread":
            self._thread(asked, wish)
        else:
            self._file(asked, wish, files)

    def save(self, asked: Asked) -> None:
        """Proposes a message that the shortcut was used on: its file, where it has little else.

        Raises NotTold, AnsweredElsewhere.
        """
        message = asked.payload["message"]
        files = [str(one) for one in asked.payload.get("files") or ()]
        wish = keeping(str(message.get("text") or ""), files=bool(files))
        if files and wish is not None and not message.get("reply_count"):
            self._file(asked, wish, files)
        else:
            self._notes.save(asked)

    def _thread(self, asked: Asked, wish: Keeping) -> None:
        payload = asked.payload
        root = str(payload.get("thread_ts") or "")
        if not root or root == payload["ts"]:
            self._say(asked, "no_thread")
            return
        payload["message"] = {"ts": root, "reply_count": 1}
        payload["above"] = self._above(asked, wish)
        self._notes.save(asked)

    def _file(self, asked: Asked, wish: Keeping, files: list[str]) -> None:
        """The first file that is given; the others are named, to be logged one by one."""
        payload = asked.payload
        try:
            shared = self._files.read(files[0])
        except Unreadable as error:
            self._say(asked, "file_unread", name=error.name, why=f"{error.why} ")
            return
        ts = str((payload.get("message") or payload)["ts"])
        at = said_at(ts, asked.asker.tz)
        clock = self._app.clock(asked.asker.person, asked.asker.tz)
        day = shared.note.day
        source = Told(
            place(self._team, payload["channel"], ts),
            day if day is not None and day <= clock.today else min(at.date(), clock.today),
            (),
            {"author": None, "at": at.isoformat(timespec="minutes"), "file": shared.name},
        )
        payload["told"] = source.as_json()
        text = "\n".join([*self._above(asked, wish), shared.note.text])
        self._questions.answer(replace(asked, text=text))

    def _above(self, asked: Asked, wish: Keeping) -> list[str]:
        """The lines above a note: that it is one, and the account that the message names."""
        texts: dict[str, Any] = replies("note_card")
        head = texts["extract_head" if wish.extracts else "log_head"][asked.language]
        named = texts["label_account"][asked.language].format(text=wish.account)
        return [head, named] if wish.account else [head]

    def _say(self, asked: Asked, key: str, **values: str) -> None:
        texts: dict[str, Any] = replies("note_card")
        shown = told(texts[key][asked.language].format(**values))
        with self._app.store.write() as session:
            finish(session, self._team, asked, [(asked.here, shown)])
