"""The SQL that docs/reports.md gives to analysts gives the figures of the reports."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from connector.reports.rosters import read_roster
from tests.connector.reports.test_figures import END, SINCE, UNTIL, build, figures, same

_TIMES = {
    ":since": f"timestamptz '{SINCE} 00:00Z'",
    ":until": f"timestamptz '{UNTIL + timedelta(days=1)} 00:00Z'",
    ":end": f"timestamptz '{(END + timedelta(milliseconds=1)).isoformat()}'",
    "timestamp '1970-01-01'": "timestamptz '1970-01-01 00:00Z'",
}
_EXPORTED = """
create temporary view exported as select id as statement_id, to_timestamp(at / 1000.0) as timestamp, actor, role, target, event,
  object, parent, about, score, rating, seconds, words, to_timestamp(due / 1000.0) as due, word from fact"""
_FIGURES = (
    ("active_learners",),
    ("silent_learners",),
    ("contributions",),
    (),  # week by week
    ("gini", "top_share"),
    ("threads", "unanswered_threads", "first_reply_median", "first_reply_p90"),
    ("waiting_day",),
    ("first_answer_median", "first_answer_p90", "acceptance_median", "accepted_share"),
    ("deflected",),
    ("reviews_done", "reviews_late"),
    ("review_minutes", "review_words"),
    ("review_distance",),
    ("review_agreement",),
    ("usefulness",),
    ("helpers",),
    ("reciprocity",),
    ("isolated",),
)
"""What each query gives, in the order of the page."""


def commands():
    """Return the commands of the page, ready for PostgreSQL."""
    page = Path("docs/reports.md").read_text(encoding="utf-8")
    found = re.sub(r"--[^\n]*", "", "".join(re.findall(r"```sql\n(.*?)```", page, re.DOTALL)))
    found = re.sub(r"\bcreate view\b", "create temporary view", found)
    found = re.sub(r"\b(from|join) fact\b", r"\1 exported", found)
    for name, value in _TIMES.items():
        found = found.replace(name, value)
    return [each.strip() for each in found.split(";") if each.strip()]


def plain(value):
    return value.total_seconds() if isinstance(value, timedelta) else None if value is None else float(value)


def documented(session, roster):
    """Return the figures as the page's SQL gives them."""
    session.execute(text("set time zone 'UTC'"))
    for table, names in (("learners", roster.learners), ("members", roster.members)):
        session.execute(text(f"create temporary table {table} (actor text)"))
        rows = [{"name": name} for name in names]
        session.execute(text(f"insert into {table} values (:name)"), rows)  # noqa: S608 -- two names of our own
    session.execute(text(_EXPORTED))
    results = []
    for command in commands():
        result = session.connection().exec_driver_sql(command)
        if result.returns_rows:
            results.append(result.all())
    session.rollback()
    return {
        key: plain(value)
        for keys, [row, *_] in zip(_FIGURES, results, strict=True)
        if keys
        for key, value in zip(keys, row, strict=True)
    }


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # the page is written for it
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sql_of_the_page_gives_the_figures_of_the_reports(scene, seed):
    made = []
    for n in range(50):
        by, other, hour = n % 8, (seed * n + 1) % 8, (7 * seed * n) % 420
        made += [("thread.created", by, hour, n), ("post.replied", other, hour + 5, n // 2, by)]
        made += [("question.asked", by, hour, n), ("question.answered", other, hour + 30, n // 2, by)]
        made += [("answer.accepted", by, hour + 60, n // 3, other), ("review.assigned", by, n, n % 6, 100 + n)]
        made += [
            ("review.submitted", by, 90 + n, n % 12, n % 5, 60 * n + 1, n, other),
            ("review.rated", other, 200 + n, n % 6, n % 3),
        ]
    made += [
        ("submission.submitted", 3, 20, 3),
        ("post.removed", 6, 410, 3),
        ("question.closed_duplicate", 6, 300, 45),
        ("question.resolved", 1, 300, 46, "asker"),
    ]
    made += [
        ("question.resolved", 1, 300, 47, "asker"),
        ("question.reopened", 1, 301, 47, "asker"),
        ("question.resolved", 1, 300, 2, "reuse"),
    ]
    scene.tell(*(build(scene, act) for act in made))
    scene.pull()
    ours, theirs = figures(scene)
    same(ours, theirs)
    with scene.database.session(writes=True) as session:
        found = documented(session, read_roster(session, scene.course))
    different = {key: (value, ours[key]) for key, value in found.items() if value != pytest.approx(ours[key])}
    assert different == {}
    figures_of_reports = {key for key in ours if "/criteria/" not in key}
    assert figures_of_reports - found.keys() == {"waiting_two_days", "questions"}
