"""What was said in "Share how you work" during the last days."""

from deploy.story import asking, working
from deploy.story.acts import Act, Begin, Draft, Moderate, React, Read, Reply, Shape

_WELCOME: tuple[Act, ...] = (
    Begin(
        by="ingrid",
        when="9d 08:30",
        key="welcome",
        title="Start here: one thing that your colleagues should know about you",
        language="en",
        tags="start here",
        body="Welcome, all of you! In these four weeks you work in three countries and four languages. "
        "**Write in yours**; most of us read the others, and nobody minds a question.\n\n"
        "1. Begin a thread about how you work best.\n"
        "2. Answer two colleagues: with a question, or with what you do instead.\n\n"
        "@trainers read along, and answer what nobody else can.",
    ),
    Moderate(by="ingrid", when="9d 08:32", to="welcome", act="pin"),
    Reply(
        by="soren",
        when="9d 09:05",
        to="welcome",
        language="da",
        body="Hej alle! Jeg skriver på dansk, læser svensk og gætter på nederlandsk. Spørg endelig.",
    ),
    Reply(
        by="anais",
        when="8d 13:20",
        to="welcome",
        language="nl",
        body="Hallo vanuit Kortrijk! Eén ding over mij: ik denk hardop. Niet alles wat ik zeg is een voorstel.",
    ),
    React(by="amelia", when="8d 13:40", to="welcome"),
    React(by="linnea", when="8d 14:00", to="welcome"),
)

_WEEK: tuple[Act, ...] = (
    Begin(
        by="ingrid",
        when="2d 09:00",
        key="week",
        title="What did your first full week teach you?",
        language="en",
        tags="look back",
        body="One thing that went otherwise than you expected, and what you do differently since then. "
        "Five sentences are enough.\n\nYou see what the others wrote once you have written yourself: "
        "so that we get twelve stories, and not one story twelve times.",
    ),
    Shape(by="ingrid", when="2d 09:02", to="week", due_in_days=3, shows_after_posts=1),
    Reply(
        by="willemijn",
        when="1d 11:30",
        to="week",
        language="nl",
        body="Ik dacht dat ik alles moest vragen vóór ik begin. Nu begin ik, en vraag na een uur. Dat scheelt iedereen tijd.",
    ),
    Reply(
        by="rasmus",
        when="1d 15:10",
        to="week",
        language="da",
        body="At et møde kan sluttes ti minutter før tid, hvis nogen tør sige, at vi er færdige. I torsdags var det mig.",
    ),
    Draft(
        by="amelia",
        when="70m",
        to="week",
        body="I expected to spend my first week reading. Instead I was asked to show my own calendar to the whole team, and ",
    ),
)

_READING: tuple[Act, ...] = (
    *(
        Read(by="amelia", when=when, to=key)
        for key, when in (
            ("welcome", "7d 08:05"),
            ("news", "3d 15:04"),
            ("office", "3d 15:01"),
            ("cities", "3d 14:59"),
            ("plan", "3d 14:58"),
            ("leave", "1d 12:00"),
            ("no", "1d 09:29"),
        )
    ),
    *(Read(by="ingrid", when="1d 17:00", to=key) for key in ("morning", "news", "office", "cities", "plan", "lunch")),
    *(Read(by="ingrid", when="1d 17:05", to=key) for key in ("glossary", "no", "leave", "welcome")),
)

STORY = (
    *_WELCOME,
    *working.MORNING,
    *working.NEWS,
    *working.OFFICE,
    *working.CITIES,
    *working.PLAN,
    *asking.GLOSSARY,
    *asking.HIDDEN,
    *asking.OTHERS,
    *_WEEK,
    *_READING,
)
"""Everything that happened there, in any order."""
