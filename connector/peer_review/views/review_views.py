"""Reviewing: being given work, the work beside the criteria, saving as one types, looking over, sending."""

import json
import uuid
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.content.markdown import render as render_markdown
from connector.courses.models import Membership
from connector.peer_review import consulting, filling, intending, passages, preparing, rules
from connector.peer_review.bylines import author_name, review_title
from connector.peer_review.matching import assigning
from connector.peer_review.models.reviews import Review, ReviewState
from connector.peer_review.models.setup import Anonymity
from connector.peer_review.results import releasing
from connector.peer_review.reviews import conversing, reviewing
from connector.peer_review.views import pages, passage_pages, team_pages
from connector.peer_review.views.pages import blueprint
from connector.peer_review.works import teams
from connector.peer_review.works.naming import names_any
from connector.web.errors import ConflictError, InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import prefers_json, render
from connector.web.requests import current_session, now, writing_session


@blueprint.post("/reviews")
def take(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Give the reader what they are to review next, or say why there is nothing."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    review = assigning.take(session, activity, member, now=now())
    session.commit()
    return redirect(_address(review), HTTPStatus.SEE_OTHER)


@blueprint.post("/reviews/own")
def take_own(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Let the reader review their own work."""
    session = current_session()
    member, activity = pages.take_part(session, activity_id)
    review = assigning.take_own(session, activity, member, now=now())
    session.commit()
    return redirect(_address(review), HTTPStatus.SEE_OTHER)


@blueprint.get("/reviews/<uuid:review_id>")
def write(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Show the work beside the criteria."""
    session = current_session()
    member, activity = pages.write_review(session, activity_id)
    review = preparing.get_to_write(session, activity, member, review_id)
    if review.started_at is None:
        with writing_session() as writing:
            mine = preparing.get_to_write(writing, activity, member, review_id)
            reviewing.start(writing, mine, by=writing.get_one(Membership, member.id), now=now())
            writing.commit()
        session.rollback()
        session.expire_all()
        member, activity = pages.write_review(session, activity_id)
        review = preparing.get_to_write(session, activity, member, review_id)
    return review_form(session, member, activity, review)


@blueprint.post("/reviews/<uuid:review_id>")
def save(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was typed; where the button says so, go on to looking it over."""
    session = current_session()
    member, activity = pages.write_review(session, activity_id)
    review = preparing.get_to_write(session, activity, member, review_id)
    typed = _typed()
    beside = reviewing.save(session, review, typed, by=member, was=fields_before(), now=now())
    session.commit()
    if prefers_json():
        response = jsonify(saved=True, **_kept(session, review, typed, beside))
        response.headers["Cache-Control"] = "no-store"
        return response
    if beside:
        return redirect(_address(review), HTTPStatus.SEE_OTHER)
    if request.form.get("act") != "send":
        return redirect(url_for("peer_review.index", activity_id=activity_id, did="saved"), HTTPStatus.SEE_OTHER)
    draft = preparing.find(session, review)
    try:
        if draft is not None and draft.drafter_id == member.id:
            preparing.hand_over(session, review, member, now=now())
            session.commit()
            return redirect(url_for("peer_review.index", activity_id=activity_id, did="drafted"), HTTPStatus.SEE_OTHER)
        typed = filling.typed_of(review)
        wrong = passages.check(passages.list_of(session, review), typed)
        filling.check(review.rubric.criteria if review.rubric else (), typed, wrong)
    except InvalidInputError as error:
        return review_form(session, member, activity, review, errors=error.errors)
    return redirect(_address(review, "look_over"), HTTPStatus.SEE_OTHER)


@blueprint.get("/reviews/<uuid:review_id>/send")
def look_over(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Show what would be sent, and who will see whose name."""
    session = current_session()
    member, activity = pages.write_review(session, activity_id)
    review = reviewing.get_review(session, activity, member, review_id)
    return _summary(session, member, activity, review)


@blueprint.post("/reviews/<uuid:review_id>/send")
def send(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Send a review."""
    session = current_session()
    member, activity = pages.write_review(session, activity_id)
    review = reviewing.get_review(session, activity, member, review_id)
    typed = filling.typed_of(review)
    try:
        reviewing.submit(session, review, typed, by=member, now=now())
    except InvalidInputError as error:
        session.rollback()
        return review_form(session, member, activity, review, errors=error.errors)
    except ConflictError as error:
        session.rollback()
        return _summary(session, member, activity, review, refusal=str(error))
    session.commit()
    return redirect(url_for("peer_review.index", activity_id=activity_id, did="sent"), HTTPStatus.SEE_OTHER)


@blueprint.post("/reviews/<uuid:review_id>/decline")
def decline(activity_id: uuid.UUID, review_id: uuid.UUID) -> ResponseReturnValue:
    """Let somebody else review what the reader was asked for as an expert."""
    session = current_session()
    member, activity = pages.write_review(session, activity_id)
    review = preparing.get_to_write(session, activity, member, review_id)
    draft = preparing.find(session, review)
    if draft is not None and draft.drafter_id == member.id:
        preparing.let_go(session, review, member, now=now())
    elif draft is not None:
        raise ConflictError(_("Somebody drafts this review for you. Ask your trainer to take it back."))
    else:
        consulting.decline(session, review, now=now())
    session.commit()
    return redirect(url_for("peer_review.index", activity_id=activity_id, did="declined"), HTTPStatus.SEE_OTHER)


def _typed() -> dict[str, str]:
    """Return the fields that came; scripts send only what changed."""
    if request.is_json:
        sent = (request.get_json(silent=True) or {}).get("fields", {})
        return {name: text for name, text in sent.items() if isinstance(text, str)} if isinstance(sent, dict) else {}
    return request.form.to_dict()


def _kept(session: Session, review: Review, typed: Collection[str], beside: Sequence[str]) -> dict[str, Any]:
    """Return what a script hears of a review that a group writes: what the fields are now, and which it must look at."""
    if review.group_id is None:
        return {}
    prints = teams.prints_of(filling.shown_of(session, review))
    found: dict[str, Any] = {"was": {name: prints.get(name, "") for name in typed if name not in beside}}
    return {**found, "beside": list(beside)} if beside else found


def fields_before() -> dict[str, str] | None:
    """Return the fingerprints of the fields when the form was opened; None where it does not say."""
    found = (request.get_json(silent=True) or {}).get("was") if request.is_json else request.form.get("was")
    if isinstance(found, str):
        try:
            found = json.loads(found)
        except ValueError:
            found = None
    if not isinstance(found, dict):
        return None
    return {name: text for name, text in found.items() if isinstance(text, str)}


def _address(review: Review, page: str = "write") -> str:
    return url_for(f"peer_review.{page}", activity_id=review.activity_id, review_id=review.id)


def _shared(session: Session, member: Membership, activity: Activity, review: Review) -> dict[str, Any]:
    found = rules.get_rules(session, activity)
    return {
        "bar": activity_bar(member, activity, "peer_review.index"),
        "activity": activity,
        "prompt": render_markdown(activity.prompt),
        "rules": found,
        "review": review,
        "work": review.submission,
        "author": author_name(review.submission, member, found.anonymity),
        "criteria": list(review.rubric.criteria) if review.rubric else [],
        "is_sent": review.state is ReviewState.SUBMITTED,
        "promise": " ".join(
            filter(
                None,
                [
                    pages.promise(found.anonymity, of_reviewer=True, of_group=review.group_id is not None),
                    pages.read_by_others(found),
                ],
            )
        ),
        "limit": filling.TEXT_LIMIT,
    }


def review_form(
    session: Session,
    member: Membership,
    activity: Activity,
    review: Review,
    *,
    errors: dict[str, list[str]] | None = None,
    words: str = "",
) -> Response:
    """Return the page on which a review is written, with what was typed.

    Args:
        words: Those that somebody looked for in the text.
    """
    typed = filling.typed_of(review)
    noted = passage_pages.show_draft(session, review, typed, offers_at=_address(review, "change_passages"))
    criteria = review.rubric.criteria if review.rubric else ()
    names = {
        passages.WORDS: _("The words that you mean"),
        **{each.field: _("Comment %(number)s", number=each.number) for each in noted.notes},
        **{name: each.title for each in criteria for name in filling.fields_of(each)},
    }
    first = reviewing.find_first(session, review)
    draft = preparing.find(session, review)
    return render(
        "peer_review/review.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        typed=typed,
        was=json.dumps(teams.prints_of(filling.shown_of(session, review))) if review.group_id else None,
        beside=team_pages.list_beside(session, review, level_label),
        errors=errors or {},
        names=names,
        others=releasing.list_others(session, activity, rules.get_rules(session, activity), review, now=now()),
        by_of=review_title,
        draft=draft,
        drafter=preparing.name_for(session, member, activity, draft),
        is_draft=draft is not None and draft.drafter_id == member.id,
        messages=conversing.list_messages(session, [review.id]).get(review.id, ()),
        new_key=uuid.uuid4,
        changes=reviewing.changes_since(session, review) if review.round == 1 else (),
        first=first,
        first_noted=passage_pages.show_sent(session, review.submission, [first]) if first is not None else None,
        noted=noted,
        words=words,
        passage_limit=passages.LIMIT,
        revision=reviewing.revision_of(session, review.submission) if review.round > 1 else (),
        intentions=intending.shown_intentions(session, review.submission) if review.round > 1 else (),
        level_label=level_label,
        first_messages=conversing.list_messages(session, [first.id]).get(first.id, ()) if first is not None else (),
        **_shared(session, member, activity, review),
    )


def _summary(
    session: Session, member: Membership, activity: Activity, review: Review, *, refusal: str | None = None
) -> Response:
    typed = filling.typed_of(review)
    noted = passage_pages.show_draft(session, review, typed, offers_at=None)
    found = rules.get_rules(session, activity)
    is_hidden = found.anonymity is not Anonymity.NONE and not review.is_own
    people, group = teams.who_is_hidden(session, activity, found, review, member)
    said = "\n".join([*typed.values(), *(each.comment for each in noted.notes)])
    return render(
        "peer_review/look_over.html",
        status=HTTPStatus.CONFLICT if refusal else HTTPStatus.OK,
        typed=typed,
        noted=noted,
        is_named=is_hidden and names_any(said, people, group),
        has_group=group is not None,
        refusal=refusal,
        level_label=level_label,
        **_shared(session, member, activity, review),
    )


def level_label(criterion: Any, level: str | int | None) -> str:
    """Return what a level of a criterion is called."""
    number = int(str(level)) if str(level).isdecimal() else None
    if number is None or number >= len(criterion.levels):
        return "–"
    if criterion.kind == "yes-no":
        return _("Yes") if number else _("No")
    label = str(criterion.levels[number]["label"])
    return _("%(level)s of %(top)s", level=label, top=len(criterion.levels)) if criterion.kind == "scale" else label
