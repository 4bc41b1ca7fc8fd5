"""The reference page for analysts: `python -m xapi.reference > docs/xapi.md` writes it from the vocabulary."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from urllib.parse import quote

from xapi import profile
from xapi.vocabulary import NAMESPACE, PROFILE, PROFILE_VERSION, Event, Extension, Rule, Verb, extensions, verbs
from xapi.vocabulary.events import AREAS

TITLES: Mapping[str, str] = {
    "discussion": "Discussion",
    "peer-review": "Peer review",
    "questions": "Questions and answers",
    "community": "Resources, reflection, groups, mentoring, recognition",
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A question that analysts ask, and the query that answers it."""

    question: str
    query: Mapping[str, str] = field(hash=False)
    """Parameters of `GET statements`; what stands in `<…>` is for the reader to fill in."""
    reading: str
    """What to do with the answer."""


ACTIVITY, COURSE, THREAD = "<activity IRI>", "<course IRI>", "<thread IRI>"
AGENT, REGISTRATION, STORED = "<agent as JSON>", "<registration>", "<timestamp>"
RECIPES = (
    Recipe(
        question="What has Kring sent?",
        query={"activity": PROFILE_VERSION, "related_activities": "true"},
        reading="Every statement has the profile's version as a category.",
    ),
    Recipe(
        question="What is new since I last looked?",
        query={"activity": PROFILE_VERSION, "related_activities": "true", "since": STORED, "ascending": "true"},
        reading="`since` means `stored`: keep the last one that you have seen, and follow `more`.",
    ),
    Recipe(
        question="What happened in a course?",
        query={"activity": COURSE, "related_activities": "true"},
        reading="Group by `ext/event`. People who were active: distinct `actor.account.name`.",
    ),
    Recipe(
        question="What did one person do in one course?",
        query={"registration": REGISTRATION},
        reading="The registration is the same in all of that person's statements in that course, and in no others.",
    ),
    Recipe(
        question="What did one person do anywhere?",
        query={"agent": AGENT},
        reading='`{"account":{"homePage":"<…>/actors","name":"<pseudonym>"}}`, as any of their statements has it.',
    ),
    Recipe(
        question="Who wrote how much in a discussion?",
        query={"verb": verbs.REPLIED.id, "activity": ACTIVITY, "related_activities": "true"},
        reading="Sum `result.extensions` `ext/word-count` by actor; with `posted` for those who open threads.",
    ),
    Recipe(
        question="Who answers whom?",
        query={"verb": verbs.REPLIED.id, "activity": COURSE, "related_activities": "true"},
        reading="Each statement is an edge from `actor` to `ext/target`. The same for `liked`, `answered`, `reviewed`.",
    ),
    Recipe(
        question="What happened to one thread?",
        query={"activity": THREAD, "related_activities": "true"},
        reading="The thread is the object where it was opened, and the parent where somebody replied.",
    ),
    Recipe(
        question="Which questions are unanswered, and how long do answers take?",
        query={"verb": verbs.ANSWERED.id, "activity": ACTIVITY, "related_activities": "true"},
        reading="The object is the question. Those of `asked` that are missing here are unanswered; the others took "
        "`ext/response-seconds`, of which the first counts.",
    ),
    Recipe(
        question="Which reviews are late?",
        query={"verb": verbs.WAS_ASSIGNED.id, "activity": ACTIVITY, "related_activities": "true"},
        reading="The object is the review, `ext/due` its date. Done are those that a `reviewed` has as `ext/review`.",
    ),
    Recipe(
        question="How strict is each reviewer?",
        query={"verb": verbs.REVIEWED.id, "activity": ACTIVITY, "related_activities": "true"},
        reading="`result.score.scaled` by actor, against the mean of the same object; `ext/criteria` by criterion.",
    ),
    Recipe(
        question="Which grades have learners seen?",
        query={"verb": verbs.SCORED.id, "activity": ACTIVITY, "related_activities": "true"},
        reading="The actor is the learner, the score stands in `result.score`.",
    ),
)

_HEAD = f"""\
# Statements, for analysts

<!-- Written by `python -m xapi.reference > docs/xapi.md`; change the vocabulary, not this page. -->

Each act in a course becomes one xAPI statement, delivered to every learning record store that is set up for it. The
statements, the xAPI profile and this page are made from one table. An installation shows the profile at
`<public url>/xapi/profile`: as a page to browsers, as JSON-LD to machines (`Accept: application/ld+json`, or
`?format=json`). What stands at `{NAMESPACE}ext/depth` is shown at `<public url>/xapi/ext/depth`, and so on.

## How to read a statement

| part | says |
| --- | --- |
| `actor` | who did it: an account, `name` a random pseudonym, `homePage` the tenant that gave it (`<…>/actors`) |
| `verb` | what they did; one verb may serve several events, so go by `ext/event` |
| `object` | what they did it to: always an activity, with id and type and without a name |
| `context.contextActivities.parent` | what the object stands in: of a reply its thread, of a review its submission |
| `context.contextActivities.grouping` | the course, and the activity in it |
| `context.contextActivities.category` | the version of the profile: `{PROFILE_VERSION}` |
| `context.registration` | one person's time in one course |
| `context.statement` | of a reply: the statement that tells of what it replies to |
| `context.extensions` | `ext/event`, `ext/target`, and what the event needs; `ext/…` is short for `{NAMESPACE}ext/…` |
| `result` | score, success, completion, duration; how many words, never which |
| `timestamp` | when it happened, in UTC |

**Ids.** Courses, activities, threads, replies and all else have an IRI below the installation's address that never
changes and is never used again. A statement's id follows from what it tells of, so an act sent twice is one statement.

**Joining.** Statements about one thing share its IRI, as object or parent. Statements of one person in one course share
the registration; of one person in several courses, the account. The other person of an act stands in `ext/target`, and
in xAPI 2.0 in `context.contextAgents` too. LTI's own identifiers stand in `ext/lti`.

**Who is who.** The pseudonym is random: only the installation knows whose it is. When a person is forgotten there, their
statements remain, and are nobody's. An act on behalf of a test student is never told.

**Peer review.** Where author and reviewer are hidden from each other (`ext/anonymity` is `double-blind`), `ext/target`
is left out. Both still act on the same submission, so whoever may read the whole store can join one pseudonym to the
other: do not show such a join to the people concerned.

Where a group reviews together, statements tell who of it began and who sent. Who was assigned is who asked for the work;
where it was distributed, who handed the group's own work in first. So count reviews, not who was assigned them.

An expert who was asked for a review has the role `expert`, a trainer their own, and none of these has `ext/due`: leave them out
of what colleagues say of each other's work. Where anybody is hidden, a learner who was asked as an expert stays `learner`, since
a role that few have would tell who goes by that name.

**Private things.** `reflection.made` is off until the person agrees, and then says that it happened, in which course,
and nothing else.

## Queries

Plain xAPI, for any store: `GET statements` with the header `X-Experience-API-Version: 1.0.3`. xAPI has no filter by
extension: ask by verb, and keep the statements with the `ext/event` that you want.

"""

_VERSIONS = f"""\
## Versions

Statements name the version that they follow; its IRI is `{PROFILE_VERSION}` now. From the first release on

- a published template never changes its meaning: an event that has to say something else gets another key, and the old
  template stays;
- new events, and new terms, make a new version with an IRI of its own, and leave the old templates as they are;
- definitions, notes and the words of verbs may be mended at any time. Go by ids, never by `display`.

"""


def page() -> str:
    """Return the reference page, in Markdown."""
    return "".join([_HEAD, *_recipes(), "## Events\n\n", *_areas(), *_terms(), _VERSIONS.rstrip("\n") + "\n"])


def _recipes() -> Iterator[str]:
    for recipe in RECIPES:
        asked = "&".join(
            f"{name}={value if '<' in value else quote(value, '')}" for name, value in recipe.query.items()
        )
        yield f"### {recipe.question}\n\n```\nGET statements?{asked}\n```\n\n{recipe.reading}\n\n"


def _areas() -> Iterator[str]:
    for area, events in AREAS.items():
        yield f"### {TITLES[area]}\n\n"
        for event in events:
            yield _event(event)


def _event(event: Event) -> str:
    pairs = [f"{one.name} in {other.name}" if other else one.name for one, other in event.pairs]
    lines = [
        f"- verb: {event.verb.display['en-US']}, `{event.verb.id}`",
        f"- object: {'; '.join(pairs)}",
    ]
    needs = [_rule(rule) for rule in event.rules if rule.presence == "included"]
    may = [_rule(rule) for rule in event.rules if rule.presence != "included"]
    needs += [f"`{_short(extension.id)}`" for extension in event.extensions]
    may += [f"`{_short(extension.id)}`" for extension in event.optional]
    lines += [f"- {word}: {', '.join(found)}" for word, found in (("always", needs), ("perhaps", may)) if found]
    return f"#### `{event.key}`\n\n{event.doc}\n\n" + "\n".join(lines) + "\n\n"


def _rule(rule: Rule) -> str:
    place = rule.location.removeprefix("$.")
    if "extensions[" in place:
        place = _short(place.split("'")[1])
    values = " or ".join(f"`{str(value).lower()}`" for value in rule.values)
    return f"`{place}`" + (f" = {values}" if values else "")


def _short(iri: str) -> str:
    return iri.removeprefix(NAMESPACE)


def _terms() -> Iterator[str]:
    yield "## Extensions\n\n| IRI | of | value |\n| --- | --- | --- |\n"
    for extension in profile.terms(extensions, Extension):
        yield f"| `{_short(extension.id)}` | {extension.place} | {extension.definition} |\n"
    yield "\n## Verbs\n\n| IRI | means | published by |\n| --- | --- | --- |\n"
    for verb in sorted(profile.terms(verbs, Verb), key=lambda verb: str(verb.id)):
        publisher = "Kring" if verb.source == PROFILE else verb.source
        yield f"| `{verb.id}` | {verb.definition} | {publisher} |\n"
    yield dedent("""
        Some published terms look as if they would fit and do not: `https://w3id.org/xapi/tla/verbs/validated` approves a
        change to a framework of competencies, so an expert who endorses an answer has `confirmed` it; and
        `https://w3id.org/xapi/acrossx/extensions/rubrics` takes nothing but a string, so points stand in `ext/criteria`.

    """)


if __name__ == "__main__":
    sys.stdout.write(page())
