"""The pages of reports: who sees what, in words, in files, and on paper."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest

from connector.courses.models import GroupMember, Role
from connector.peer_review.models.setup import Criterion, CriterionKind, Rubric
from connector.reports.models import Goal
from tests import make
from tests.connector.reports.scene import HIDDEN, START, Scene
from tests.visits import visit

DAYS = "since=2026-02-01&until=2026-02-28"


@pytest.fixture
def scene(database, store):
    scene = Scene(database, store)
    told, base = [], scene.place.iri
    for number, learner in enumerate(scene.learners[:5]):
        other = scene.learners[(number + 1) % 5]
        told += [
            scene.statement("thread.created", learner, START + timedelta(days=number), object_=f"{base}/threads/{number}", word_count=9),
            scene.statement("post.replied", other, START + timedelta(days=number, hours=3), parent=f"{base}/threads/{number % 3}", target=learner, depth=1, word_count=4),
        ]  # fmt: skip
    told.append(scene.statement("post.replied", HIDDEN, START, parent=f"{base}/threads/4", depth=1, word_count=4))
    told.append(scene.statement("question.asked", scene.learners[0], START, object_=f"{base}/threads/q", word_count=4))
    scene.tell(*told)
    scene.pull(clock=lambda: make.NOW)
    return scene


@pytest.fixture
def enter(app, session, scene):
    """Return how to open a page of reports as a member."""

    def enter(member):
        found = visit(app, session, session.merge(member), session.merge(scene.place))
        return lambda path="", **more: found.client.get(f"/s/{found.sid}/reports{path}", **more)

    return enter


def members(session, scene):
    """Return somebody of each role, by role."""
    course = session.merge(scene.course)
    found = {role: make.member(session, course=course, role=role) for role in Role}
    session.commit()
    return found


def content(answer):
    """Return all that an answer says, also where it is a workbook."""
    if not answer.data.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def figure(page, title):
    """Return a figure as a page shows it."""
    return re.search(
        rf"<dt>(?:<a[^>]*>)?{re.escape(title)}(?:</a>)?</dt>\s*<dd class=\"stat-figure\">([^<]+)</dd>", page.text
    )[1]


PAGES = (
    "", "/participation", "/discussion", "/questions", "/reviews", "/network", "/definitions", "/goals", "/proof",
    "/figures/contributions/statements", "/participation/tables/people.csv", "/network/file.xlsx", "/network/file.json",
)  # fmt: skip


def test_pages_are_for_who_leads_the_course_and_some_for_who_looks_on(session, scene, enter):
    answers = {}
    for role, member in members(session, scene).items():
        get = enter(member)
        answers[role] = [path for path in PAGES if get(path).status_code == 200]
    staff = list(PAGES)
    expected = {role: [] for role in Role} | {
        Role.TRAINER: staff,
        Role.ASSISTANT: staff,
        Role.OBSERVER: ["", "/definitions"],
    }
    assert answers == expected


def test_key_figures_with_words_and_ways(scene, enter):
    page = enter(scene.trainer)(f"?{DAYS}")
    assert figure(page, "Active learners") == "5"
    assert figure(page, "Silent learners") == "1"
    assert figure(page, "Contributions") == "12"
    assert figure(page, "Threads without a reply") == "2"
    assert 'definitions#contributions"' in page.text
    assert "/figures/contributions/statements?since=2026-02-01" in page.text


def test_filters_by_days_group_and_activity(session, scene, enter):
    from tests.connector.groups import build as groups

    course, place = session.merge(scene.course), session.merge(scene.place)
    group = groups.group(session, course) if hasattr(groups, "group") else None
    if group is not None:
        session.add(GroupMember(group_id=group.id, membership_id=scene.learners[0].id))
    other = make.activity(session, course=course)
    session.commit()
    get = enter(scene.trainer)
    assert figure(get("/participation?since=2026-02-03&until=2026-02-03"), "Contributions") == "2"
    assert figure(get(f"/participation?{DAYS}&activity_id={place.id}"), "Contributions") == "12"
    assert figure(get(f"/participation?{DAYS}&activity_id={other.id}"), "Contributions") == "0"
    if group is not None:
        assert figure(get(f"/participation?{DAYS}&group={group.id}"), "Contributions") == "3"


def test_a_filter_that_makes_no_sense_is_named_and_kept(scene, enter):
    page = enter(scene.trainer)("?since=2026-02-03&until=2026-01-03")
    assert (page.status_code, "The last day is before the first." in page.text) == (422, True)
    assert 'value="2026-01-03"' in page.text
    assert enter(scene.trainer)(f"?group={scene.course.id}").status_code == 404


def test_names_are_shown_and_whoever_hides_theirs_is_not_told_apart(scene, enter):
    get = enter(scene.trainer)
    page = get(f"/participation?{DAYS}")
    assert {f"Learner {number}" in page.text for number in range(6)} == {True}
    assert "People whose names are hidden, together" in page.text
    for path in PAGES:
        assert HIDDEN not in content(get(f"{path}?{DAYS}"))
    listed = text(get(f"/figures/contributions/statements?{DAYS}"))
    assert listed.count("Name hidden, or not a member") == 1
    assert listed.count("Learner 0") == 3


def test_statements_stand_on_pages(scene, enter):
    scene.tell(*[scene.statement("post.replied", scene.learners[0], START, depth=1, word_count=1) for _ in range(60)])
    scene.pull()
    get = enter(scene.trainer)
    first, second = (get(f"/figures/contributions/statements?{DAYS}&page={page}") for page in (1, 2))
    assert "72 statements behind it" in first.text
    assert (first.text.count('class="statement-id"'), second.text.count('class="statement-id"')) == (50, 22)
    assert "Page 2 of 2" in second.text


def test_observers_see_nothing_about_fewer_than_five(session, scene, enter):
    observer = members(session, scene)[Role.OBSERVER]
    get = enter(observer)
    page = get("?since=2026-02-01&until=2026-02-02")  # they choose nothing
    assert figure(page, "Contributions") != "4"
    assert figure(page, "Silent learners") == "Too few people"
    assert figure(page, "Active learners") == "Too few people"
    assert figure(page, "Unanswered for more than 24 hours") == "Too few people"
    assert "Learner" not in text(page).replace("Learners", "")


def test_a_table_as_csv(scene, enter):
    answer = enter(scene.trainer)(f"/participation/tables/people.csv?{DAYS}")
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert rows[0] == ["person", "contributions", "state"]
    assert ["Learner 5", "0", "Silent"] in rows
    assert answer.headers["Content-Disposition"] == 'attachment; filename="people.csv"'
    assert enter(scene.trainer)("/participation/tables/nothing.csv").status_code == 404


def test_no_formula_gets_into_a_spreadsheet(session, scene, enter):
    session.merge(scene.learners[0]).person.name = '=HYPERLINK("https://evil.example","Ann")'
    session.commit()
    get = enter(scene.trainer)
    rows = list(csv.reader(io.StringIO(get(f"/participation/tables/people.csv?{DAYS}").text)))
    assert [row[0] for row in rows if "evil" in row[0]] == ['\'=HYPERLINK("https://evil.example","Ann")']
    with zipfile.ZipFile(io.BytesIO(get(f"/participation/file.xlsx?{DAYS}").data)) as book:
        sheets = "".join(book.read(name).decode() for name in book.namelist() if "worksheets/" in name)
        assert "<f>" not in sheets
        assert "hyperlink" not in sheets
        assert "evil.example" in book.read("xl/sharedStrings.xml").decode()


def test_a_report_as_json_has_its_definitions(scene, enter):
    found = json.loads(enter(scene.trainer)(f"/participation/file.json?{DAYS}").text)
    figures = {each["key"]: each for each in found["figures"]}
    assert figures["contributions"]["value"] == 12
    assert "post.replied" in figures["contributions"]["events"]
    assert found["tables"]["weeks"][1]["contributions"] == 12


def test_charts_have_their_figures_in_a_table_beside_them(scene, enter):
    page = enter(scene.trainer)(f"/participation?{DAYS}")
    assert page.text.count("<svg viewBox") >= 2
    assert "style=" not in page.text
    assert enter(scene.trainer)(f"/network?{DAYS}").text.count("<circle") >= 5


def test_agreement_by_criterion_with_its_name(session, scene, enter):
    rubric = Rubric(activity_id=scene.place.id, version=1, created_at=START)
    rubric.criteria = [Criterion(position=0, kind=CriterionKind.SCALE, title="Clear", about="", levels=[])]
    session.add(rubric)
    session.commit()
    base = scene.place.iri
    names = (f"{base}/criteria/{rubric.criteria[0].id}", "https://other.example/criteria/1")
    told = [
        scene.statement(
            "review.submitted", HIDDEN, START, object_=f"{base}/works/{n // 2}", review=f"{base}/reviews/{n}", anonymity="double-blind",
            word_count=9, result={"score": {"scaled": 0.5}}, criteria=[{"id": name, "raw": (n // 2 + n % 2 * place) % 4, "min": 0, "max": 3} for place, name in enumerate(names)],
        )
        for n in range(10)
    ]  # fmt: skip
    scene.tell(*told[:8])
    scene.pull()
    get = enter(scene.trainer)
    rows = get(f"/reviews/file.json?{DAYS}").get_json()["tables"]["criteria"]
    assert {(row["works"], row["agreement"], row["state"]) for row in rows} == {(4, None, "Too few works to say")}
    scene.tell(*told[8:])
    scene.pull()
    rows = {row["criterion"]: row for row in get(f"/reviews/file.json?{DAYS}").get_json()["tables"]["criteria"]}
    assert (rows["Clear"]["agreement"], rows["Clear"]["works"], rows["Clear"]["reviews"]) == (1, 5, 10)
    assert rows["Not to be found here"]["agreement"] < 1


def test_who_is_erased_is_gone_from_every_page(scene, enter):
    from tests.connector.reports.test_pulling import erase

    erase(scene, scene.learners[0])
    get = enter(scene.trainer)
    assert figure(get(f"?{DAYS}"), "Active learners") == "4"
    for path in PAGES:
        assert "Learner 0" not in content(get(f"{path}?{DAYS}"))


def test_the_last_good_figures_stay_with_their_age(scene, enter, clock):
    clock.move(minutes=45)
    page = enter(scene.trainer)(f"?{DAYS}")
    assert "could not be read lately. These figures are from" in page.text
    assert figure(page, "Contributions") == "12"


def test_without_a_store_nothing_is_made_up(app, session):
    trainer = make.member(session, role=Role.TRAINER)
    found = visit(app, session, trainer, make.activity(session, course=trainer.course))
    page = found.client.get(f"/s/{found.sid}/reports")
    assert "go to no learning record store yet" in page.text
    assert figure(page, "Contributions") == "0"
    assert found.client.get(f"/s/{found.sid}/reports/proof").status_code == 200


def test_goals_are_set_stand_somewhere_and_go(app, session, scene):
    found = visit(app, session, session.merge(scene.trainer), session.merge(scene.place))
    path = f"/s/{found.sid}/reports/goals"
    token = re.search(r'name="csrf_token" value="([^"]+)"', found.client.get(path).text)[1]
    form = {
        "csrf_token": token,
        "wish": "Everybody writes",
        "figure": "contributions",
        "direction": "at_least",
        "value": "12",
        "since": "2026-02-01",
        "due": "2026-02-28",
    }
    assert found.client.post(path, data=form).status_code == 303
    page = text(found.client.get(path))
    assert "Everybody writes" in page
    assert "Now: 12" in page
    assert "Reached" in page
    bad = found.client.post(path, data={**form, "value": "many", "due": "2026-01-01"})
    assert (bad.status_code, 'value="many"' in bad.text) == (422, True)
    goal = session.query(Goal).one()
    session.commit()
    found.client.post(f"{path}/{goal.id}/remove", data={"csrf_token": token})
    session.expire_all()
    assert session.query(Goal).count() == 0


def test_completeness_tells_what_differs(session, scene, enter):
    page = text(enter(scene.trainer)("/proof"))
    assert "12 From elsewhere" in re.sub(r"(From elsewhere) (12)", r"\2 \1", page)


def test_a_page_costs_the_same_questions_with_one_learner_and_with_thirty(session, scene, enter, count_queries):
    get = enter(scene.trainer)

    def cost(path):
        with count_queries() as seen:
            assert get(path).status_code == 200
        return len(seen)

    paths = [
        f"{path}?{DAYS}"
        for path in ("", "/participation", "/discussion", "/network", "/figures/contributions/statements")
    ]
    before = [cost(path) for path in paths]
    course = session.merge(scene.course)
    more = [make.member(session, course=course) for _ in range(30)]
    session.commit()
    base = scene.place.iri
    scene.tell(
        *[
            scene.statement("thread.created", each, START, object_=f"{base}/threads/{each.id}", word_count=1)
            for each in more
        ]
    )
    scene.pull()
    assert [cost(path) for path in paths] == before
