"""What a room of the console works at: the workspace, the store, and who is asking.

Hides: how a request's words (plan, scheme, period) become a plan and options, the same for every
page and for the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, get_args
from urllib.parse import urlencode

from litestar.openapi.spec import OpenAPI
from sqlalchemy.orm import Session

from console.access.secrets import Marks
from console.access.visitor import Visitor
from console.first_code import FirstCode
from pipeline import steps
from pipeline.accounts import Account
from pipeline.config import Workspace
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.periods import OWN_TERM, make_period, month_starts, parse_period
from pipeline.store.items import stored_days
from pipeline.store.plans import StoredPlan, get_plan, plans_in_use
from pipeline.store.store import Store
from pipeline.store.trail import Actor, record_change

__all__ = ["Asked", "Desk", "Notice", "Tone"]

Tone = Literal["done", "note", "failed"]
"""Of what a change said: it was done; nothing had to be, or something is to be known; it was not."""


@dataclass(frozen=True)
class Notice:
    """What the last change said."""

    words: str
    tone: Tone

    def written(self) -> str:
        """As one line that ``read`` reads."""
        return f"{self.tone} {self.words}"

    @classmethod
    def read(cls, line: str) -> Notice | None:
        """Of the line ``written`` gives; None where there is none."""
        tone, _, words = line.partition(" ")
        return cls(words, tone) if tone in get_args(Tone) and words else None  # type: ignore[arg-type]


@dataclass(frozen=True)
class Asked:
    """Which plan and period a page is asked about, in the words of its address; '' for the own."""

    plan: str = ""
    scheme: str = ""
    period: str = ""

    def query(self, **more: str) -> str:
        """The same as the query of an address, with what is changed or added; '' where empty."""
        words = {"plan": self.plan, "scheme": self.scheme, "period": self.period, **more}
        told = urlencode({name: value for name, value in words.items() if value})
        return f"?{told}" if told else ""


@dataclass(frozen=True, eq=False)
class Desk:
    """One request's surroundings."""

    workspace: Workspace
    store: Store
    marks: Marks
    code: FirstCode
    visitor: Visitor
    asked: Asked
    path: str
    described: Callable[[], OpenAPI]
    """What the API's description says."""
    notice: Notice | None = None
    """What the last change said, shown once."""

    @property
    def account(self) -> Account:
        """Who is signed in; only asked where a guard let somebody in."""
        account = self.visitor.account
        assert account is not None
        return account

    @property
    def form_token(self) -> str:
        """What this visitor's forms carry."""
        return self.marks.form_token(self.visitor.cookie)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction of the store."""
        with self.store.begin() as session:
            yield session

    def has_plan(self, session: Session) -> bool:
        """Whether any plan is stored."""
        return bool(plans_in_use(session))

    def plan(self) -> StoredPlan:
        """The plan asked about; by default the one in use.

        Raises:
            XuanjianError: ``plan-missing`` or ``plan-needed``.
        """
        wanted = self.asked.plan
        if wanted:
            with self.begin() as session:
                return get_plan(session, wanted)
        return steps.resolve_plan(self.store, self.workspace, "")

    def options(self, session: Session, stored: StoredPlan) -> AuditOptions:
        """What the report asked about is made with, as the verbs make it.

        A plan that names no year is asked about over everything that is stored.

        Raises:
            BadInput: ``period-unknown`` for a period nobody can read.
        """
        asked, settings = self.asked, self.workspace.settings
        options = AuditOptions.of(settings)
        named = asked.period and asked.period not in OWN_TERM
        span = parse_period(asked.period, month_starts(settings)) if named else None
        if span is None and stored.plan.period is None and (held := stored_days(session)):
            span = make_period(*held)
        return replace(options, period=span, scheme=asked.scheme)

    def record(
        self,
        session: Session,
        action: str,
        subject: str,
        *,
        before: object = None,
        after: object = None,
        by: Account | None = None,
    ) -> None:
        """Write a line of the audit trail in the change's own transaction.

        Args:
            by: whose change it is, where the change itself signs them in (default: who asks).
        """
        actor = (
            self.visitor.actor() if by is None else Actor(by.name, by.role, self.visitor.address)
        )
        record_change(session, actor, action, subject, before=before, after=after)
