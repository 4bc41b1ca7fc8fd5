"""What a visitor of the demo finds: colleagues who launched from the LMS and wrote to each other, in their languages.

It is told through the front door: every post comes from a real launch, so its statement is in the LRS as well.
"""

from dataclasses import dataclass
from http import HTTPStatus

from deploy.demo import Demo
from deploy.visitor import Page, Visitor

_START = "/start/share-how-you-work"


@dataclass(frozen=True)
class Post:
    """What somebody says; `answers` is the author of the reply that it answers, if it is not the opening post."""

    author: str
    body: str
    answers: str | None = None


@dataclass(frozen=True)
class Thread:
    """A topic and what was said about it."""

    title: str
    opening: Post
    replies: tuple[Post, ...] = ()


THREADS = (
    Thread(
        "My best hours are before ten",
        Post(
            "amelia",
            "I start at **seven**, while the office is still dark, and do the one thing that needs my whole head. "
            "After lunch I am good for meetings and not much else.\n\n"
            "What would help me: no calls before ten unless the building is on fire. What about you?",
        ),
        (
            Post(
                "rasmus", "Same here. I put a red card on my screen until ten. It took two weeks until people got it."
            ),
            Post("linnea", "A red card! Did anybody mind?", answers="rasmus"),
            Post(
                "rasmus",
                "One colleague asked whether I was angry. I told the reason once, at the weekly meeting, and that was that.",
                answers="linnea",
            ),
            Post("daan", "I am the opposite: please nothing before ten, I am not a person yet."),
        ),
    ),
    Thread(
        "Hvordan vil I helst have dårlige nyheder?",
        Post(
            "freja",
            "Jeg vil helst have det *direkte* og med det samme, også når det er fredag eftermiddag. "
            "Det værste er at kunne mærke, at noget er galt, uden at nogen siger det.",
        ),
        (
            Post("soren", "Enig. Og gerne med et forslag til, hvad vi gør nu."),
            Post("mathilde", "God tråd. Skriv gerne et eksempel fra jeres gamle arbejdsplads, uden navne."),
        ),
    ),
    Thread(
        "Fokustid i ett öppet kontor",
        Post(
            "asa",
            "Hur gör ni för att få lugn i ett öppet kontor? Jag har prövat:\n\n"
            "- hörlurar utan musik\n- att boka ett tyst rum i kalendern\n- att jobba hemma på onsdagar\n\n"
            "Bara det sista fungerar riktigt bra.",
        ),
        (Post("bjorn", "Vi kom överens om tysta förmiddagar i teamet. Det håller nästan alltid."),),
    ),
    Thread(
        "Samenwerken vanuit drie steden",
        Post(
            "willemijn",
            "Ons team zit in Den Bosch, Gent en Malmö. Wat bij ons werkt: elke ochtend één zin in de chat over wat je "
            "vandaag doet. Geen vergadering, gewoon één zin.",
        ),
        (Post("anais", "Dat nemen we over! Schrijven jullie dat in het Engels of elk in de eigen taal?"),),
    ),
    Thread(
        "Where do I find the glossary?",
        Post("fatima", "On my first day I counted **eleven** abbreviations in one meeting. Is there a list somewhere?"),
    ),
)


def tell(demo: Demo) -> None:
    """Let the people of the story write; takes some seconds."""
    people: dict[str, tuple[Visitor, str]] = {}
    for thread in THREADS:
        _tell_thread(demo, people, thread)


def _tell_thread(demo: Demo, people: dict[str, tuple[Visitor, str]], thread: Thread) -> None:
    visitor, home = _enter(demo, people, thread.opening.author)
    page = visitor.get(home)
    opened = _sent(visitor.send(page.form("/threads"), title=thread.title, body=thread.opening.body))
    path = opened.url.split("#")[0].removeprefix(home)
    said: dict[str, str] = {}
    for post in thread.replies:
        visitor, home = _enter(demo, people, post.author)
        page = visitor.get(home + path)
        answered = {"parent": said[post.answers]} if post.answers else {}
        told = _sent(visitor.send(page.form(f"{path}/replies"), body=post.body, **answered))
        said[post.author] = _newest(told)


def _enter(demo: Demo, people: dict[str, tuple[Visitor, str]], person: str) -> tuple[Visitor, str]:
    """Return somebody's browser and where the discussion is for them; they launch once."""
    if person not in people:
        visitor = Visitor()
        page = visitor.launch(demo.enter_as(person), demo.lms_url + _START)
        people[person] = (visitor, page.url)
    return people[person]


def _sent(page: Page) -> Page:
    """Return the page after a form, if it was taken.

    Raises:
        RuntimeError: It was not.
    """
    if page.status >= HTTPStatus.BAD_REQUEST:
        raise RuntimeError(f"{page.url} answered {page.status}: {page.html}")
    return page


def _newest(page: Page) -> str:
    """Return the id of the post that was just sent: the address ends with it."""
    return page.url.partition("#post-")[2]
