import uuid
from datetime import timedelta

import pytest

from connector.activities.models import GroupMode
from connector.content import addressees, mentions
from connector.content.models import Everyone, Mention, MentionPace
from connector.content.text import plain_text
from connector.courses.models import Group, GroupMember, Role
from connector.threads.models import Post, PostVersion
from connector.web.errors import InvalidInputError
from tests import make
from tests.make import NOW


@pytest.fixture(autouse=True)
def _context(app):
    with app.test_request_context():
        yield


@pytest.fixture
def course(activity):
    return activity.course


@pytest.fixture
def anna(session, course):
    return make.member(session, course=course, name="Anna Berg")


@pytest.fixture
def trainer(session, course):
    return make.member(session, course=course, name="Tine", role=Role.TRAINER)


def group_of(session, course, name, *members):
    group = Group(course_id=course.id, name=name, lms_id=name)
    session.add(group)
    session.flush()
    session.add_all([GroupMember(group_id=group.id, membership_id=member.id) for member in members])
    session.flush()
    return group


def resolve(session, by, body, activity=None):
    return mentions.resolve(session, by.course, body, by=by, now=NOW, activity=activity)


# --- who is addressed ------------------------------------------------------------------------------------------------


def test_people_are_addressed_by_their_name_however_it_is_spelt(session, learner, anna):
    found = resolve(session, learner, "Thanks @ANNA berg, and `@Anna Berg`")
    assert (found.members, found.labels) == ((anna,), ("ANNA berg",))


def test_the_longest_name_wins(session, course, learner, anna):
    make.member(session, course=course, name="Anna")
    assert resolve(session, learner, "@Anna Berg: yes").members == (anna,)


def test_of_two_people_of_one_name_the_code_says_who_is_meant(session, course, learner, anna):
    other = make.member(session, course=course, name="anna berg")
    assert resolve(session, learner, "@Anna Berg").members == ()
    code = other.id.hex[:4].upper()
    assert resolve(session, learner, f"@Anna Berg#{code}").members == (other,)


def test_who_left_and_who_was_erased_is_addressed_by_nobody(session, course, learner, anna):
    gone = make.member(session, course=course, name="Gone")
    gone.is_active = False
    anna.person.erased_at = NOW
    session.flush()
    assert resolve(session, learner, "@Gone @Anna Berg").members == ()


def test_whom_the_lms_does_not_name_is_addressed_by_the_alias(session, course, learner):
    nobody = make.member(session, course=course)
    nobody.person.name = None
    session.flush()
    assert resolve(session, learner, f"@Member {nobody.id.hex[:4]} hi").members == (nobody,)


def test_learners_address_trainers_their_own_groups_and_not_everyone(session, course, learner, anna):
    own, other = group_of(session, course, "Group 2", learner, anna), group_of(session, course, "Group 22", anna)
    found = resolve(session, learner, "@trainers @everyone @group 2 @Group 22")
    assert (found.roles, found.groups) == ((Everyone.TRAINERS,), (own,))
    assert other not in found.groups


def test_who_leads_the_course_addresses_everything(session, course, learner, anna, trainer):
    group = group_of(session, course, "Group 2", anna)
    found = resolve(session, trainer, "@everyone @Group 2")
    assert (found.roles, found.groups) == ((Everyone.EVERYONE,), (group,))
    assert mentions.members_addressed(session, course, found) == {learner.id, anna.id, trainer.id}


def test_trainers_are_those_who_lead_the_course(session, course, learner, trainer):
    found = resolve(session, learner, "@Trainers help")
    assert mentions.members_addressed(session, course, found) == {trainer.id}


def test_where_groups_are_separate_nobody_addresses_people_of_others(session, activity, course, learner, anna, trainer):
    bo = make.member(session, course=course, name="Bo")
    group_of(session, course, "One", learner, bo)
    group_of(session, course, "Two", anna)
    activity.group_mode = GroupMode.SEPARATE
    session.flush()
    found = resolve(session, learner, "@Bo @Anna Berg @Tine", activity)
    assert set(found.members) == {bo, trainer}
    assert set(resolve(session, trainer, "@Bo @Anna Berg", activity).members) == {bo, anna}


def test_a_learner_addresses_ten_at_most(session, course, learner, trainer):
    people = [make.member(session, course=course, name=f"Number{each}x") for each in range(11)]
    body = " ".join(f"@{member.person.name}" for member in people)
    with pytest.raises(InvalidInputError) as caught:
        resolve(session, learner, body)
    assert caught.value.errors == {"body": ["Address at most 10 people and groups."]}
    assert len(resolve(session, trainer, body).members) == 11
    assert len(resolve(session, learner, body.replace("Number10x", "Number9x")).members) == 10


def test_a_learner_addresses_thirty_within_a_day(app, session, course, learner, trainer):
    people = [make.member(session, course=course, name=f"Number{each}x") for each in range(31)]
    texts = [" ".join(f"@{each.person.name}" for each in people[begin : begin + 10]) for begin in (0, 10, 20)]
    holders = [uuid.uuid4() for _text in texts]
    for text, holder in zip(texts, holders, strict=True):
        mentions.note_mentions(session, resolve(session, learner, text), learner, "post", holder, now=NOW)
    was = '<span class="mention">@Number0x</span>'
    later = NOW + timedelta(hours=23)

    def again(body, *, now=later, by=learner, was=""):
        return mentions.resolve(session, course, body, by=by, now=now, was=was)

    with app.test_request_context(), pytest.raises(InvalidInputError) as caught:
        again("@Number30x")
    (sentence,) = caught.value.errors["body"]
    assert sentence.startswith("In 24 hours you can address 30 people and groups with @.")
    assert again("@Number0x", was=was).members == (people[0],)  # who changes a text is not stopped by whom it addressed
    assert again("Nobody.").members == ()
    assert again("@Number30x", by=trainer).members == (people[30],)
    tomorrow = NOW + timedelta(days=1)
    found = again("@Number30x", now=tomorrow)
    mentions.note_mentions(session, found, learner, "post", uuid.uuid4(), now=tomorrow)
    assert session.get_one(MentionPace, learner.id, populate_existing=True).count == 1
    assert again("@Number0x", now=tomorrow + timedelta(hours=1)).members == (people[0],)


def test_a_thousand_times_the_same_name_is_one(session, learner, anna):
    assert resolve(session, learner, "@Anna Berg " * 1000).members == (anna,)


def test_names_full_of_markup_are_text(session, course, learner, app):
    make.member(session, course=course, name="<b>Bo</b> *x* [y](z)")
    body = "Hi @<b>Bo</b> *x* [y](z)!"
    found = resolve(session, learner, body)
    post = Post()
    post.write(body, found)
    assert post.body_html == '<p>Hi <span class="mention">@&lt;b&gt;Bo&lt;/b&gt; *x* [y](z)</span>!</p>'
    assert mentions.labels_of(post.body_html) == found.labels


@pytest.mark.parametrize(("body", "most"), [("no name here", 0), ("@Anna Berg @trainers", 5), ("@nobody", 2)])
def test_however_many_people_there_are_it_takes_few_queries(session, course, learner, anna, count_queries, body, most):
    for _ in range(20):
        make.member(session, course=course)
    with count_queries() as seen:
        resolve(session, learner, body)
    assert len(seen) <= most


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_an_edit_tells_who_is_new(session, course, learner, anna, trainer):
    holder = uuid.uuid4()
    first = resolve(session, learner, "@Anna Berg @trainers")
    assert mentions.note_mentions(session, first, learner, "post", holder, now=NOW).members == (anna,)
    second = mentions.note_mentions(
        session, resolve(session, learner, "@Anna Berg @Tine @trainers"), learner, "post", holder, now=NOW
    )
    assert (second.members, second.roles) == ((trainer,), ())
    assert {row.label for row in session.query(Mention)} == {"Anna Berg", "Tine", "trainers"}


@pytest.fixture
def post_in(session, activity):
    """Return how a member writes a post, with a version of it."""
    from connector.threads.models import Thread

    def write(author, body):
        thread = Thread(
            id=uuid.uuid4(),
            activity=activity,
            iri="https://a.example",
            title="T",
            author=author,
            created_at=NOW,
            last_activity_at=NOW,
        )
        session.add(thread)
        session.flush()
        post = Post(
            id=uuid.uuid4(),
            thread=thread,
            activity_id=activity.id,
            iri="https://a.example/p",
            number=1,
            depth=0,
            author=author,
            key=uuid.uuid4(),
            created_at=NOW,
            version=1,
        )
        found = resolve(session, author, body)
        post.write(body, found)
        session.add(post)
        session.flush()
        mentions.note_mentions(session, found, author, "post", post.id, now=NOW)
        return post

    return write


def test_a_name_goes_from_what_others_wrote(session, learner, anna, trainer, post_in):
    post = post_in(learner, "Thanks @anna berg and @Tine! `@Anna Berg`")
    unrelated = post_in(learner, "@Tine said: Anna Berg")
    assert mentions.forget_mentions(session, anna.person) == [post]
    assert plain_text(post.body_html) == "Thanks @… and @Tine! @Anna Berg"
    assert '<span class="mention">@Tine</span>' in post.body_html
    assert unrelated.body == "@Tine said: Anna Berg"
    assert {row.member_id for row in session.query(Mention)} == {trainer.id}


def test_a_name_goes_from_older_versions_as_well(session, learner, anna, post_in):
    post = post_in(learner, "@Anna Berg")
    version = PostVersion(post_id=post.id, version=1, replaced_at=NOW, replaced_by_id=learner.id)
    version.body, version.body_html = "Oh @Anna Berg", '<p>Oh <span class="mention">@Anna Berg</span></p>'
    session.add(version)
    session.flush()
    assert set(mentions.forget_mentions(session, anna.person)) == {post, version}
    assert (version.body, version.body_html) == ("Oh @…", "<p>Oh @…</p>")


# --- suggestions -----------------------------------------------------------------------------------------------------


def test_names_are_suggested_by_the_beginning_of_a_word(session, course, learner, anna):
    make.member(session, course=course, name="Åse Anker")
    assert [each.label for each in mentions.suggest(session, course, learner, "an")] == ["Anna Berg", "Åse Anker"]
    assert [each.label for each in mentions.suggest(session, course, learner, "å")] == ["Åse Anker"]
    assert mentions.suggest(session, course, learner, "lea") == []  # oneself


def test_at_most_eight_are_suggested(session, course, learner):
    for number in range(12):
        make.member(session, course=course, name=f"Person {number}")
    assert len(mentions.suggest(session, course, learner, "")) == mentions.SUGGESTED


def test_suggestions_come_as_a_list_and_as_json(sender, session, course, anna):
    make.member(session, course=course, name="anna BERG")
    session.commit()
    listed = sender.get("/mentions?q=ann")
    code = anna.id.hex[:4].upper()
    assert '<ul role="listbox">' in listed.text
    assert (
        f'<li role="option" data-value="@Anna Berg#{code}"><span dir="auto">Anna Berg</span> <span class="hint">{code}</span></li>'
        in listed.text
    )
    told = sender.get("/mentions?q=train", headers={"Accept": "application/json"})
    assert told.json == [{"value": "@trainers", "name": "trainers", "note": "Those who lead the course"}]


def test_suggesting_takes_as_many_queries_for_many_people(sender, session, course, count_queries):
    def count():
        with count_queries() as seen:
            sender.get("/mentions?q=p")
        return len(seen)

    session.commit()
    few = count()
    for _ in range(30):
        make.member(session, course=course)
    session.commit()
    assert count() == few


def test_names_in_suggestions_are_text(sender, session, course):
    make.member(session, course=course, name='x"><script>alert(1)</script>')
    session.commit()
    assert "<script>" not in sender.get("/mentions?q=x").text


def test_an_activity_of_another_course_suggests_nobody(sender, session):
    other = make.activity(session)
    session.commit()
    assert sender.get(f"/mentions?q=a&activity={other.id}").status_code == 404


def test_a_group_that_is_called_like_somebody_is_not_addressed(session, course, learner, anna):
    group_of(session, course, "Anna Berg", learner)
    assert [
        each.is_group for each in addressees.list_addressees(session, course, learner) if each.name == "Anna Berg"
    ] == [False]
