"""The application: what stands where, put together."""

import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from connector.activities.course_views import blueprint as course
from connector.activities.models import Kind
from connector.activities.views import blueprint as people
from connector.authoring import directory_views, settings_words
from connector.authoring.course_views import blueprint as course_settings
from connector.authoring.defaults_views import blueprint as defaults
from connector.authoring.settings_views import blueprint as activity_settings
from connector.authoring.views import blueprint as authoring
from connector.calendars.views import blueprint as calendar
from connector.config import Settings, load_settings
from connector.content import doors
from connector.content.attachment_views import blueprint as files
from connector.content.views import blueprint as content
from connector.db import Clock, Database, utc_now
from connector.delivery.metrics import blueprint as metrics
from connector.delivery.outbox_views import blueprint as outbox
from connector.delivery.views import blueprint as xapi
from connector.discussion import kind as discussion_kind
from connector.discussion.export_views import blueprint as export
from connector.discussion.review import blueprint as discussion
from connector.discussion.rules_views import blueprint as rules
from connector.discussion.search_views import course_search
from connector.discussion.thread_pages import refuse_reply as refuse_post
from connector.expert_qa import desk_words
from connector.expert_qa import kind as expert_qa_kind
from connector.expert_qa import telling as expert_qa_telling
from connector.expert_qa.question_pages import refuse_reply as refuse_answer
from connector.expert_qa.routes import blueprint as expert_qa
from connector.expert_qa.services import ask_info
from connector.expert_qa.watching import WATCHER as QUESTIONS
from connector.experts.directory import appointed
from connector.experts.routes import blueprint as experts
from connector.grades.views import blueprint as grades
from connector.groups.joining_views import blueprint as sign_up
from connector.groups.making_views import blueprint as group_making
from connector.groups.views import blueprint as groups
from connector.guests import letters as guest_letters
from connector.guests import telling as guests_telling
from connector.guests.routes import blueprint as guest
from connector.guests.services import call_standby
from connector.guests.views import blueprint as guests
from connector.holders import HOLDERS
from connector.launch.deep_linking_views import blueprint as deep_linking
from connector.launch.deep_linking_views import waiting
from connector.launch.notice_views import blueprint as notices
from connector.launch.privacy import blueprint as privacy
from connector.launch.views import blueprint as launch
from connector.migrations import pending
from connector.moderation import telling as moderation_telling
from connector.moderation.alike_views import blueprint as alikes
from connector.moderation.log import TOLD
from connector.moderation.proposing import ANSWERED, ASKED
from connector.moderation.publishing_views import blueprint as proposals
from connector.moderation.services import REPORTED
from connector.moderation.views import blueprint as moderation
from connector.notebook.views import blueprint as notebook
from connector.notifications import bell
from connector.notifications.mail_views import blueprint as mail
from connector.notifications.models import Scope
from connector.notifications.views import blueprint as notifications
from connector.participation import words as asks_words
from connector.participation.points_views import blueprint as points
from connector.participation.views import blueprint as participation
from connector.peer_review import kind as peer_review_kind
from connector.peer_review.doors import open_example, open_exemplar, open_work
from connector.peer_review.examples.examples import HOLDER as EXAMPLE
from connector.peer_review.exemplars.exemplars import HOLDER as EXEMPLAR
from connector.peer_review.exemplars.lending import tell_lent
from connector.peer_review.judgements import titles_of as criteria_titles
from connector.peer_review.notices import reminder_telling as peer_review_reminders
from connector.peer_review.notices import telling as peer_review_telling
from connector.peer_review.routes import blueprint as peer_review
from connector.peer_review.views import setup_words
from connector.peer_review.works.drafting import note_draft
from connector.peer_review.works.handing_in import HOLDER as WORK
from connector.peer_review.works.sharing import HOLDER as GROUP_TEXT
from connector.peer_review.works.sharing import open_text
from connector.platforms.views import blueprints as platforms
from connector.pool import telling as pool_telling
from connector.pool.lending import HOLDER as ENTRY
from connector.pool.lending import open_entry
from connector.pool.routes import blueprint as pool
from connector.privacy.views import blueprint as recording
from connector.profiles.views import blueprint as profiles
from connector.reactions import telling as reactions_telling
from connector.reactions.services import ENDORSED, THANKED
from connector.reactions.views import blueprint as reactions
from connector.reactions.views import saved
from connector.reports.goal_views import blueprint as report_goals
from connector.reports.proof_views import blueprint as report_proof
from connector.reports.views import blueprint as reports
from connector.reports.weekly import WEEKLY, tell_week
from connector.routing import telling as routing_telling
from connector.routing.capacity import room_of
from connector.routing.views import blueprint as inbox
from connector.search import nearness
from connector.threads import rules_words, telling
from connector.threads.doors import open_post
from connector.threads.telling import HOLDER
from connector.web import addresses, errors, health, i18n, pages, requests, security, sessions, tracing
from connector.web.requests import Kring

_MEGABYTE = 1_000_000
_LAUNCHES = (launch, deep_linking, waiting, authoring, activity_settings, course_settings, notices, privacy)
_COURSES = (defaults, directory_views.operators, directory_views.visits)
BLUEPRINTS = (
    health.blueprint,
    *_LAUNCHES,
    *_COURSES,
    *platforms,
    xapi,
    metrics,
    outbox,
    calendar,
    course,
    people,
    content,
    files,
    recording,
    grades,
    groups,
    group_making,
    sign_up,
    discussion,
    course_search,
    rules,
    export,
    peer_review,
    expert_qa,
    participation,
    points,
    moderation,
    proposals,
    alikes,
    reactions,
    saved,
    notebook,
    profiles,
    experts,
    inbox,
    notifications,
    mail,
    reports,
    report_goals,
    report_proof,
    guests,
    guest,
    pool,
)
"""All pages, in the order in which administrators find their tabs."""


def create_app(settings: Settings | None = None, *, clock: Clock = utc_now) -> Flask:
    """Return the application.

    Args:
        settings: Read from the environment where left out.
        clock: Gives the time now, aware and in UTC.

    Raises:
        SettingsError: The environment lacks a setting.
    """
    if settings is None:
        settings = load_settings(os.environ)
        tracing.configure_logs(settings)
    app = Flask("connector", template_folder="templates", static_folder="static")
    _configure(app, settings)
    database = Database(settings.database_url)
    nearness.attach(database, settings)
    app.extensions["kring"] = Kring(settings=settings, database=database, clock=clock)
    app.extensions["kring_ready"] = lambda: pending(database)
    _join_activities(app)
    _join_content(app)
    _join_notices(app)
    for part in (tracing, requests, errors, i18n, pages, sessions, security, bell, doors):
        part.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    """Set what Flask and its extensions are told."""
    app.url_rule_class = addresses.LazyRule
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=2 * _MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * _MEGABYTE,
        MAX_FORM_PARTS=100,
        BABEL_TRANSLATION_DIRECTORIES="translations",
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,  # their addresses change with their content
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _join_activities(app: Flask) -> None:
    """Put the kinds of activity together with the pages that serve every kind."""
    app.extensions["kring_kinds"] = {
        parts.kind: parts for parts in (discussion_kind.PARTS, peer_review_kind.PARTS, expert_qa_kind.PARTS)
    }
    app.extensions["kring_watchers"] = {Kind.EXPERT_QA: QUESTIONS}
    app.extensions["kring_thread_pages"] = {Kind.DISCUSSION: refuse_post, Kind.EXPERT_QA: refuse_answer}
    app.extensions["kring_settings"] = {
        settings_words.PART: settings_words.told_settings,
        rules_words.PART: rules_words.told_rules,
        asks_words.PART: asks_words.told_asks,
        desk_words.PART: desk_words.told_desk,
        setup_words.PART: setup_words.told_setup,
    }
    # Who calls in experts from outside when nobody in a course has answered, and how they ask back.
    app.extensions["kring_standby"] = (call_standby,)
    app.extensions["kring_ask_back"] = {Kind.EXPERT_QA: ask_info}
    # Whom a course made experts: they can say that an answer is right, as those can whom the LMS calls so.
    app.extensions["kring_appointed"] = appointed
    # How many more questions they take: what was asked of them is known to those alone who ask.
    app.extensions["kring_room"] = room_of


def _join_content(app: Flask) -> None:
    """Say who holds what people wrote: for their exports, for the files in it, and for what they have begun."""
    app.extensions["kring_holders"] = HOLDERS
    app.extensions["kring_doors"] = {
        HOLDER: open_post,
        WORK: open_work,
        GROUP_TEXT: open_text,
        EXAMPLE: open_example,
        EXEMPLAR: open_exemplar,
        ENTRY: open_entry,
    }
    # Whose consent some entries of the knowledge pool rest on, and where they come from.
    app.extensions["kring_lenders"] = (tell_lent,)
    app.extensions["kring_drafted"] = (note_draft,)


def _join_notices(app: Flask) -> None:
    """Say who tells people what, under the bell and by mail."""
    app.extensions["kring_places"] = {Scope.THREAD: telling.place}
    app.extensions["kring_tellers"] = {
        **telling.TELLERS,
        **peer_review_telling.TELLERS,
        **routing_telling.TELLERS,
        **peer_review_reminders.TELLERS,
        **expert_qa_telling.TELLERS,
        **guests_telling.TELLERS,
        **pool_telling.TELLERS,
        TOLD: moderation_telling.tell_act,
        REPORTED: moderation_telling.tell_report,
        ASKED: moderation_telling.tell_proposal,
        ANSWERED: moderation_telling.tell_answer,
        THANKED: reactions_telling.tell,
        ENDORSED: reactions_telling.tell,
        WEEKLY: tell_week,
    }
    # What reports call criteria, of which statements have the IRIs only.
    app.extensions["kring_criteria"] = criteria_titles
    app.extensions["kring_letters"] = guest_letters.WRITERS
