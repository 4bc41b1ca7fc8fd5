"""What a visitor of the demo finds: colleagues who launched from the LMS and wrote to each other, in their languages.

It is told through the front door: everybody launches once, and what they do goes through the pages that everybody uses,
so that its statements are in the LRS as well. The tool runs in this process while it is told, with a clock that is
put back; beside it the tool that visitors meet answers already.
"""

import re
import time
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select

from connector.app import create_app
from connector.config import Settings
from connector.db import Database
from connector.delivery.models import Delivery, Endpoint, State
from connector.reports.pulling import pull
from connector.web.tracing import configure_logs
from deploy.servers import Demo
from deploy.story import acts, elsewhere, essays, peers, questions, share
from deploy.story.teller import Guest, StoryClock, Teller
from deploy.visitor import Page, taken

_START = "/start/share-how-you-work"
_COURSE = "/courses/onboarding"
_LOOKS = 100
"""How often to see whether all has been sent, five times a second."""
_UUID = 36
"""The length of an id."""


def tell(demo: Demo) -> None:
    """Let the people of the story act; takes some seconds."""
    settings = Settings(
        public_url=demo.tool_url,
        database_url=demo.database_url,
        secret_key=demo.secret_key,
        allow_private_addresses=True,
        log_format="console",
        log_level="warning",
    )
    configure_logs(settings)
    clock = StoryClock()
    teller = Teller(demo, create_app(settings, clock=clock), clock)
    study, study_start = _add_activity(teller, elsewhere.GROUP_TITLE, elsewhere.GROUP_PROMPT)
    reviews = {
        task.title: _add_activity(teller, task.title, task.prompt, kind="peer_review", points=task.points)
        for task in (essays.WEEK, essays.NEWCOMER, essays.MAIL)
    }
    experts, experts_start = _add_activity(teller, questions.TITLE, questions.PROMPT, kind="expert_qa")
    ask = _activity(teller.enter("mathilde", "/start/ask-a-colleague")[1])
    ingrid, page = teller.enter("ingrid", _START)
    main = _activity(page)
    _ask_for_participation(teller, ingrid, main)
    _let_hide_names(ingrid, main)
    teller.tell(main, share.STORY, _START)
    teller.tell(ask, elsewhere.ASK, _START)
    teller.enter("rasmus", experts_start)  # from then on learners find it in the tool too
    teller.tell(experts, questions.STORY, experts_start)
    _sign_up(teller, study, _make_groups(ingrid, study))
    teller.tell(study, elsewhere.STUDY, study_start)
    peers.tell_reviews(teller, reviews)
    _read_back(settings)


def _read_back(settings: Settings) -> None:
    """Let the reports have what was told as soon as the LRS does: the worker reads it every two minutes."""
    database = Database(settings.database_url)
    for _ in range(_LOOKS):
        with database.session(writes=False) as session:
            waiting = session.scalar(select(func.count()).where(Delivery.state.in_((State.NEW, State.LEASED))))
            endpoints = session.scalars(select(Endpoint.id)).all()
        if not waiting:
            break
        time.sleep(0.2)
    for endpoint in endpoints:
        pull(database, settings, endpoint)
    database.dispose()


def _activity(page: Page) -> str:
    """Return the id of the activity that a page belongs to."""
    path = urlsplit(page.url).path
    return next(part for part in reversed(path.split("/")) if len(part) == _UUID)


def _add_activity(
    teller: Teller, title: str, prompt: str, *, kind: str = "discussion", points: str = ""
) -> tuple[str, str]:
    """Let a trainer add an activity to the course with the picker; return its id, and where people start it."""
    visitor = teller.enter("ingrid", _START)[0].visitor
    course = f"{teller.demo.lms_url}{_COURSE}"
    chooser = re.search(rf"{_COURSE}/tools/\d+/choose", visitor.get(course).html)
    if chooser is None:
        raise RuntimeError(f"{course} offers no tool to add activities from")
    picker = visitor.launch(teller.demo.enter_as("ingrid"), f"{teller.demo.lms_url}{chooser[0]}/start")
    form = next(form for form in picker.forms if "items-0-title" in form.fields)
    values = {"items-0-title": title, "items-0-prompt": prompt, "items-0-kind": kind, "act": "finish"}
    values |= {"items-0-is_graded": "1", "items-0-score_maximum": points} if points else {}
    answer = visitor.send(form, values)
    taken(visitor.send(answer.forms[-1]))
    before, found, _ = visitor.get(course).html.partition(f">{title}<")
    if not found:
        raise RuntimeError(f"{course} has no activity {title!r}")
    start = f"/start/{before.rpartition('/activities/')[2].partition(chr(34))[0]}"
    return _activity(teller.enter("ingrid", start)[1]), start


def _make_groups(ingrid: Guest, activity: str) -> dict[str, str]:
    """Let a trainer make groups that people sign up for, and have the activity go by them; return their ids by name."""
    home = f"{ingrid.base}/activities/{activity}/groups"
    made = ingrid.visitor.get(f"{home}/new/sign-up").form("/sign-up")
    values = {"name": elsewhere.GROUP_TITLE, "number": "0", "capacity": "4", "may_start": "1"}
    page = taken(ingrid.visitor.send(made, values))
    set_id = page.url.partition("/sets/")[2].partition("?")[0]
    for name in elsewhere.GROUPS:
        page = taken(ingrid.visitor.send(page.form("/groups"), {"name": name}))
    ids = re.findall(rf'/groups/([0-9a-f-]{{36}})"[^>]*>\s*(?:<bdi>)?({"|".join(elsewhere.GROUPS)})', page.html)
    settings = ingrid.visitor.get(f"{ingrid.base}/activities/{activity}/settings").form("/settings")
    taken(ingrid.visitor.send(settings, {"group_mode": "separate", "group_set": set_id}))
    return {name: id_ for id_, name in ids}


def _sign_up(teller: Teller, activity: str, groups: dict[str, str]) -> None:
    for name, people in elsewhere.GROUPS.items():
        for person in people:
            teller.press(person, f"/activities/{activity}/groups/{groups[name]}/join")


def _ask_for_participation(teller: Teller, ingrid: Guest, activity: str) -> None:
    """Let a trainer ask for a thread and two replies within the week."""
    page = ingrid.visitor.get(f"{ingrid.base}/activities/{activity}/participation/settings")
    due = (teller.now.astimezone(acts.ZONE) + timedelta(days=5)).replace(hour=17, minute=0)
    values = {"threads": "1", "replies": "2", "due_at": f"{due:%Y-%m-%dT%H:%M}", "zone": acts.ZONE.key}
    taken(ingrid.visitor.send(page.form("/settings"), values | {"grading": "count"}))


def _let_hide_names(ingrid: Guest, activity: str) -> None:
    """Let a trainer allow that learners hide their names."""
    page = ingrid.visitor.get(f"{ingrid.base}/discussions/{activity}/rules")
    taken(ingrid.visitor.send(page.form("/rules"), {"allows_anonymous": "1"}))
