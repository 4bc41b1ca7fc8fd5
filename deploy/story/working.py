"""How people work: the threads that they began, in their languages."""

from deploy.story.acts import Act, Begin, Edit, Follow, Moderate, React, Reply, Report, Thank

MORNING: tuple[Act, ...] = (
    Begin(
        by="amelia",
        when="7d 08:12",
        key="morning",
        kind="share",
        title="My best hours are before ten",
        language="en",
        tags="focus, calendar",
        files=("week",),
        body="I start at **seven**, while the office is still dark, and do the one thing that needs my whole head. "
        "After lunch I am good for meetings and not much else.\n\n{week}\n\n"
        "What would help me: no calls before ten unless the building is on fire. What about you?",
    ),
    Reply(
        by="rasmus",
        when="7d 09:40",
        to="morning",
        key="card",
        language="en",
        body="Same here. I put a red card on my screen until ten. It took two weeks until people got it.",
    ),
    Reply(by="linnea", when="7d 10:02", to="card", key="minded", language="en", body="A red card! Did anybody mind?"),
    Reply(
        by="rasmus",
        when="7d 11:15",
        to="minded",
        key="angry",
        language="en",
        body="One colleague asked whether I was angry. I told the reason once, at the weekly meeting, and that was that.",
    ),
    React(by="amelia", when="6d 07:31", to="card"),
    React(by="bjorn", when="6d 08:00", to="card"),
    React(by="bjorn", when="6d 08:01", to="morning", sign="me-too"),
    Thank(by="linnea", when="6d 08:20", to="angry", reason="for telling how it felt, not only that it worked"),
    Reply(
        by="amelia",
        when="6d 07:35",
        to="angry",
        language="en",
        body="I am stealing the red card. Thank you, @Rasmus Holm Kjær!",
    ),
    Moderate(by="ingrid", when="5d 16:10", to="morning", act="feature"),
    Reply(
        by="daan",
        when="1d 20:48",
        to="morning",
        language="nl",
        body="Bij mij precies andersom: vóór tien uur ben ik nog geen mens. Zullen we ruilen, @Amelia Okafor-Jensen?",
    ),
    Reply(
        by="mathilde",
        when="3h",
        to="morning",
        language="en",
        body="The picture says it all. Would you show it at the weekly meeting? Five minutes, no slides.",
    ),
    Thank(by="mathilde", when="3h", to="morning", reason="for the drawing: I have begun one of my own week"),
)

NEWS: tuple[Act, ...] = (
    Begin(
        by="freja",
        when="6d 12:04",
        key="news",
        title="Hvordan vil I helst have dårlige nyheder?",
        language="da",
        tags="feedback",
        body="Jeg vil helst have det *direkte* og med det samme, også når det er fredag eftermiddag. "
        "Det værste er at kunne mærke, at noget er galt, uden at nogen siger det.",
    ),
    Reply(
        by="soren",
        when="6d 13:30",
        to="news",
        key="proposal",
        language="da",
        body="Enig. Og gerne med et forslag til, hvad vi gør nu.",
    ),
    Reply(
        by="mathilde",
        when="5d 09:10",
        to="news",
        language="da",
        body="God tråd. Skriv gerne et eksempel fra jeres gamle arbejdsplads, uden navne.",
    ),
    React(by="rasmus", when="5d 09:30", to="proposal"),
    Reply(
        by="bjorn",
        when="2h",
        to="news",
        language="sv",
        body="I Umeå sa vi: först en fråga, sedan nyheten. ”Har du tio minuter?” räcker för att hinna sätta sig.",
    ),
)

OFFICE: tuple[Act, ...] = (
    Begin(
        by="asa",
        when="5d 10:22",
        key="office",
        title="Fokustid i ett öppet kontor",
        language="sv",
        tags="focus, office",
        body="Hur gör ni för att få lugn i ett öppet kontor? Jag har prövat:\n\n"
        "- hörlurar utan musik\n- att boka ett tyst rum i kalendern\n\nInget av det fungerar riktigt bra.",
    ),
    Edit(
        by="asa",
        when="3d 17:50",
        to="office",
        body="Hur gör ni för att få lugn i ett öppet kontor? Jag har prövat:\n\n"
        "- hörlurar utan musik\n- att boka ett tyst rum i kalendern\n- att jobba hemma på onsdagar\n\n"
        "Bara det sista fungerar riktigt bra.",
    ),
    Reply(
        by="bjorn",
        when="4d 08:45",
        to="office",
        key="silent",
        language="sv",
        body="Vi kom överens om tysta förmiddagar i teamet. Det håller nästan alltid.",
    ),
    Thank(by="asa", when="4d 09:15", to="silent", reason="för att ni vågade bestämma det tillsammans"),
    Reply(
        by="daan",
        when="1d 16:05",
        to="office",
        key="unkind",
        language="en",
        body="Honestly, people who cannot stand a bit of noise should look for another job. Grow up.",
    ),
    Report(by="linnea", when="1d 16:40", to="unkind", complaint="unkind", note="Not the tone that we agreed on."),
    Report(by="fatima", when="1d 18:12", to="unkind", complaint="unkind"),
)

CITIES: tuple[Act, ...] = (
    Begin(
        by="willemijn",
        when="4d 09:18",
        key="cities",
        title="Samenwerken vanuit drie steden",
        language="nl",
        tags="remote",
        body="Ons team zit in Den Bosch, Gent en Malmö. Wat bij ons werkt: elke ochtend één zin in de chat over wat je "
        "vandaag doet. Geen vergadering, gewoon één zin.\n\n@Pieter-Jan van den Bogaerde, doen jullie dat in Gent ook?",
    ),
    Reply(
        by="pieter",
        when="4d 11:00",
        to="cities",
        key="pieter-cities",
        language="nl",
        body="Ja, en het mooiste: op vrijdag lezen we de zinnen van de week terug. Dat is meteen ons verslag.",
    ),
    Reply(
        by="anais",
        when="3d 14:25",
        to="cities",
        language="nl",
        body="Dat nemen we over! Schrijven jullie dat in het Engels of elk in de eigen taal?",
    ),
    Follow(by="amelia", when="3d 15:00", to="cities"),
    Reply(
        by="willemijn",
        when="5h",
        to="cities",
        language="nl",
        body="Elk in de eigen taal. Eén zin lukt altijd, en je leert er spelenderwijs Zweeds van.",
    ),
)

PLAN: tuple[Act, ...] = (
    Begin(
        by="bjorn",
        when="4d 19:02",
        key="plan",
        kind="share",
        title="Why three things at once is one too many",
        language="en",
        tags="focus, planning",
        body="Little's law fits on a sticky note: the number of things that you have begun, $L$, is what comes in a day, "
        "$\\lambda$, times the days that each one takes, $W$:\n\n$$L = \\lambda W$$\n\n"
        "So with two new things a day and $L = 10$ begun, each one takes $W = \\frac{10}{2} = 5$ days. "
        "Begin fewer, and each is done sooner. I keep my own count:\n\n"
        "```python\nbegun = [task for task in tasks if task.begun and not task.done]\n"
        'if len(begun) >= 3:\n    print("Finish something first.")\n```',
    ),
    Reply(
        by="daan",
        when="3d 10:10",
        to="plan",
        language="en",
        key="limit",
        body="Mine is on the wall: three magnets, and who has no magnet left begins nothing.",
    ),
    React(by="amelia", when="3d 15:02", to="plan"),
    React(by="willemijn", when="3d 15:30", to="plan"),
    React(by="amelia", when="3d 15:03", to="plan", sign="saved"),
    Reply(
        by="linnea",
        when="50m",
        to="limit",
        language="en",
        body="And when something urgent comes in? Do you take a magnet from something else, or make a fourth?",
    ),
)
