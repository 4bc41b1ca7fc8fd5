"""What was said in "Ask a colleague", and in the study groups."""

from deploy.story.acts import Accept, Act, Begin, Moderate, React, Reply, Thank

ASK: tuple[Act, ...] = (
    Begin(
        by="rasmus",
        when="6d 14:10",
        key="room",
        kind="question",
        title="How do I book a room in Malmö from København?",
        language="en",
        tags="rooms",
        body="The calendar shows me the rooms of København only. Is there a second list?",
    ),
    Reply(
        by="asa",
        when="6d 14:32",
        to="room",
        key="places",
        language="en",
        body="Open *Add room*, then **Places** at the very bottom; tick Malmö once, and it stays. "
        "The two small rooms have no screen.",
    ),
    Accept(by="rasmus", when="6d 14:50", to="places"),
    React(by="amelia", when="5d 08:00", to="room", sign="me-too"),
    Thank(by="rasmus", when="6d 14:51", to="places", reason="for the hint about the screens"),
    Begin(
        by="anais",
        when="2d 10:15",
        key="folder",
        kind="question",
        title="In welke map komen de offertes?",
        language="nl",
        tags="documents",
        body="Ik vind er drie: *Klanten*, *Verkoop* en *Verkoop (nieuw)*. Welke is de echte?",
    ),
    Reply(
        by="daan",
        when="2d 10:50",
        to="folder",
        language="nl",
        body="*Klanten*, met het jaar ervoor. De andere twee zijn oud; ik heb gevraagd of ze weg mogen.",
    ),
    Begin(
        by="freja",
        when="1d 13:05",
        key="travel",
        kind="question",
        title="Hvem godkender min første rejseafregning?",
        language="da",
        tags="travel",
        body="Jeg var i Gent i sidste uge. Min leder er på barsel, og systemet vil have et navn.",
    ),
)

HARBOUR, LIGHTHOUSE, TIDE = "Harbour", "Lighthouse", "Tide"
GROUPS = {
    HARBOUR: ("amelia", "rasmus", "asa", "daan"),
    LIGHTHOUSE: ("freja", "bjorn", "fatima", "soren"),
    TIDE: ("linnea", "willemijn", "anais"),
}
"""Who signed up for which study group."""

GROUP_TITLE = "Study groups"
GROUP_PROMPT = (
    "Every Thursday your group meets for half an hour, wherever you are. Between the meetings this is your room: what "
    "you write here, your group and your trainers read, nobody else.\n\nThis week: watch one colleague at work for an hour, "
    "and tell your group what you would like to learn from them."
)

STUDY: tuple[Act, ...] = (
    Begin(
        by="ingrid",
        when="5d 15:30",
        key="hand-in",
        title="What each group brings in the last week",
        language="en",
        body="One thing that you would change in the onboarding, told in three minutes. How you tell it is up to you: "
        "a drawing, a scene, a chart. No slides, please.",
    ),
    Moderate(by="ingrid", when="5d 15:31", to="hand-in", act="pin"),
    Begin(
        by="rasmus",
        when="4d 08:30",
        key="thursday",
        kind="question",
        title="Thursday at 15:00 or at 15:30?",
        language="en",
        body="@Daan de Vries has the school run until a quarter past. I can do both.",
    ),
    Reply(
        by="asa", when="4d 09:00", to="thursday", key="half", language="en", body="Half past. Then I am off the tram."
    ),
    Reply(by="amelia", when="4d 09:12", to="half", language="en", body="Half past is fine for me, too."),
    Accept(by="rasmus", when="4d 12:00", to="half"),
    Begin(
        by="daan",
        when="4h",
        key="watched",
        kind="share",
        title="An hour beside Willemijn",
        language="en",
        body="She answers mail at eleven and at four, and at no other time. When somebody comes by, she writes one line about "
        "it and goes on. I would like to learn that line.\n\n@Amelia Okafor-Jensen, whom did you watch?",
    ),
    Begin(
        by="fatima",
        when="3d 16:20",
        key="scene",
        title="Shall we play a scene?",
        language="en",
        body="First day, nobody knows that you are coming, your laptop is still in its box. It happened to two of us.",
    ),
    Reply(by="soren", when="3d 17:00", to="scene", language="da", body="Jeg tager rollen som den bærbare."),
    Reply(by="bjorn", when="2d 08:10", to="scene", language="sv", body="Då är jag receptionen. ”Namn?”"),
)
"""What the groups wrote; who begins a thread begins it for their own group."""
