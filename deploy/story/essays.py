"""What people hand in for review: three tasks, in their languages."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Work:
    """A piece of work."""

    by: str
    when: str
    language: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task with its dates, in days from now at 17:00."""

    title: str
    prompt: str
    due_in: int
    reviews_due_in: int
    works: tuple[Work, ...]
    points: str = ""
    """What the work is graded out of; empty where it is not."""


WEEK = Task(
    title="The week that I want",
    prompt="Describe on one page **the week that you want in three months**: what you do when, what you have stopped doing, "
    "and what you need from others for it. Say in the first line what you are unsure about: your colleagues read it with "
    "that question in mind.",
    due_in=3,
    reviews_due_in=8,
    works=(
        Work(
            by="freja",
            when="2d 09:40",
            language="da",
            body="*Jeg er i tvivl om, hvorvidt fredagen er realistisk.*\n\nMandag og tirsdag skriver jeg. Onsdag er til møder, "
            "alle på samme dag. Torsdag følger jeg en kollega, og fredag rydder jeg op. Jeg er holdt op med at svare på mail "
            "efter klokken fire. Af jer har jeg brug for, at onsdag bliver onsdag.",
        ),
        Work(
            by="daan",
            when="1d 16:05",
            language="nl",
            body="*Ik twijfel of mijn team dit merkt.*\n\nElke ochtend om negen bepaal ik één ding dat af moet. Voor de middag kijk "
            "ik niet in de chat. Dinsdag en donderdag ben ik in Gent, de rest thuis. Gestopt: vergaderen zonder agenda. "
            "Nodig: dat ik nee mag zeggen zonder uitleg.",
        ),
        Work(
            by="fatima",
            when="22h",
            language="en",
            body="*I am unsure whether two mornings are enough.*\n\nTwo mornings belong to one question that I pick on Monday. "
            "Customers get my afternoons, and Friday after lunch belongs to nobody. I stopped keeping a list of everything; "
            "I keep a list of three. From you I need patience until noon.",
        ),
        Work(
            by="asa",
            when="5h",
            language="sv",
            body="*Jag är osäker på om det här blir för tyst.*\n\nJag börjar halv åtta och slutar halv fyra. Två dagar i veckan "
            "sitter jag bredvid någon som är ny. Jag har slutat boka möten som kan vara en rad. Av er behöver jag frågor, "
            "gärna dumma.",
        ),
    ),
)
WEEK_DRAFT = (
    "*I am unsure how much of this is mine to decide.*\n\nOn Mondays I write down the one thing that the week is for. In three "
    "months I want two mornings without meetings, and "
)

NEWCOMER = Task(
    title="Explain your job to a newcomer",
    prompt="Somebody starts next to you on Monday. Explain in **150 words at most** what you do, for whom, and what they could "
    "take over in their first week. No abbreviations, please.",
    due_in=-2,
    reviews_due_in=1,
    works=(
        Work(
            by="amelia",
            when="4d 15:20",
            language="en",
            body="I make sure that what we promise customers on Monday still holds on Friday. Orders arrive from three countries; "
            "I look for the ones that contradict each other and call the person who can decide. Most calls take two "
            "minutes, and most people are glad that somebody asks.\n\nIn your first week you could take over the Dutch "
            "orders before ten o'clock. There are about eight a day, and I sit next to you.",
        ),
        Work(
            by="rasmus",
            when="4d 10:05",
            language="da",
            body="Jeg holder styr på lokaler, nøgler og alt, der går i stykker. Når en skærm er sort, ringer folk til mig; når den "
            "virker, hører jeg ingenting, og det er meningen.\n\nI din første uge kan du gå runden klokken otte: seks rum, "
            "en liste, en kop kaffe. Så kender du huset.",
        ),
        Work(
            by="asa",
            when="3d 14:40",
            language="sv",
            body="Jag översätter mellan verkstaden och kontoret. Ingenjörer säger \u201dtolerans\u201d, säljare säger \u201dlite till\u201d, och någon "
            "måste veta att det är samma sak.\n\nDin första vecka kan du läsa de tio vanligaste frågorna och svara på två om "
            "dagen. Jag läser innan du skickar.",
        ),
        Work(
            by="daan",
            when="3d 11:15",
            language="nl",
            body="Ik maak offertes die klanten begrijpen. Eerst luister ik een kwartier, dan schrijf ik één bladzijde, dan haal ik de "
            "helft weer weg. Wat overblijft, tekenen ze meestal.\n\nIn je eerste week kun jij de prijzen nakijken. Er zit er "
            "altijd één fout in, en soms zet ik die er zelf in.",
        ),
        Work(
            by="freja",
            when="3d 09:00",
            language="da",
            body="Jeg ringer til kunder, som er holdt op med at svare. Ikke for at sælge: for at høre hvorfor. Halvdelen har glemt "
            "os, en fjerdedel er sure, og resten venter på noget, vi lovede.\n\nI din første uge lytter du med på fem "
            "opkald og skriver ned, hvad de egentlig bad om.",
        ),
        Work(
            by="fatima",
            when="2d 16:30",
            language="en",
            body="I read contracts so that nobody else has to. I mark the three sentences that matter, say what they mean in plain "
            "words, and ask one question: what happens if it goes wrong?\n\nYou could start with the old ones: find the date "
            "on which each of them ends. It sounds dull, and it saved us a harbour last year.",
        ),
        Work(
            by="willemijn",
            when="2d 15:55",
            language="nl",
            body="Ik plan wie wanneer waar is. Dat klinkt als puzzelen, maar het is vooral bellen: mensen zeggen pas aan de telefoon "
            "dat dinsdag eigenlijk niet kan.\n\nDe eerste week neem jij de ochtendlijst. Als er om negen uur niemand boos is, "
            "heb je het goed gedaan.",
        ),
    ),
)

MAIL = Task(
    title="A mail that nobody had to ask about",
    prompt="Take a mail that you sent last month and that led to questions. **Write it again**, in at most 120 words, so that "
    "nobody has to ask. Put the old subject line below it.",
    due_in=-8,
    reviews_due_in=-1,
    points="100",
    works=(
        Work(
            by="amelia",
            when="9d 15:10",
            language="en",
            body="**Subject: Orders close on Thursdays at 12:00 from May**\n\nDear all,\n\nfrom 4 May we close the week's orders on "
            "Thursdays at noon instead of Fridays. What comes later is delivered one week later. Nothing else changes.\n\n"
            "If a customer cannot live with that, call me before you promise anything: 12 34.\n\nAmelia\n\n*Old subject: Heads-up "
            "re: timeline*",
        ),
        Work(
            by="freja",
            when="9d 12:00",
            language="da",
            body="**Emne: Vi ringer ikke til dig i juli**\n\nKære kunde\n\nI juli holder vi lukket på telefonen. Skriv til os, så svarer "
            "vi inden for to hverdage. Haster det, så skriv HASTER i emnet; så svarer jeg samme dag.\n\nFreja\n\n*Det gamle "
            "emne: Information om sommerperioden*",
        ),
        Work(
            by="soren",
            when="9d 10:30",
            language="da",
            body="**Emne: Listen over forkortelser har fået et hjem**\n\nHej\n\nListen ligger nu på forsiden af kurset. Find din "
            "forkortelse, ret den, eller skriv en ny. Jeg sletter intet uden at spørge.\n\nSøren\n\n*Det gamle emne: ONB/WIP-"
            "overblik (opd.)*",
        ),
        Work(
            by="linnea",
            when="9d 09:15",
            language="sv",
            body="**Ämne: Ta med legitimation på torsdag**\n\nHej!\n\nPå torsdag besöker vi varvet. Samling 08:45 vid grinden, inte vid "
            "kontoret. Ta med legitimation, annars kommer du inte in. Skor med fast häl. Vi är tillbaka till lunch.\n\nLinnéa"
            "\n\n*Gammalt ämne: Studiebesök*",
        ),
        Work(
            by="anais",
            when="8d 16:45",
            language="nl",
            body="**Onderwerp: Jouw offerte staat voortaan in één map**\n\nHallo,\n\nvanaf maandag staan alle offertes in *Klanten*, met "
            "het jaar ervoor. De andere twee mappen verdwijnen op 1 juni. Mis je iets? Zeg het mij voor die dag.\n\nAnaïs\n\n"
            "*Oud onderwerp: mappenstructuur*",
        ),
    ),
)
