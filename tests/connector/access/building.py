"""Puts the world together: each thing as people make it, through the services."""

import uuid
from datetime import timedelta

from sqlalchemy import select, update

from connector.activities.models import Activity, GroupMode, Kind, Placement
from connector.authoring.services import prepare
from connector.courses.models import GroupMember, Joining, Role
from connector.delivery.models import Endpoint, Message
from connector.groups import joining
from connector.groups.building import make_set
from connector.groups.models import GroupWish
from connector.guests import services as guests
from connector.guests.services import NewGuest
from connector.launch.deep_linking import begin
from connector.notifications.models import Notice
from connector.participation import rubric
from connector.participation import services as participation
from connector.participation.models import Grading, Late
from connector.participation.rubric import CriterionForm
from connector.platforms.invites import create_invite
from connector.platforms.models import Invite
from connector.pool import services as pool
from connector.pool.making import Text
from connector.reports import goals
from connector.reports.models import Direction
from connector.threads import ruling
from connector.threads.models import Moderation, PostState, Thread
from lti.deep_linking import DeepLinkingSettings
from tests import make
from tests.connector.access.desks import DeskWriter
from tests.connector.access.peers import PeerWriter
from tests.connector.access.world import EVERYBODY, FAR, HOME, IN_A, IN_B, LEADERS, LOOKERS, NEXT, OUTSIDE, WHO
from tests.connector.groups import build as groups
from tests.make import NOW

FAR_OFF = NOW + timedelta(days=365)
WRITTEN = frozenset({PostState.VISIBLE, PostState.HELD})


class Builder(PeerWriter, DeskWriter):
    """Makes everything in one session."""

    def build(self) -> None:
        """Make all of it."""
        self.build_courses()
        self.build_store()
        forum = self.build_activity("forum", mode=GroupMode.SEPARATE)
        self.build_groups(forum)
        self.build_sign_up(forum)
        open_ = self.build_activity("open forum")
        self.build_threads(forum, open_)
        self.build_exercise()
        self.build_desk()
        for course, (learner, trainer) in {NEXT: ("otto", "lars"), FAR: ("piet", "mats")}.items():
            place = self.build_activity(f"forum of {course}", course)
            people = {learner, trainer}
            self.thread(f"thread of {course}", place, learner, people, course=course)
            self.add_draft(learner, place)
        self.build_participation(forum)
        self.build_goal()
        self.build_notices()
        self.build_link()
        self.build_prepared()
        self.build_guest()
        self.build_pool()
        self.session.flush()

    # --- courses --------------------------------------------------------------------------------------------------------
    def build_courses(self) -> None:
        """Make two courses of one LMS, one of another, and the people of each."""
        session = self.session
        home = make.course(session)
        next_ = make.course(session, deployment=home.deployment)
        self.courses = {HOME: home, NEXT: next_, FAR: make.course(session)}
        for name, course in self.courses.items():
            course.title = self.word(f"title of the course {name}", _people(name) | {"operator"})
        for name, (course_name, role) in WHO.items():
            called = f"{name.title()} {self.word(f'name of {name}', _people(course_name))}"
            member = make.member(session, course=self.courses[course_name], role=role, name=called)
            member.person.email = f"{self.word(f'address of {name}', {name})}@example.org"
            member.is_active = name not in OUTSIDE
            self.members[name] = member
            if name == "gita":
                member.person.is_guest, member.person.email = True, None
                continue
            is_learner = role in {Role.LEARNER, Role.TEST_STUDENT}
            kind = "learner" if is_learner else "leader"
            self.add(kind, name, member.id, course=course_name, readers=_people(course_name), owner=name)

    def build_activity(self, name: str, course: str = HOME, *, mode: GroupMode = GroupMode.NONE) -> Activity:
        """Make a discussion that learners find."""
        people = _people(course)
        row = make.activity(self.session, course=self.courses[course], title=self.word(f"title of {name}", people))
        row.prompt = self.word(f"prompt of {name}", people)
        row.group_mode = mode
        opened = update(Placement).where(Placement.activity_id == row.id)
        self.session.execute(opened.values(opened_at=NOW))
        self.add("activity", name, row.id, course=course, readers=people)
        leader = {HOME: "tine", NEXT: "lars", FAR: "mats"}[course]
        ruling.set_rules(
            self.session,
            row,
            self.members[leader],
            learners_start=True,
            allows_anonymous=True,
            allows_private=True,
            moderation=Moderation.NONE,
            hold_after_reports=0,
            close_after_days=None,
            posts_a_day=None,
            keep_days=None,
        )
        return row

    def build_groups(self, activity: Activity) -> None:
        """Put Anna and Bert into groups of the LMS's."""
        names = {"A": self.word("name of group A", IN_A), "B": self.word("name of group B", IN_B)}
        teams = groups.lms_set(self.session, self.courses[HOME], self._set_name(), tuple(names.values()))
        for letter, member in {"A": "anna", "B": "bert"}.items():
            group = teams[names[letter]]
            self.session.add(GroupMember(group_id=group.id, membership_id=self.members[member].id))
            self.group_ids[letter] = group.id
            activity.group_set_id = group.set_id
            seers = {"A": IN_A, "B": IN_B}[letter]
            self.add("group", letter, group.id, more={"activity_id": activity.id}, readers=LEADERS, seers=seers)
        self.add("set", "teams", activity.group_set_id, more={"activity_id": activity.id}, readers=LEADERS)

    def _set_name(self) -> str:
        return self.word("name of the set", LOOKERS | {"anna", "bert"})

    def build_sign_up(self, activity: Activity) -> None:
        """Make a set in which people ask to be let in, and let Clea ask."""
        session, more = self.session, {"activity_id": activity.id}
        made = make_set(
            session,
            self.members["tine"],
            self.word("name of a set to sign up in", EVERYBODY),
            2,
            joining=Joining.ASKED,
            may_start=True,
            now=NOW,
        )
        group = groups.groups_of_set(session, made)[0]
        joining.join(session, self.members["clea"], group.id, now=NOW)
        wish = session.scalars(select(GroupWish)).one()
        self.add("set", "asked", made.id, more=more, readers=LEADERS, seers=EVERYBODY)
        self.add("group", "asked", group.id, more=more, readers=LEADERS, seers=EVERYBODY)
        self.add("wish", "Clea's", wish.id, more={**more, "set_id": made.id}, readers=LEADERS)

    def build_goal(self) -> None:
        """Set a goal."""
        goal = goals.add_goal(
            self.session,
            self.members["tine"],
            wish="More",
            figure="contributions",
            direction=Direction.AT_LEAST,
            value=3,
            since=NOW.date(),
            due=NOW.date(),
            now=NOW,
        )
        self.add("goal", "a goal", goal.id, more={}, readers=LEADERS)

    # --- around them ----------------------------------------------------------------------------------------------------
    def build_participation(self, activity: Activity) -> None:
        """Ask for something, mark it and remark on it."""
        session, tine, anna = self.session, self.members["tine"], self.members["anna"]
        participation.set_participation(
            session,
            activity,
            tine,
            threads=1,
            replies=0,
            posts=0,
            due_at=None,
            late=Late.COUNTS,
            grading=Grading.RUBRIC,
        )
        criterion = CriterionForm(
            title=self.word("title of a criterion", LEADERS),
            levels=[(self.word("a level", LEADERS), 1.0), (self.word("a better level", LEADERS), 2.0)],
        )
        rubric.set_criteria(session, activity, tine, [criterion])
        levels = {each.id: 1 for each in rubric.list_criteria(session, activity)}
        remark = self.word("remark with a grade", LEADERS)
        rubric.mark(session, activity, anna, by=tine, levels=levels, remark=remark, now=NOW)
        participation.send(session, activity, tine, [anna.id], now=NOW)

    def build_notices(self) -> None:
        """Note who was told of what: notices came of all that was done."""
        owners = {member.id: name for name, member in self.members.items()}
        seen = set()
        for notice in self.session.scalars(select(Notice).order_by(Notice.created_at, Notice.id)):
            owner = owners[notice.member_id]
            if (owner, notice.what) in seen:
                continue
            seen.add((owner, notice.what))
            mine = {"course": WHO[owner][0], "readers": frozenset({owner}), "owner": owner}
            self.add("notice", f"{notice.what}, to {owner}", notice.id, **mine)

    def build_store(self) -> None:
        """Let an LRS hear of all that is done, and give out an invitation: what operators see."""
        home = self.courses[HOME].deployment
        row = Endpoint(
            tenant=home.platform.tenant,
            name="LRS",
            url="https://lrs.example/xapi",
            username=self.word("user name at the LRS", {"operator"}),
            password=b"sealed",
            version="1.0.3",
            created_at=NOW,
            due_at=NOW,
        )
        self.session.add(row)
        note = self.word("note of an invitation", {"operator"})
        create_invite(self.session, home.platform.tenant, note=note, now=NOW)
        invite = self.session.scalars(select(Invite)).one()
        self.add("endpoint", "LRS", row.id, course="")
        self.add("invite", "", invite.id, course="")
        self.add("tenant", "", home.platform.tenant_id, course="")
        self.add("platform", "", home.platform.id, course="")
        self.add("deployment", "", home.id, course="", more={"platform_id": home.platform.id})

    def build_guest(self) -> None:
        """Let Gita be invited to the question of group A, and have agreed to answer it."""
        thread = self.session.get_one(Thread, next(each.value for each in self.things if each.name == "of group A"))
        new = NewGuest(
            name=self.word("name of a guest", LEADERS),
            address=f"{self.word('address of a guest', LEADERS)}@example.org",
            note=self.word("note to a guest", ()),
            locale="en",
            days=14,
        )
        tine, key = self.members["tine"], self.settings.secret_key
        row = guests.invite(self.session, thread.activity, tine, new, thread=thread, key=key, now=NOW)
        row.member, row.opened_at, row.agreed_at = self.members["gita"], NOW, NOW
        self.add("guest", "Gita", row.id, more={"activity_id": row.activity_id}, readers=LEADERS)

    def build_prepared(self) -> None:
        """Make an activity that is not published."""
        form = {
            "kind": Kind.DISCUSSION,
            "template": "",
            "title": self.word("title of what is prepared", LEADERS),
            "prompt": self.word("prompt of what is prepared", LEADERS),
            "opens_at": None,
            "closes_at": None,
            "score_maximum": None,
            "group_mode": GroupMode.NONE,
            "group_set": None,
        }
        row = prepare(
            self.session, self.members["tine"], form, key=uuid.uuid4(), public_url="http://localhost", now=NOW
        )
        self.add("prepared", "by tine", row.id, readers=LEADERS)

    def build_pool(self) -> None:
        """Let Tine write an entry for everybody, and let Anna propose a change of it."""
        tine, anna = self.members["tine"], self.members["anna"]
        place = self.session.get_one(Activity, next(each.value for each in self.things if each.name == "open forum"))
        text = Text(
            title=self.word("title of an entry", EVERYBODY),
            body=self.word("text of an entry", EVERYBODY),
            tags=(self.word("tag of an entry", EVERYBODY),),
        )
        entry = pool.write(self.session, place, tine, text, review_at=FAR_OFF, key=uuid.uuid4(), now=NOW)
        desk = next(each.value for each in self.things if each.kind == "desk")
        self.add("entry", "Tine's", entry.id, more={"activity_id": desk}, readers=EVERYBODY)
        wish = Text(title="A title", body=self.word("text of a proposal", LEADERS | {"eva", "anna"}))
        reason = self.word("reason of a proposal", LEADERS | {"eva", "anna"})
        proposal = pool.propose(self.session, entry, anna, wish, reason, now=NOW)
        self.add("change", "Anna's", proposal.id, more={"entry_id": entry.id}, readers=LEADERS | {"eva"})

    def build_link(self) -> None:
        """Let a trainer begin to choose what to place in the course; and find a statement of all that was done."""
        wanted = DeepLinkingSettings(
            return_url="https://lms.example/return",
            accept_types=("ltiResourceLink",),
            accept_presentation_document_targets=("iframe",),
            accept_multiple=None,
            accept_lineitem=None,
            auto_create=None,
            title=None,
            text=None,
            data=None,
        )
        link = begin(self.session, self.members["tine"], wanted, secret=self.settings.secret_key, now=NOW)
        link.items = [{**link.items[0], "title": self.word("title of what is to be placed", {"tine"})}]
        self.add("link", "of tine", link.id, readers=frozenset({"tine"}), owner="tine")
        statement = self.session.scalars(select(Message)).first()
        if statement is not None:
            self.add("statement", "", statement.id, course="")


def _people(course: str) -> frozenset[str]:
    return EVERYBODY if course == HOME else frozenset(name for name, (where, _role) in WHO.items() if where == course)
