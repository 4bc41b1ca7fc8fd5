"""One worker's turn on one platform's lane: job after job, until nothing is due or the platform does not work.

No transaction is open while the LMS works: what is to be sent is claimed before, with the time that each score travels
under, and what became of it is stored after, some scores at a time. If the worker dies in between, they are sent again as
the same requests.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from connector.db import Clock, Database
from connector.delivery.retry import Chance
from connector.grades import lanes, outcomes
from connector.grades.gradebook import Gradebook, LineItemRefusedError, demands_rest
from connector.grades.lanes import Job, Lane
from connector.grades.outcomes import Fate, Outcome
from connector.platforms import checks
from connector.platforms.models import Check
from lti.errors import (
    IncompleteListError,
    ServiceClosedError,
    ServiceError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from lti.line_items import LineItem

_LENGTH = 20
"""How many jobs a lane may do before the others get their turn."""
_STORED_TOGETHER = 25
"""After how many scores what became of them is stored at the latest."""
_PATIENCE = 3
"""How many scores in a row may fail on their own account, before it is the platform's."""
_WORKED = {"failures": 0, "is_closed": False, "answer_code": None, "answer_status": None, "failed_at": None}

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Turn:
    """A lane in the hands of a worker; every method raises `LeaseLostError` when it no longer is."""

    lane: Lane
    database: Database
    stop: threading.Event
    clock: Clock
    chance: Chance
    renewed_at: datetime
    known: list[Outcome] = field(default_factory=list)
    """What the LMS said and the database does not know yet."""

    def work(self, gradebook: Gradebook) -> None:
        """Do what is due, and give the lane back.

        Raises:
            ServiceError: The lane has to wait; the caller calls `fail`.
        """
        for _ in range(_LENGTH):
            if self.stop.is_set():
                break
            with self._writing() as session:
                job = lanes.claim(session, self.lane, gradebook.profile, now=self.clock())
            if job is None:
                break
            self._do(job, gradebook)
        with self._writing() as session:
            lanes.leave(session, self.lane, now=self.clock())

    def fail(self, error: ServiceError) -> None:
        """Give the lane up for a while."""
        with self._writing() as session:
            due_at = lanes.fail(session, self.lane, error, now=self.clock(), chance=self.chance)
            checks.note(session, self.lane.platform_id, Check.SCORE, ok=False, detail=error.code, now=self.clock())
        _log.warning(
            "grades_down",
            platform=str(self.lane.platform_id),
            code=error.code,
            status=error.status,
            until=due_at.isoformat(),
        )

    def _do(self, job: Job, gradebook: Gradebook) -> None:
        """Do one job; a refusal of the line item is stored with all that waits for it."""
        try:
            with self._postponing(job):
                if job.url is None and (job.parcels or job.wants_update):
                    self._find(job, gradebook)
                if job.url is not None and job.former_url is not None:
                    self._remove_former(job, gradebook)
                if job.url is not None and job.wants_update:
                    self._update(job, gradebook)
            self._send(job, gradebook)
            if job.url is not None and job.wants_results and not self.stop.is_set():
                with self._postponing(job):
                    self._read(job, gradebook)
        except LineItemRefusedError as refusal:
            self._refuse(job, refusal)

    def _find(self, job: Job, gradebook: Gradebook) -> None:
        """See to it that the line item is in the LMS, and remember where."""
        found = gradebook.find(job, self._renew)
        job.url, job.is_coupled = found.id, found.id == job.endpoint.lineitem
        # What was made or found may differ from what the trainer has said since.
        is_other = not job.is_coupled and (found.label, found.score_maximum) != (job.label, job.score_maximum)
        if is_other or job.is_coupled:
            job.wants_update = job.wants_update or is_other
            self._note(job)
        else:
            job.wants_update = False
            self._note(job, told=LineItem(label=job.label, score_maximum=job.score_maximum))

    def _remove_former(self, job: Job, gradebook: Gradebook) -> None:
        """Take away the column in whose place another one has come; where it has to stay, its trainer is told."""
        with self._writing() as session:
            lanes.hold(session, self.lane, now=self.clock())
            sent = lanes.sent_shares(session, job)
        if not gradebook.remove_former(job, sent):
            return
        with self._writing() as session:
            lanes.hold(session, self.lane, now=self.clock())
            lanes.hold_line_item(session, job.line_item_id).former_url = None

    def _update(self, job: Job, gradebook: Gradebook) -> None:
        """Tell the LMS the label and the maximum; scores go on without, since they carry their own maximum."""
        self._renew()
        try:
            gradebook.update(job)
        except (ServiceRefusedError, IncompleteListError) as error:
            self._give_up(job, error, is_reading=False)
        else:
            self._note(job, told=LineItem(label=job.label, score_maximum=job.score_maximum))

    def _send(self, job: Job, gradebook: Gradebook) -> None:
        """Send the scores of a job, one after another.

        Raises:
            ServiceUnavailableError: The platform does not work, or wants to be left alone.
            LineItemRefusedError: It takes none of them.
        """
        failed_in_a_row = 0
        try:
            for parcel in job.parcels:
                if self.stop.is_set():
                    break
                self._renew_in_time(job)
                outcome = gradebook.send(job, parcel)
                self.known.append(outcome)
                failed_in_a_row = failed_in_a_row + 1 if outcome.fate is Fate.POSTPONED else 0
                if failed_in_a_row >= _PATIENCE or demands_rest(outcome):
                    code = outcome.code or "service_failed"
                    raise ServiceUnavailableError(code, code, status=outcome.status, retry_after=outcome.retry_after)
                if len(self.known) >= _STORED_TOGETHER:
                    self._store(job)
        finally:
            if self.known:
                self._store(job)

    def _read(self, job: Job, gradebook: Gradebook) -> None:
        """Read back what the LMS shows."""
        self._renew()
        try:
            found = gradebook.results(job)
        except (ServiceRefusedError, ServiceClosedError, IncompleteListError) as error:
            self._give_up(job, error, is_reading=True)
        else:
            with self._writing() as session:
                lanes.hold(session, self.lane, _WORKED, now=self.clock())
                outcomes.store_results(session, job, found, now=self.clock())
            _log.info("results_read", line_item=str(job.line_item_id), count=len(found))

    def _refuse(self, job: Job, refusal: LineItemRefusedError) -> None:
        with self._writing() as session:
            lanes.hold(session, self.lane, now=self.clock())
            if refusal.is_gone:
                job.url = None
            outcomes.refuse_all(session, job, refusal.error, now=self.clock())
            checks.note(
                session, self.lane.platform_id, Check.LINE_ITEM, ok=False, detail=refusal.error.code, now=self.clock()
            )
        self._log_refusal("line_item_refused", job, refusal.error)

    def _give_up(self, job: Job, error: ServiceError, *, is_reading: bool) -> None:
        with self._writing() as session:
            lanes.hold(session, self.lane, now=self.clock())
            outcomes.give_up(session, job, error, is_reading=is_reading, now=self.clock())
        self._log_refusal("results_refused" if is_reading else "line_item_not_updated", job, error)

    def _note(self, job: Job, *, told: LineItem | None = None) -> None:
        with self._writing() as session:
            lanes.hold(session, self.lane, _WORKED, now=self.clock())
            outcomes.note_line_item(session, job, told=told, now=self.clock())
            checks.note(session, self.lane.platform_id, Check.LINE_ITEM, ok=True, now=self.clock())

    def _store(self, job: Job) -> None:
        """Store what became of the scores since the last time."""
        outcome_list, self.known = self.known, []
        sent = sum(outcome.fate is Fate.SENT for outcome in outcome_list)
        now = self.clock()
        with self._writing() as session:
            failures = lanes.hold(session, self.lane, _WORKED if sent else None, now=now)
            outcomes.settle(session, job, outcome_list, failures=failures, now=now, chance=self.chance)
            if sent:
                checks.note(session, self.lane.platform_id, Check.SCORE, ok=True, now=now)
        if sent:
            _log.info("scores_sent", line_item=str(job.line_item_id), count=sent)
        for outcome in outcome_list:
            if outcome.fate is not Fate.SENT:
                _log.warning(
                    f"score_{outcome.fate.name.lower()}",
                    grade=str(outcome.parcel.grade_id),
                    code=outcome.code,
                    status=outcome.status,
                )

    @contextmanager
    def _postponing(self, job: Job) -> Iterator[None]:
        """Let a line item wait that the LMS stumbles over; the lane has to wait as well."""
        try:
            yield
        except ServiceUnavailableError as error:
            with self._writing() as session:
                now = self.clock()
                failures = lanes.hold(session, self.lane, now=now)
                outcomes.postpone_all(session, job, error, failures=failures, now=now, chance=self.chance)
            raise

    def _log_refusal(self, event: str, job: Job, error: ServiceError) -> None:
        _log.warning(event, line_item=str(job.line_item_id), code=error.code, status=error.status)

    def _renew_in_time(self, job: Job) -> None:
        """Renew the lease before a request might outlast it; what is known by then is stored."""
        if not timedelta(0) <= self.clock() - self.renewed_at <= self.lane.lease / 4:
            if self.known:
                self._store(job)
            else:
                self._renew()

    def _renew(self) -> None:
        with self._writing() as session:
            lanes.hold(session, self.lane, now=self.clock())

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """Give a session, and commit it; every use holds the lane, and so renews its lease."""
        with self.database.session(writes=True) as session:
            yield session
            session.commit()
        self.renewed_at = self.clock()
