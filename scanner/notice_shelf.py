"""What was told to whom, kept, so that nobody is told twice."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from scanner.tables import NOTICE


class NoticeShelf:
    """The store's part that holds notices."""

    _engine: sa.Engine

    def noticed(self, run: str, profile: str, channel: str, agency: str) -> bool:
        """Was this told already?"""
        query = sa.select(NOTICE.c.sent).where(_is(run, profile, channel, agency))
        with self._engine.connect() as db:
            return db.execute(query).first() is not None

    def notice(self, run: str, profile: str, channel: str, agency: str) -> None:
        """Write down that it was told now."""
        key = {"run": run, "profile": profile, "channel": channel, "agency": agency}
        with self._engine.begin() as db:
            db.execute(NOTICE.delete().where(_is(run, profile, channel, agency)))
            db.execute(NOTICE.insert().values(**key, sent=datetime.now(UTC)))


def _is(run: str, profile: str, channel: str, agency: str) -> sa.ColumnElement[bool]:
    where = (NOTICE.c.run == run) & (NOTICE.c.profile == profile)
    return where & (NOTICE.c.channel == channel) & (NOTICE.c.agency == agency)
