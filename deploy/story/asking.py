"""What people ask: openly, without their names, and of the trainers alone."""

from deploy.story.acts import Accept, Act, Begin, Moderate, React, Reply, Thank

GLOSSARY: tuple[Act, ...] = (
    Begin(
        by="fatima",
        when="3d 09:01",
        key="glossary",
        kind="question",
        title="Where do I find the glossary?",
        language="en",
        tags="words",
        body="On my first day I counted **eleven** abbreviations in one meeting. Is there a list somewhere?",
    ),
    Reply(
        by="rasmus",
        when="3d 09:20",
        to="glossary",
        key="phone",
        language="en",
        body="Just call Birgit at home, she knows them all: 86 19 55 01, after eight in the evening is best.",
    ),
    Reply(
        by="soren",
        when="3d 11:48",
        to="glossary",
        key="list",
        language="en",
        files=("abbreviations",),
        body="There was none, so I began one in my first week. Twenty-three by now; add yours.\n\n{abbreviations}",
    ),
    Moderate(
        by="mathilde",
        when="3d 12:05",
        to="phone",
        of="posts",
        act="remove",
        reason="A colleague's private number does not belong here. Write the rest again, without it.",
    ),
    Accept(by="fatima", when="3d 13:15", to="list"),
    React(by="mathilde", when="3d 13:30", to="list", sign="endorsed"),
    React(by="amelia", when="3d 15:05", to="list"),
    React(by="amelia", when="3d 15:05", to="list", sign="saved"),
    React(by="anais", when="2d 09:00", to="glossary", sign="me-too"),
    React(by="linnea", when="2d 09:10", to="glossary", sign="me-too"),
    Thank(by="fatima", when="3d 13:16", to="list", reason="for the list, and for the column “Who knows more”"),
)


HIDDEN: tuple[Act, ...] = (
    Begin(
        by="linnea",
        when="2d 21:34",
        key="no",
        kind="question",
        title="How do you say no to somebody who has been here for ten years?",
        language="en",
        is_hidden=True,
        body="I said yes to four things this week because I did not dare to say no. I am writing this at half past nine "
        "in the evening. How do you do it without sounding difficult?",
    ),
    Reply(
        by="freja",
        when="1d 08:11",
        to="no",
        language="en",
        is_hidden=True,
        body="You are not the only one. I now answer “yes, on Thursday”: it is a no to today, and nobody hears it.",
    ),
    Reply(
        by="pieter",
        when="1d 09:00",
        to="no",
        key="which",
        language="en",
        body="Ask which of the others may wait: “Gladly. Which of these four shall I put off?” Whoever asks then decides, "
        "and that is their job. And do tell one of us if it goes on.",
    ),
    Reply(
        by="linnea",
        when="1d 19:26",
        to="which",
        language="en",
        is_hidden=True,
        body="I tried it today. Two of the four could wait until next month!",
    ),
    React(by="amelia", when="1d 09:30", to="no", sign="me-too"),
    React(by="soren", when="1d 09:45", to="no", sign="me-too"),
    React(by="freja", when="1d 20:00", to="which"),
)


OTHERS: tuple[Act, ...] = (
    Begin(
        by="soren",
        when="8d 10:00",
        key="lunch",
        title="Lunch on the first Friday: who is in?",
        language="en",
        body="The place at the harbour has a table for twelve. Say yes here until Wednesday.",
    ),
    Reply(by="fatima", when="8d 10:20", to="lunch", language="en", body="Yes, and I eat no meat."),
    Reply(by="freja", when="7d 12:00", to="lunch", language="da", body="Ja tak!"),
    Moderate(by="mathilde", when="5d 09:00", to="lunch", act="close", reason="The table is booked for nine."),
    Begin(
        by="amelia",
        when="2d 08:15",
        key="leave",
        is_private=True,
        title="Two days off in my third week",
        language="en",
        body="My sister gets married in Aarhus on a Friday. May I take that day and the one before, although the "
        "handbook says no leave in the first month?",
    ),
    Reply(
        by="pieter",
        when="1d 10:40",
        to="leave",
        language="en",
        body="Of course. Put it into the calendar; I tell the others that you are away, not why.",
    ),
)
