"""One line item in the LMS's gradebook: found or made, told scores, read back. Nothing here knows the database."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus

from connector.grades.lanes import Job, Parcel
from connector.grades.models import MAIN
from connector.grades.outcomes import Fate, Outcome, outcome_of
from lti import claims
from lti.errors import (
    IncompleteListError,
    ScoreError,
    ServiceClosedError,
    ServiceConflictError,
    ServiceError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from lti.grades import Result, Score, is_worth_sending, post_score, results, shows
from lti.line_items import (
    LineItem,
    create_line_item,
    delete_line_item,
    get_line_item,
    line_items,
    update_line_item,
)
from lti.profiles import Profile
from lti.service import Service

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_ABOUT_ONE = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""What an LMS answers about one learner's score; any other refusal would meet every score of the line item."""
_REST = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""What an LMS answers that wants to be left alone; Canvas throttles by 403."""
_ROUNDING = 0.01
"""How much of the maximum LMSs' rounding may change: Canvas shows a third of three points as 0.99."""
_CONFLICTS = 1
"""How often a score gets a later time because the LMS holds something newer."""
# A quoted word is a part of our own request, which Moodle repeats in its refusals.
_TOO_OLD = re.compile(r'(?<!")\btimestamp\b[^"{}]*\b(before|newer|older)\b', re.IGNORECASE)


class LineItemRefusedError(Exception):
    """The LMS takes no score for the line item at all; the cause says why."""

    def __init__(self, error: ServiceError, *, is_gone: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.is_gone = is_gone
        """Whether the line item is no longer in the gradebook."""


@dataclass(frozen=True, slots=True)
class Gradebook:
    """The gradebook, as one resource link of one activity may use it."""

    service: Service
    profile: Profile

    def find(self, job: Job, before_creating: Callable[[], None]) -> LineItem:
        """Return the job's line item: the one of its resource link, else the one with its resource and tag, else a new one.

        Args:
            before_creating: Called between looking and making; raises where somebody else may be making one, too.

        Raises:
            LineItemRefusedError: There is none, and none can be made.
            ServiceError: The LMS does not work at present.
        """
        try:
            return self._coupled(job) or self._named(job) or self._created(job, before_creating)
        except (ServiceRefusedError, IncompleteListError) as error:
            raise LineItemRefusedError(error) from error

    def update(self, job: Job) -> LineItem:
        """Tell the LMS the label and the maximum, and return the line item.

        Raises:
            ServiceError: As `lti.line_items.update_line_item`.
        """
        item = get_line_item(self.service, job.url or "", endpoint=job.endpoint)
        label = item.label if job.is_coupled else job.label
        wanted = replace(item, label=label, score_maximum=job.score_maximum)
        if job.link_id is None or item.resource_link_id is not None:
            return update_line_item(self.service, wanted)
        try:
            return update_line_item(self.service, replace(wanted, resource_link_id=job.link_id))
        except ServiceRefusedError:  # it stays by itself then, as good as before
            return update_line_item(self.service, wanted)

    def remove_former(self, job: Job, sent: Mapping[str, float]) -> bool:
        """Take away the column in whose place the link's own has come, and tell whether it is gone.

        It stays if it is not certain that we made it, or if somebody was graded there by hand.

        Args:
            sent: What was sent, by the platform's user id, as a share of the maximum.

        Raises:
            ServiceUnavailableError: The LMS does not work at present.
        """
        try:
            former = get_line_item(self.service, job.former_url or "", endpoint=job.endpoint)
            current = get_line_item(self.service, job.url or "", endpoint=job.endpoint)
            is_ours = (former.resource_id, former.tag) == (job.resource_id, job.tag)
            if not is_ours or former.id == current.id:
                return former.id == current.id
            _demand(job, claims.SCOPE_RESULT_READONLY)
            shown = results(self.service, job.former_url or "", profile=self.profile)
            if any(_is_foreign(each, sent) for each in shown):
                return False
            delete_line_item(self.service, former)
        except ServiceRefusedError as error:
            return error.status in _GONE
        except (ServiceClosedError, IncompleteListError):
            return False
        return True

    def send(self, job: Job, parcel: Parcel) -> Outcome:
        """Send one score, and return what became of it.

        Raises:
            LineItemRefusedError: The LMS refuses every score of the line item, or does not offer to take any.
            ServiceClosedError: The LMS lets us do nothing at all.
        """
        try:
            _demand(job, claims.SCOPE_SCORE)
            score = _score(parcel)
            if not is_worth_sending(score, self.profile, has_grade=parcel.has_grade):
                return Outcome(parcel=parcel, fate=Fate.KEPT, code="grade_kept")
            post_score(self.service, job.url or "", score, profile=self.profile)
        except ScoreError as error:
            return outcome_of(parcel, Fate.REFUSED, error)
        except ServiceUnavailableError as error:
            return outcome_of(parcel, Fate.POSTPONED, error)
        except ServiceConflictError as error:
            return self._after_conflict(job, parcel, error)
        except ServiceRefusedError as error:
            if _is_about_time(error):
                return self._after_conflict(job, parcel, error)
            if error.status in _ABOUT_ONE or (error.status in _GONE and self._is_there(job)):
                return outcome_of(parcel, Fate.REFUSED, error)
            raise LineItemRefusedError(error, is_gone=error.status in _GONE) from error
        return Outcome(parcel=parcel, fate=Fate.SENT, status=HTTPStatus.OK)

    def results(self, job: Job) -> Mapping[str, Result]:
        """Return what the LMS shows, by the platform's user id.

        Raises:
            LineItemRefusedError: The line item is no longer there.
            ServiceError: As `lti.grades.results`; `scope_missing` if the platform does not offer this here.
        """
        _demand(job, claims.SCOPE_RESULT_READONLY)
        try:
            return {found.user_id: found for found in results(self.service, job.url or "", profile=self.profile)}
        except ServiceRefusedError as error:
            if error.status in _GONE and not self._is_there(job):
                raise LineItemRefusedError(error, is_gone=True) from error
            raise

    def _coupled(self, job: Job) -> LineItem | None:
        """Return the line item that the LMS made with the resource link; None where there is none (any more)."""
        url = job.endpoint.lineitem
        if url is None or job.tag != MAIN:
            return None
        if not _can_read(job):
            return LineItem(id=url, label=job.label, score_maximum=job.score_maximum)
        try:
            return get_line_item(self.service, url, endpoint=job.endpoint)
        except ServiceRefusedError as error:
            if error.status in _GONE:
                return None
            raise

    def _named(self, job: Job) -> LineItem | None:
        found = line_items(self.service, job.endpoint, profile=self.profile, resource_id=job.resource_id, tag=job.tag)
        return next(found, None)

    def _created(self, job: Job, before_creating: Callable[[], None]) -> LineItem:
        """Make the line item; of two that were made at once, all workers keep the first that the LMS names."""
        before_creating()
        wanted = LineItem(label=job.label, score_maximum=job.score_maximum, resource_id=job.resource_id, tag=job.tag)
        made = create_line_item(self.service, job.endpoint, wanted, profile=self.profile)
        first = self._named(job)
        if first is None or first.id == made.id:
            return made
        with suppress(
            ServiceRefusedError
        ):  # then there is a column too many, without a score, that a teacher can delete
            delete_line_item(self.service, made)
        return first

    def _after_conflict(self, job: Job, parcel: Parcel, error: ServiceError) -> Outcome:
        """Read back what the LMS holds: an earlier attempt that arrived, or something newer than ours."""
        fate = Fate.OVERTAKEN if parcel.conflicts < _CONFLICTS else Fate.REFUSED
        told = outcome_of(parcel, fate, error)
        try:
            _demand(job, claims.SCOPE_RESULT_READONLY)
            found = next(results(self.service, job.url or "", profile=self.profile, user_id=parcel.user_id), None)
        except ServiceUnavailableError as problem:
            return outcome_of(parcel, Fate.POSTPONED, problem)
        except (ServiceRefusedError, ServiceClosedError, IncompleteListError):
            return told
        if parcel.is_repeated and shows(found, _score(parcel), self.profile):
            return Outcome(parcel=parcel, fate=Fate.SENT, status=error.status)
        return replace(told, recorded_at=found.recorded_at if found else None)

    def _is_there(self, job: Job) -> bool:
        """Tell whether the line item still exists; where that cannot be seen, a score's refusal counts for it."""
        if not _can_read(job):
            return False
        try:
            get_line_item(self.service, job.url or "", endpoint=job.endpoint)
        except ServiceRefusedError as error:
            return error.status not in _GONE
        except ServiceUnavailableError:
            pass  # not known to be gone
        return True


def demands_rest(outcome: Outcome) -> bool:
    """Tell whether the whole platform wants to be left alone, rather than only this one score having failed."""
    return outcome.fate is Fate.POSTPONED and (outcome.status is None or outcome.status in _REST)


def _score(parcel: Parcel) -> Score:
    return Score(
        user_id=parcel.user_id,
        timestamp=parcel.timestamp,
        activity_progress=parcel.activity_progress,
        grading_progress=parcel.grading_progress,
        points=parcel.points,
        maximum=parcel.maximum if parcel.points is not None else None,
        comment=parcel.comment,
        is_comment_new=parcel.is_comment_new,
    )


def _is_foreign(result: Result, sent: Mapping[str, float]) -> bool:
    """Tell whether a column shows something that did not come from here."""
    if result.points is None:
        return False
    share = result.points / result.maximum if result.maximum else 0.0
    return result.user_id not in sent or abs(share - sent[result.user_id]) > _ROUNDING


def _is_about_time(error: ServiceError) -> bool:
    """Tell whether a refusal is a conflict by another status: Canvas answers 400 to a time that is not newer.

    Source: https://developerdocs.instructure.com/services/canvas/resources/score.
    """
    return error.status == HTTPStatus.BAD_REQUEST and _TOO_OLD.search(error.detail or "") is not None


def _can_read(job: Job) -> bool:
    return bool({claims.SCOPE_LINE_ITEM, claims.SCOPE_LINE_ITEM_READONLY} & job.endpoint.scopes)


def _demand(job: Job, scope: str) -> None:
    if scope not in job.endpoint.scopes:
        raise ServiceRefusedError("scope_missing", f"the platform does not grant {scope} here")
