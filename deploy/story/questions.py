"""What was asked of the experts: solved, endorsed, waiting for more, and just asked."""

from deploy.story.acts import (
    Accept,
    Act,
    AnswerFromOutside,
    Ask,
    AskBack,
    Claim,
    Confirm,
    Invite,
    Know,
    Limit,
    NameTopic,
    Point,
    Promote,
    React,
    Reply,
    Thank,
    WriteEntry,
)

TITLE = "Ask the experts"
PROMPT = (
    "Ask whatever you need to know for your work. Say what you tried and what you expected. "
    "Accept the answer that helps, so that others find it."
)

_KNOWING: tuple[Act, ...] = (
    Know(by="asa", when="8d 13:00", topics="travel, customers"),
    Limit(by="asa", when="8d 13:05", most=12),
    Know(by="daan", when="8d 13:20", topics="invoices, templates"),
    Know(by="soren", when="8d 14:05", topics="abbreviations"),
    Confirm(by="ingrid", when="8d 15:00", person="asa"),
    Confirm(by="ingrid", when="8d 15:01", person="asa", topic="travel"),
    Confirm(by="ingrid", when="8d 15:02", person="daan", topic="templates"),
    NameTopic(by="ingrid", when="8d 15:03", topic="travel", words="rejse, resa, dienstreis"),
    NameTopic(by="ingrid", when="8d 15:04", topic="templates", words="skabeloner, mallar, sjablonen"),
)

STORY: tuple[Act, ...] = (
    *_KNOWING,
    Ask(
        by="rasmus",
        when="7d 09:12",
        key="expert-travel",
        title="Which receipts do I need for a trip abroad?",
        language="en",
        tags="travel, money",
        body="I go to Gent next week, by train. Last time my claim came back twice: once for the hotel, once for the coffee.",
    ),
    Reply(
        by="asa",
        when="7d 10:40",
        to="expert-travel",
        key="expert-travel-list",
        language="en",
        body="The hotel, the train, and every meal above fifteen euros. **The hotel's must name you**, not the company. "
        "Below fifteen euros a list in your own words is enough.",
    ),
    Reply(
        by="daan",
        when="7d 11:05",
        to="expert-travel",
        language="en",
        body="And take pictures of them on the same day: the ink of train tickets fades.",
    ),
    React(by="mathilde", when="7d 13:00", to="expert-travel-list", sign="endorsed"),
    React(by="amelia", when="6d 08:31", to="expert-travel-list"),
    Accept(by="rasmus", when="6d 09:02", to="expert-travel-list"),
    Thank(by="rasmus", when="6d 09:03", to="expert-travel-list", reason="for the fifteen euros; nobody had told me"),
    Promote(by="ingrid", when="6d 10:15", to="expert-travel-list"),
    WriteEntry(
        by="ingrid",
        when="5d 08:45",
        title="How we name files",
        language="en",
        tags="documents",
        review_in_days=3,
        body="`2026-03-31 Customer – what it is.docx`: the day first, so that the folder sorts itself; no *final*, no *new*. "
        "Who changes a file writes why into its history.",
    ),
    Ask(
        by="freja",
        when="4d 14:20",
        key="expert-name",
        title="Hvordan siger jeg nej til en kunde uden at miste ham?",
        language="da",
        tags="customers",
        is_hidden=True,
        body="Han ringer hver fredag og vil have noget, som vi ikke laver. Jeg siger altid *måske*.",
    ),
    Reply(
        by="asa",
        when="4d 15:02",
        to="expert-name",
        key="expert-name-answer",
        language="sv",
        body="Säg vad ni **kan** göra i stället, innan du säger vad ni inte gör. Och aldrig *kanske*: det är ett ja som dröjer.",
    ),
    React(by="mathilde", when="3d 09:00", to="expert-name-answer", sign="endorsed"),
    React(by="fatima", when="3d 10:00", to="expert-name", sign="me-too"),
    Promote(by="mathilde", when="3d 09:05", to="expert-name-answer"),
    Ask(
        by="soren",
        when="3d 11:15",
        key="expert-files",
        title="How do I name the files of a customer?",
        language="en",
        tags="documents",
        body="There are three of them, and each began in another year.",
    ),
    Point(by="ingrid", when="3d 11:40", to="expert-files"),
    Ask(
        by="fatima",
        when="2d 11:30",
        key="expert-contract",
        title="Who may sign a contract below a thousand euros?",
        language="en",
        tags="contracts, money",
        body="A supplier waits for it since Monday.",
    ),
    AskBack(
        by="mathilde", when="2d 12:10", to="expert-contract", wanted="Is it a purchase or a service? The rules differ."
    ),
    Ask(
        by="linnea",
        when="2d 14:05",
        key="expert-keep",
        title="How long do we keep a contract that has ended?",
        language="en",
        tags="contracts",
        body="I found a folder from 2014. May I throw it away, and must I ask somebody first?",
    ),
    Invite(
        by="ingrid",
        when="1d 09:30",
        to="expert-keep",
        name="Lotte Visser",
        address="lotte.visser@notary.example",
        note="You drew up our rules for contracts. Would you answer this one for all of us?",
    ),
    AnswerFromOutside(
        by="ingrid",
        when="1d 13:45",
        address="lotte.visser@notary.example",
        body="**Seven years after the last invoice**, then it goes through the shredder.\n\n"
        "Where a dispute is open, or a guarantee still runs, keep it until that is over. A folder from 2014 may go, "
        "unless it is about a building: those are kept for twenty years.",
    ),
    Ask(
        by="amelia",
        when="5h",
        key="expert-minutes",
        title="Which of the three templates for minutes is the real one?",
        language="en",
        tags="documents",
        body="There are *Minutes*, *Minutes (new)* and *Minutes final* in the folder.",
    ),
    React(by="soren", when="3h", to="expert-minutes", sign="me-too"),
    Claim(by="daan", when="2h", to="expert-minutes"),
)
