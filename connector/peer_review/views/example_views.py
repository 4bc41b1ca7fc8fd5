"""Examples with a key, and hidden spot-checks, for who leads the course."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from connector.activities.models import Activity
from connector.activities.pages import activity_bar
from connector.content.drafts import discard_draft
from connector.content.receiving import allow_files
from connector.content.text import BODY_LIMIT
from connector.courses.models import Membership
from connector.peer_review import rubrics, rules
from connector.peer_review.examples import examples
from connector.peer_review.examples.examples import ExampleForm
from connector.peer_review.matching import checking
from connector.peer_review.models.examples import Example, Use
from connector.peer_review.models.setup import Anonymity, Rubric, Unit
from connector.peer_review.views import composing, pages
from connector.peer_review.views.pages import blueprint
from connector.peer_review.views.work_schemas import WorkForm
from connector.web.errors import ConflictError, InvalidInputError
from connector.web.i18n import gettext as _
from connector.web.pages import render
from connector.web.requests import current_session, now, writing_session

allow_files(blueprint, ["add_example", "change_example"])


@blueprint.get("/examples")
def list_examples(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the examples, and whether there are spot-checks."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    rubric, found = rubrics.find_rubric(session, activity), rules.get_rules(session, activity)
    rows = [(each, examples.levels_of(each, rubric) is not None) for each in examples.list_examples(session, activity)]
    return render(
        "peer_review/examples.html",
        bar=activity_bar(member, activity, "settings.show"),
        activity=activity,
        rows=rows,
        rules=found,
        checks=checking.look(session, activity),
        toasts=_toasts(),
    )


@blueprint.get("/examples/new")
def new_example(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Show the empty form."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    return _form(session, member, activity, None, {"use": "practice"})


@blueprint.post("/examples/new")
def add_example(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Add an example."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    return _keep(session, member, activity, None)


@blueprint.get("/examples/<uuid:example_id>")
def show_example(activity_id: uuid.UUID, example_id: uuid.UUID) -> ResponseReturnValue:
    """Show an example with its key, to be changed."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    example = examples.get_example(session, activity, example_id)
    return _form(session, member, activity, example, _typed(example, rubrics.find_rubric(session, activity)))


@blueprint.post("/examples/<uuid:example_id>")
def change_example(activity_id: uuid.UUID, example_id: uuid.UUID) -> ResponseReturnValue:
    """Change an example."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    return _keep(session, member, activity, examples.get_example(session, activity, example_id))


@blueprint.post("/examples/<uuid:example_id>/remove")
def remove_example(activity_id: uuid.UUID, example_id: uuid.UUID) -> ResponseReturnValue:
    """Put an example away."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    example = examples.get_example(session, activity, example_id)
    examples.retire(session, activity, member, example, now=now())
    session.commit()
    return _back(activity_id, "removed")


@blueprint.post("/checks")
def set_checks(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Switch hidden spot-checks on or off."""
    session = current_session()
    member, activity = pages.lead(session, activity_id)
    try:
        checking.switch(session, activity, member, is_on=request.form.get("on") == "1")
    except ConflictError:
        session.rollback()
        return _back(activity_id, "too-few")
    session.commit()
    return _back(activity_id, "saved")


def _keep(session: Session, member: Membership, activity: Activity, example: Example | None) -> ResponseReturnValue:
    typed: dict[str, Any] = request.form.to_dict()
    example_id = example.id if example else None
    try:
        files, body = composing.receive(session, member)
        work = WorkForm().load({**typed, "body": body})
        rubric = rubrics.need_rubric(session, activity, now=now())
        form = ExampleForm(
            use=Use.HIDDEN if typed.get("use") == Use.HIDDEN.value else Use.PRACTICE,
            body=work["body"],
            link=work["link"],
            language=work["language"],
            file_ids=[each.id for each in files],
            levels=_levels(rubric, typed),
            whys={each.id: typed.get(f"comment-{each.id}", "") for each in examples.scored_of(rubric)},
            rationale=typed.get("rationale", ""),
        )
        found = examples.get_example(session, activity, example_id) if example_id else None
        examples.set_example(session, activity, member, form, example=found, now=now())
        discard_draft(session, member, _place(activity, found))
    except (ValidationError, InvalidInputError) as error:
        errors = error.errors if isinstance(error, InvalidInputError) else error.messages_dict
        session.rollback()
        again = examples.get_example(session, activity, example_id) if example_id else None
        return _form(session, member, activity, again, typed, errors=errors)
    session.commit()
    return _back(activity.id, "saved")


def _levels(rubric: Rubric, typed: dict[str, Any]) -> dict[uuid.UUID, int]:
    said = {each.id: str(typed.get(f"level-{each.id}", "")) for each in examples.scored_of(rubric)}
    return {id_: int(text) for id_, text in said.items() if text.isdecimal() and len(text) < 4}  # noqa: PLR2004 -- a level


def _form(
    session: Session,
    member: Membership,
    activity: Activity,
    example: Example | None,
    typed: dict[str, Any],
    *,
    errors: dict[str, list[str]] | None = None,
) -> Response:
    if rubrics.find_rubric(session, activity) is None:
        with writing_session() as writing:  # the criteria get ids, which the form's fields are called by
            rules.hold(writing, activity)
            rubrics.need_rubric(writing, activity, now=now())
            writing.commit()
        session.rollback()
    found = rules.get_rules(session, activity)
    rubric, place = rubrics.find_rubric(session, activity), _place(activity, example)
    return render(
        "peer_review/example.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        bar=activity_bar(member, activity, "settings.show"),
        activity=activity,
        example=example,
        rules=found,
        may_hide=found.anonymity is Anonymity.DOUBLE and found.unit is Unit.PERSON,
        criteria=examples.scored_of(rubric),
        typed=typed,
        errors=errors or {},
        limit=BODY_LIMIT,
        text_limit=examples.TEXT_LIMIT,
        composer=composing.composer_context(session, member, place, activity, is_retyped=bool(errors)),
    )


def _typed(example: Example, rubric: Rubric | None) -> dict[str, Any]:
    levels = examples.levels_of(example, rubric) or {}
    whys = examples.whys_of(example, rubric)
    return {
        "body": example.body,
        "link": example.link,
        "language": example.language,
        "use": example.use.value,
        "rationale": example.rationale,
        **{f"level-{id_}": str(level) for id_, level in levels.items()},
        **{f"comment-{id_}": why for id_, why in whys.items()},
    }


def _place(activity: Activity, example: Example | None) -> str:
    return f"example {example.id if example else activity.id}"


def _back(activity_id: uuid.UUID, did: str) -> ResponseReturnValue:
    page = url_for("peer_review.list_examples", activity_id=activity_id, did=did)
    return redirect(page, HTTPStatus.SEE_OTHER)


def _toasts() -> list[str | tuple[str, str]]:
    told: dict[str, str | tuple[str, str]] = {
        "saved": _("Saved."),
        "removed": _("Put away. Nobody gets it any more."),
        "too-few": (_("Spot-checks take one review in six: ask for more reviews each than are needed first."), "warn"),
    }
    found = told.get(request.args.get("did", ""))
    return [found] if found else []
