"""Who may use which route: the one table. Whoever adds a route says it here, or a test fails.

A route that names a thing is tried with every thing of that kind, and with ids of nothing: who may not use it for a thing
gets the answer that nothing gets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.connector.access.mays import (
    May,
    anybody,
    askers,
    authors,
    knowing,
    leaders,
    leaders_here,
    leading_readers,
    learners_of_leaders,
    learning_writers,
    members,
    nobody,
    onlookers_here,
    operators,
    others,
    owners,
    owners_and_leaders,
    readers,
    recorded,
    seers,
    senders,
    showing,
    signing_up,
    standing_seers,
    trainers_here,
    visitors,
    withdrawers,
    writers,
    writers_here,
    writing_seers,
)

NOTHING = "00000000-0000-4000-8000-000000000000"
"""The id of nothing, for forms that must name something: what forms name is tried by itself."""


@dataclass(frozen=True, slots=True)
class Route:
    """Who may use a route with each of its methods."""

    kind: str
    """Of the things that it is tried with; `visit` for a route that names nothing."""
    get: May | None = None
    post: May | None = None
    put: May | None = None
    delete: May | None = None
    ways: tuple[Mapping[str, str], ...] = ({},)
    """What else its address can say."""
    is_quiet: bool = False
    """Whether it answers with nothing rather than with "not found"; to all alike who may not use it."""
    form: Mapping[str, str] = field(default_factory=dict)
    """Fields that it needs, beside those that every form gets here."""

    def may(self, method: str) -> May | None:
        """Return who may use a method."""
        found: May | None = getattr(self, "get" if method == "HEAD" else method.lower())
        return found


def _ways(name: str, *values: str) -> tuple[Mapping[str, str], ...]:
    return tuple({name: value} for value in values)


_POST_ACTS = _ways("act", "hold", "approve", "remove", "restore", "edit", "reveal", "mute", "split")
_THREAD_ACTS = _ways(
    "act", "close", "reopen", "pin", "unpin", "feature", "unfeature", "merge", "move", "propose", "take-back"
)
_GROUP_WAYS = _ways("way", "random", "mixed", "sign-up", "hand", "copy")
_ENDING = _ways("what", "dissolve", "restore")
_JUNK = _ways("token", "junk")
_REPORTS = _ways("report", "participation", "discussion", "questions", "reviews", "network")
_GOAL = {
    "wish": "More",
    "figure": "contributions",
    "direction": "at_least",
    "value": "3",
    "since": "2026-03-01",
    "due": "2026-03-31",
}
_JUNK_QUESTION = ({"token": "junk", "thread_id": NOTHING},)

ROUTES: Final[Mapping[str, Route]] = {
    # --- for everybody: nothing of a course is there
    "static": Route("visit", get=anybody, ways=_ways("filename", "icons.svg")),
    "health.healthz": Route("visit", get=anybody),
    "health.readyz": Route("visit", get=anybody),
    "metrics.metrics": Route("visit", get=anybody),
    "xapi.show_profile": Route("visit", get=anybody),
    "xapi.show_term": Route("visit", get=anybody, ways=_ways("path", "verbs/endorsed")),
    "platforms.canvas": Route("visit", get=anybody),
    "platforms.icon": Route("visit", get=anybody),
    "launch.jwks": Route("visit", get=anybody),
    # --- ways in: each opens by what an LMS, a mail or an operator gave out
    "launch.login": Route("visit", get=anybody, post=anybody),
    "launch.launch": Route("visit", get=anybody, post=anybody),
    "launch.confirm": Route("visit", post=anybody),
    "launch.relaunch": Route("visit", get=anybody, ways=_ways("ticket", "junk")),
    "waiting.show_waiting": Route("visit", get=anybody, ways=_ways("ticket", "junk")),
    "notices.take": Route("visit", post=anybody),
    "platforms.offer": Route("visit", get=anybody, ways=({"invite": "junk"}, {})),
    "platforms.accept": Route("visit", post=anybody, ways=({"invite": "junk"}, {})),
    "manual.show": Route("visit", get=anybody, ways=({"invite": "junk"}, {})),
    "manual.save": Route("visit", post=anybody, ways=({"invite": "junk"}, {})),
    "mail.unsubscribe": Route("visit", get=anybody, ways=_JUNK),
    "mail.do_unsubscribe": Route("visit", post=anybody, ways=_JUNK),
    "mail.preferences": Route("visit", get=anybody, ways=_JUNK),
    "mail.change_preferences": Route("visit", post=anybody, ways=_JUNK),
    "mail.open_activity": Route("visit", get=anybody, ways=_JUNK),
    "admin.enter": Route("visit", get=anybody, ways=_JUNK),
    "admin.sign_in": Route("visit", post=anybody, ways=_JUNK),
    "admin.sign_out": Route("visit", post=anybody),
    # --- operators
    "admin.index": Route("visit", get=operators),
    "admin.list_invites": Route("visit", get=operators),
    "admin.create_invite": Route("visit", post=operators),
    "admin.revoke_invite": Route("invite", post=operators),
    "admin.list_keys": Route("visit", get=operators),
    "admin.rotate_keys": Route("visit", post=operators),
    "admin.show_platform": Route("platform", get=operators),
    "admin.change_status": Route("platform", post=operators),
    "admin.rename": Route("platform", post=operators),
    "admin.change_deployment": Route("deployment", post=operators),
    "outbox.index": Route("visit", get=operators),
    "outbox.show": Route("endpoint", get=operators),
    "outbox.retry": Route("endpoint", post=operators),
    "outbox.switch_off": Route("endpoint", post=operators),
    "outbox.switch_on": Route("endpoint", post=operators),
    "outbox.show_statement": Route("statement", get=operators),
    "outbox.retry_statement": Route("statement", post=operators),
    # --- everybody who is in a visit, about themselves
    "course.index": Route("visit", get=visitors),
    "course_search.index": Route("visit", get=visitors),
    "notifications.index": Route("visit", get=visitors),
    "notifications.count": Route("visit", get=visitors),
    "notifications.read": Route("visit", post=visitors),
    "notifications.show_settings": Route("visit", get=visitors),
    "notifications.change_settings": Route("visit", post=visitors),
    "notifications.change_shortcuts": Route("visit", post=visitors),
    "notifications.forgive_address": Route("visit", post=visitors),
    "notifications.change_subscription": Route("visit", post=visitors),
    "notifications.follow": Route("notice", get=owners),
    "saved.index": Route("visit", get=visitors),
    "saved.forsake": Route("post", post=visitors, is_quiet=True),
    "notebook.index": Route("visit", get=writers_here),
    "notebook.new": Route("visit", get=writers_here),
    "notebook.add": Route("visit", post=writers_here),
    "notebook.download": Route("visit", get=writers_here),
    "notebook.agree": Route("visit", post=writers_here),
    "notebook.show": Route("note", get=owners),
    "notebook.edit": Route("note", get=owners),
    "notebook.change": Route("note", post=owners),
    "notebook.throw_away": Route("note", post=owners),
    "profiles.own": Route("visit", get=visitors),
    "recording.show": Route("visit", get=visitors),
    "recording.change": Route("visit", post=trainers_here),
    "recording.decide_own": Route("visit", post=recorded),
    "privacy.index": Route("visit", get=nobody),
    "privacy.export": Route("visit", get=nobody),
    "connection.show": Route("visit", get=nobody),
    "deep_linking.show": Route("link", get=owners),
    "deep_linking.choose": Route("link", post=owners),
    "deep_linking.cancel": Route("link", post=owners),
    "deep_linking.answer": Route("link", get=owners),
    # --- writing
    "content.get_draft": Route("draft", get=owners),
    "content.save_draft": Route("draft", post=writers_here, put=writers_here),
    "content.discard_draft": Route("draft", delete=visitors, is_quiet=True),
    "content.preview": Route("visit", post=visitors),
    "content.suggest": Route("visit", get=visitors),
    "files.send": Route("visit", post=visitors),  # who may not write is told so, in the words for any file
    "files.show": Route("file", get=readers, ways=({"name": "a.txt"}, {})),
    "files.describe": Route("file", post=senders, form={"alt": "A picture"}),
    # --- the course
    "course.setup": Route("activity", get=members),
    "course.choose": Route("activity", post=leaders, form={"choice": "settings"}),
    "people.index": Route("activity", get=leaders),
    "people.refresh": Route("activity", post=leaders),
    "profiles.show": Route("person", get=members),
    "settings.show": Route("activity", get=leaders),
    "settings.change": Route("activity", post=leaders),
    "groups.index": Route("activity", get=members),
    "groups.show_set": Route("set", get=leaders),
    "groups.show_rest": Route("set", get=leaders),
    "groups.show_group": Route("group", get=leaders),
    "groups.rename_set": Route("set", post=leaders),
    "groups.set_sign_up": Route("set", post=leaders),
    "groups.add_group": Route("set", post=leaders),
    "groups.deal_the_rest": Route("set", post=leaders),
    "groups.end_or_restore_set": Route("set", post=leaders, ways=_ENDING),
    "groups.move": Route("set", post=leaders),
    "groups.decide": Route("wish", post=leaders),
    "groups.rename_group": Route("group", post=leaders),
    "groups.end_or_restore_group": Route("group", post=leaders, ways=_ENDING),
    "group_making.choose": Route("activity", get=leaders),
    "group_making.ask": Route("activity", get=leaders, ways=_GROUP_WAYS),
    "group_making.make": Route("activity", post=leaders, ways=_GROUP_WAYS),
    "sign_up.join": Route("group", post=signing_up),
    "sign_up.begin": Route("set", post=signing_up),
    "sign_up.leave": Route("set", post=signing_up),
    "sign_up.withdraw": Route("set", post=members, is_quiet=True),
    "grades.index": Route("activity", get=leaders),
    "grades.save": Route("learner", post=leaders),
    "grades.set_maximum": Route("activity", post=leaders),
    "grades.send_again": Route("activity", post=leaders),
    "grades.read_back": Route("activity", post=leaders),
    "participation.index": Route("activity", get=leaders),
    "participation.send": Route("activity", post=leaders),
    "participation.settings": Route("activity", get=leaders),
    "participation.change": Route("activity", post=leaders),
    "participation.learner": Route("person", get=learners_of_leaders),
    "participation.mark": Route("person", post=learners_of_leaders),
    "participation.extend": Route("person", post=learners_of_leaders),
    # --- discussions
    "discussion.index": Route("activity", get=members),
    "discussion.list_changes": Route("activity", get=members),
    "discussion.read_all": Route("activity", post=members),
    "discussion.new_thread": Route("activity", get=writers),
    "discussion.post_thread": Route("activity", post=writers),
    "discussion.change_many": Route("activity", post=leaders),
    "discussion.overview": Route("activity", get=leaders),
    "discussion.print_all": Route("activity", get=leaders),
    "discussion.review": Route("person", get=learners_of_leaders),
    "discussion.show": Route("thread", get=seers),
    "discussion.thread_changes": Route("thread", get=seers, is_quiet=True),
    "discussion.print_thread": Route("thread", get=standing_seers),
    "discussion.read_thread": Route("thread", post=standing_seers),
    "discussion.unread_from": Route("thread", post=nobody, form={"post": NOTHING}),
    "discussion.post_reply": Route("thread", post=writing_seers),
    "discussion.close_thread": Route("thread", post=leading_readers),
    "discussion.reopen_thread": Route("thread", post=leading_readers),
    "discussion.find_post": Route("post", get=seers),
    "discussion.edit": Route("post", get=owners),
    "discussion.change": Route("post", post=owners),
    "discussion.withdraw": Route("post", post=withdrawers),
    "discussion.accept": Route("post", post=askers),
    "discussion.list_versions": Route("post", get=owners_and_leaders),
    "discussion.search": Route("activity", get=members),
    "export.download": Route("activity", get=leaders, ways=_ways("form", "csv", "json")),
    "rules.show": Route("activity", get=leaders),
    "rules.change": Route("activity", post=leaders),
    "rules.thread": Route("thread", get=leading_readers),
    "rules.shape": Route("thread", post=leading_readers),
    "reactions.press": Route("activity", post=members),
    "reactions.thanks": Route("post", get=readers),
    "reactions.thank": Route("post", post=others),
    "moderation.index": Route("activity", get=leaders),
    "moderation.ask": Route("post", get=others),
    "moderation.report": Route("post", post=others),
    "moderation.post": Route("post", get=leading_readers),
    "moderation.act_on_post": Route("post", post=leading_readers, ways=_POST_ACTS),
    "moderation.thread": Route("thread", get=leading_readers),
    "moderation.act_on_thread": Route("thread", post=leading_readers, ways=_THREAD_ACTS),
    "proposals.show": Route("proposal", get=owners),
    "proposals.look_over": Route("proposal", post=owners),
    "proposals.agree": Route("proposal", post=owners, form={"way": "anonymous"}),
    "proposals.decline": Route("proposal", post=owners),
    "moderation.undo": Route("act", post=leaders),
    "moderation.unmute": Route("person", post=leaders),
    # --- reports: of the visit's own course
    "reports.index": Route("visit", get=onlookers_here),
    "reports.definitions": Route("visit", get=onlookers_here),
    "reports.show": Route("visit", get=leaders_here, ways=_REPORTS),
    "reports.table": Route("visit", get=leaders_here, ways=({"report": "participation", "name": "weeks"},)),
    "reports.file": Route(
        "visit", get=leaders_here, ways=({"report": "network", "form": "json"}, {"report": "reviews", "form": "xlsx"})
    ),
    "reports.statements": Route("visit", get=leaders_here, ways=_ways("key", "contributions")),
    "report_proof.proof": Route("visit", get=leaders_here),
    "report_proof.weekly": Route("visit", post=leaders_here),
    "report_goals.index": Route("visit", get=leaders_here),
    "report_goals.add": Route("visit", post=leaders_here, form=_GOAL),
    "report_goals.remove": Route("goal", post=leaders),
    # --- questions: those of a desk that holds one question of a learner's, for everybody
    "expert_qa.index": Route("desk", get=members),
    "expert_qa.ask": Route("desk", get=writers),
    "expert_qa.ask_on": Route("desk", post=writers),
    "expert_qa.similar": Route("desk", get=members),
    "expert_qa.similar_to_text": Route("desk", post=members),
    "expert_qa.post_question": Route("desk", post=writers),
    "expert_qa.solves": Route("question", post=writing_seers),
    "expert_qa.follow": Route("question", post=writing_seers),
    "expert_qa.show": Route("question", get=seers),
    "expert_qa.find_post": Route("asked", get=seers),
    "expert_qa.ask_info": Route("question", post=knowing, form={"wanted": "Which year?"}),
    "expert_qa.add_more": Route("question", post=owners, form={"body": "More."}),
    "expert_qa.resolve": Route("question", post=owners_and_leaders),
    "expert_qa.reopen": Route("question", post=owners_and_leaders),
    "expert_qa.open_to_all": Route("question", post=showing),
    "expert_qa.hide_name": Route("question", post=owners),
    "expert_qa.decide_alike": Route("question", post=nobody),  # nothing comes near it
    "expert_qa.new_hour": Route("desk", get=leaders),
    "expert_qa.plan_hour": Route("desk", post=leaders),
    "expert_qa.show_hour": Route("hour", get=members),
    "expert_qa.cancel_hour": Route("hour", post=leaders),
    "expert_qa.overview": Route("desk", get=leaders),
    "expert_qa.review": Route("asker", get=leaders),
    "expert_qa.settings": Route("desk", get=leaders),
    "expert_qa.change_settings": Route("desk", post=leaders),
    # --- guests: what their own pages show, tests/connector/access/test_guests.py tells
    "guests.index": Route("activity", get=leaders),
    "guests.invite": Route("activity", post=leaders),
    "guests.resend": Route("guest", post=leaders),
    "guests.revoke": Route("guest", post=leaders),
    "guest.index": Route("visit", get=anybody, ways=_JUNK),
    "guest.send_code": Route("visit", post=anybody, ways=_JUNK),
    "guest.confirm": Route("visit", post=anybody, ways=_JUNK),
    "guest.choose_language": Route("visit", post=anybody, ways=_JUNK),
    "guest.agree": Route("visit", post=anybody, ways=_JUNK),
    "guest.decline": Route("visit", post=anybody, ways=_JUNK),
    "guest.declined": Route("visit", get=anybody, ways=_JUNK),
    "guest.preview": Route("visit", post=anybody, ways=_JUNK),
    "guest.privacy": Route("visit", get=anybody, ways=_JUNK),
    "guest.export": Route("visit", get=anybody, ways=_JUNK),
    "guest.forget": Route("visit", post=anybody, ways=_JUNK),
    "guest.question": Route("visit", get=anybody, ways=_JUNK_QUESTION),
    "guest.answer": Route("visit", post=anybody, ways=_JUNK_QUESTION),
    "guest.ask": Route("visit", post=anybody, ways=_JUNK_QUESTION),
    "guest.keep_draft": Route("visit", post=anybody, put=anybody, ways=_JUNK_QUESTION),
    "guest.drop_draft": Route("visit", delete=anybody, ways=_JUNK_QUESTION),
    "guest.file": Route("visit", get=anybody, ways=({"token": "junk", "attachment_id": NOTHING},)),
    # --- peer reviews: a review is its reviewer's; as the author of the work has it, it is `received`
    "peer_review.index": Route("exercise", get=members),
    "peer_review.work": Route("exercise", get=learning_writers),
    "peer_review.hand_in": Route("exercise", post=learning_writers),
    "peer_review.begin_afresh": Route("exercise", post=learning_writers),
    "peer_review.withdraw": Route("exercise", post=authors),
    "peer_review.take": Route("exercise", post=learning_writers),
    "peer_review.take_own": Route("exercise", post=authors),
    "peer_review.feedback": Route("exercise", get=authors),
    "peer_review.overview": Route("exercise", get=leaders),
    "peer_review.mend": Route("exercise", post=leaders),
    "peer_review.mend_groups": Route("exercise", post=leaders),
    "peer_review.distribute": Route("exercise", post=leaders),
    "peer_review.release": Route("exercise", post=leaders),
    "peer_review.fill": Route("exercise", post=leaders, form={"act": "remind"}),
    "peer_review.pair": Route("exercise", post=leaders),
    "peer_review.setup": Route("exercise", get=leaders),
    "peer_review.change_setup": Route("exercise", post=leaders),
    "peer_review.grades": Route("exercise", get=leaders),
    "peer_review.send_grades": Route("exercise", post=leaders),
    "peer_review.export": Route("exercise", get=leaders, ways=_ways("form", "csv", "json")),
    "peer_review.review": Route("author", get=leaders),
    "peer_review.one_work": Route("work", get=leaders),
    "peer_review.override": Route("work", post=leaders),
    "peer_review.set_own_score": Route("work", post=leaders),
    "peer_review.exclude": Route("review", post=leaders),
    "peer_review.settle": Route("review", post=leaders),
    "peer_review.rate": Route("received", post=owners, form={"usefulness": "3"}),
    "peer_review.appeal": Route("received", post=owners),
    "peer_review.write": Route("review", get=owners),
    "peer_review.save": Route("review", post=owners),
    "peer_review.look_over": Route("review", get=owners),
    "peer_review.send": Route("review", post=owners),
    "peer_review.say": Route("received", post=owners),
    "peer_review.answer": Route("review", post=owners),
}
