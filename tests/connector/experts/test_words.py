"""Other words for topics: who may add them, what they may not do, and what the pages say."""

import pytest
from sqlalchemy import select

from connector.experts import privacy, services, wording
from connector.experts.models import TopicWord
from connector.web.errors import ConflictError, NotFoundError
from tests import make
from tests.connector.experts.test_directory import confirm, entry, pages, question
from tests.connector.threads import build

pytestmark = pytest.mark.usefixtures("translated", "activity")


def said(session, course):
    rows = session.scalars(select(TopicWord).where(TopicWord.course_id == course.id).order_by(TopicWord.word))
    return [(each.word, each.said_by_id is None) for each in rows if each.word != each.tag]


def test_a_member_suggests_words_and_confirming_the_topic_takes_them_up(session, course, ana, bo, trainer):
    services.declare(session, bo, ["filing"], now=make.NOW)
    wording.suggest_words(session, bo, "filing", ["arkivering", "filing"])
    assert said(session, course) == [("arkivering", False)]
    assert entry(session, trainer, bo).topics[0].suggested == ["arkivering"]
    confirm(session, bo, trainer)
    assert said(session, course) == [("arkivering", True)]
    (known,) = entry(session, ana, bo).topics
    assert (known.others, known.suggested) == (("arkivering",), ())


def test_declining_or_taking_back_a_topic_forgets_what_was_suggested_for_it(session, course, ana, bo, trainer):
    for member, ends in ((ana, services.withdraw), (bo, None)):
        services.declare(session, member, ["filing"], now=make.NOW)
        wording.suggest_words(session, member, "filing", ["arkivering"])
        if ends:
            ends(session, member, "filing")
        else:
            topic = services.get_topic(session, trainer, member.id, "filing")
            services.decide(session, topic, trainer, is_confirmed=False, now=make.NOW)
        assert said(session, course) == []
    with pytest.raises(NotFoundError):
        wording.suggest_words(session, bo, "filing", ["arkivering"])


def test_answers_under_any_word_for_a_topic_show_that_somebody_knows_it(session, activity, ana, bo, trainer):
    confirm(session, bo, trainer)
    wording.name_topic(session, trainer, "filing", ["arkivering"])
    build.reply(session, question(session, activity, ana, tags=("arkivering",)), author=bo)
    build.reply(session, question(session, activity, ana, title="And?", tags=("arkivering", "filing")), author=bo)
    assert entry(session, ana, bo).topics[0].evidence == "answered 2 questions"


def test_words_lead_to_topics_and_no_further(session, course, trainer, ana):
    wording.name_topic(session, trainer, "filing", ["arkivering"])
    with pytest.raises(ConflictError, match="“arkivering” is another word for “filing” already"):
        wording.name_topic(session, trainer, "arkivering", ["archiving"])
    with pytest.raises(ConflictError, match="“filing” has other words itself"):
        wording.name_topic(session, trainer, "papers", ["filing"])
    with pytest.raises(ConflictError, match="too many words"):
        wording.name_topic(session, trainer, "filing", [f"word {number}" for number in range(12)])
    with pytest.raises(NotFoundError):
        wording.name_topic(session, ana, "filing", ["papers"])
    assert said(session, course) == [("arkivering", True)]


def test_topics_that_the_course_lists_are_suggested_first(session, visiting, activity, bo, trainer, ana):
    question(session, activity, ana, tags=("travel",))
    wording.name_topic(session, trainer, "zoning", [])
    get, _ = pages(visiting, activity, bo)
    page = get("/own").text
    assert page.index("zoning") < page.index("travel")


def test_a_trainer_lists_topics_names_them_and_decides_on_words(session, course, visiting, activity, bo, trainer, ana):
    services.declare(session, bo, ["filing"], now=make.NOW)
    get, post = pages(visiting, activity, bo)
    assert post("/own/words", tag="filing", words="Arkivering, #archivering").status_code == 303
    assert "“arkivering” waits for somebody who leads the course" in get("/own").text
    assert post("/own/words", tag="travel", words="rejse").status_code == 404
    for refused in (post("/own", tags='"', chosen=""), post("/own/words", tag="filing", words="***, ?")):
        assert (refused.status_code, "A topic needs letters or digits." in refused.text) == (422, True)
    see, lead = pages(visiting, activity, trainer)
    assert "2 words for topics wait for you." in see().text
    listed = see("/topics").text
    assert "Bo Dam says that it is called “arkivering” as well." in listed
    assert lead("/topics/word", tag="filing", word="arkivering", keep="1").status_code == 303
    assert lead("/topics/word", tag="filing", word="archivering").status_code == 303
    assert lead("/topics/word", tag="filing", word="archivering").status_code == 404
    assert lead("/topics", tag="Travel", words="rejse, resa, reis").status_code == 303
    refused = lead("/topics", tag="resa", words="fart")
    assert (refused.status_code, "is another word for “travel” already" in refused.text) == (422, True)
    many = lead("/topics", tag="travel", words="a1, b1, c1, d1, e1, f1")
    assert (many.status_code, "a1, b1" in many.text) == (422, True)
    session.expire_all()
    counted = said(session, course)
    session.rollback()  # lets others write
    assert counted == [("arkivering", True), ("reis", True), ("rejse", True), ("resa", True)]
    assert "nobody has said yet that they know it" in see("/topics").text
    assert lead("/topics/word", tag="travel", word="travel").status_code == 303
    look, _ = pages(visiting, activity, ana)
    assert look("/topics").status_code == 404


def test_thirty_topics_take_no_more_queries_than_one(session, course, visiting, activity, bo, trainer, count_queries):
    get, _ = pages(visiting, activity, trainer)
    counts, made = [], 0
    for number in (1, 30):
        for _ in range(number - made):
            made += 1
            member = make.member(session, course=course, name=f"Member {made}")
            confirm(session, member, trainer, f"topic {made}")
            wording.name_topic(session, trainer, f"topic {made}", [f"emne {made}"])
            wording.suggest_words(session, member, f"topic {made}", [f"onderwerp {made}"])
        session.commit()
        with count_queries() as queries:
            assert f"onderwerp {made}" in get("/topics").text
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_suggestions_are_exported_and_go_with_who_made_them(session, course, bo, trainer):
    services.declare(session, bo, ["filing"], now=make.NOW)
    wording.suggest_words(session, bo, "filing", ["arkivering"])
    held = {each.name: each.records for each in privacy.list_of(session, bo.person)}
    assert held["topic-words"] == [{"topic": "filing", "word": "arkivering"}]
    privacy.forget(session, bo.person)
    assert said(session, course) == []
