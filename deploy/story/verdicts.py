"""What people say of each other's work, for whoever gets it to review."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """A review: two levels from 0 to 3, why, what is strongest, and what to change first."""

    language: str
    task: int
    reading: int
    why: str
    strongest: str
    change: str
    passages: tuple[tuple[str, str], ...] = ()
    """Words of the work, and what is said of them."""


CRITERIA = (
    ("levels", "Does it do what was asked for?", ("Hardly", "In part", "Yes, with small gaps", "Fully")),
    ("levels", "Can you follow it?", ("I got lost", "With effort", "Mostly", "All the way")),
    ("comment", "What is strongest?", ()),
    ("comment", "What would you change first, and how?", ()),
)
"""Kind, title and levels."""

OF_NEWCOMER: dict[str, tuple[Verdict, ...]] = {
    "amelia": (
        Verdict(
            "da",
            3,
            2,
            "Jeg ville kunne begynde på mandag.",
            "At jeg ved præcis, hvilke ordrer jeg skal tage.",
            "Sig, hvem der kan afgøre noget. Jeg ved ikke, hvem jeg skal ringe til, når du er syg.",
        ),
        Verdict(
            "en",
            3,
            3,
            "Everything that was asked for, and within the limit.",
            "The first sentence. I remembered it at lunch.",
            "“Contradict each other” needs one example: two addresses for one order, or what?",
        ),
    ),
    "rasmus": (
        Verdict(
            "en",
            2,
            3,
            "I know what you do, less for whom.",
            "“When it works I hear nothing” made me smile, and it is true.",
            "Say who calls you most. Then I know whom to get to know first.",
        ),
        Verdict(
            "nl",
            2,
            2,
            "Het staat er, maar de lijst zelf ken ik nog niet.",
            "De ronde om acht uur: zo concreet.",
            "Zet erbij wat er op de lijst staat, al zijn het drie woorden.",
        ),
    ),
    "asa": (
        Verdict(
            "en",
            3,
            3,
            "All three parts are there.",
            "The two words that mean the same. That is the job in one line.",
            "Where do I find the ten questions?",
        ),
        Verdict(
            "da",
            2,
            3,
            "Opgaven er løst; kun “for hvem” er kort.",
            "Trygheden i, at du læser, før der bliver sendt.",
            "Giv ét af de ti spørgsmål, så ved man, hvor svært det er.",
        ),
    ),
    "daan": (
        Verdict(
            "en",
            2,
            3,
            "Clear what, clear how; I miss for whom.",
            "That you take half of it away again.",
            "The planted mistake is a good trick, but say it as a task: find it before noon.",
        ),
        Verdict(
            "nl",
            3,
            3,
            "Precies wat er gevraagd werd.",
            "Een kwartier luisteren staat vooraan.",
            "Noem één klant, dan gaat het leven.",
        ),
    ),
    "freja": (
        Verdict(
            "nl",
            3,
            2,
            "Ik weet wat ik de eerste week doe.",
            "Het verschil tussen verkopen en luisteren.",
            "De cijfers zijn mooi; waar komen ze vandaan?",
        ),
        Verdict(
            "en",
            3,
            3,
            "Short, complete, no jargon.",
            "“What they really asked for”: I want to learn that.",
            "Tell me what I must never say on the phone.",
        ),
    ),
    "fatima": (
        Verdict(
            "da",
            3,
            3,
            "Alt er der.",
            "Havnen. Den historie vil jeg høre.",
            "Skriv, hvor de gamle kontrakter ligger.",
        ),
        Verdict(
            "sv",
            2,
            3,
            "Bra, men första veckan är bara en mening.",
            "Frågan om vad som händer när det går fel.",
            "Säg hur många avtal det är. Tio eller tusen?",
        ),
    ),
    "willemijn": (
        Verdict(
            "en",
            2,
            2,
            "I understand the phone part; the list came late.",
            "“If nobody is angry at nine”: a goal I can check.",
            "Begin with the list and explain the calls after it.",
        ),
        Verdict(
            "da",
            3,
            2,
            "Ja, med et smil.",
            "At folk først siger det i telefonen.",
            "Hvem må jeg selv flytte, og hvem skal jeg spørge om?",
        ),
    ),
}

OF_MAIL: dict[str, tuple[Verdict, ...]] = {
    "amelia": (
        Verdict(
            "da",
            3,
            3,
            "Dato, tid og hvad der sker ellers: det hele.",
            "Emnet. Jeg behøvede ikke læse resten.",
            "“Nothing else changes” – sandt? Leveringen bliver jo en uge senere.",
            (
                ("from 4 May", "En dato, jeg kan skrive ned. Godt."),
                ("Nothing else changes.", "Er det rigtigt? Det, der kommer efter torsdag, leveres jo en uge senere."),
            ),
        ),
        Verdict(
            "sv",
            2,
            3,
            "Nästan allt; jag undrar över röda dagar.",
            "Att du ber oss ringa innan vi lovar något.",
            "Lägg till vad som gäller när torsdagen är helgdag, som redan i maj.",
            (
                ("Thursdays at noon instead of Fridays", "Gäller det också när torsdagen är helgdag?"),
                ("call me before you promise anything", "Det här hjälper mig mest: nu vet jag vad jag ska göra."),
            ),
        ),
    ),
    "freja": (
        Verdict(
            "en",
            3,
            3,
            "I would not have a question.",
            "The subject line says the unpleasant thing first, and kindly.",
            "Say from which day to which: “in July” starts for some on the 28th of June.",
        ),
        Verdict(
            "nl",
            2,
            3,
            "Duidelijk; alleen “haast” kan iedereen schrijven.",
            "Dat je zelf antwoordt.",
            "Geef één voorbeeld van wat haast is.",
        ),
    ),
    "soren": (
        Verdict(
            "en",
            3,
            2,
            "It tells me where and what to do.",
            "“I delete nothing without asking.”",
            "A link would save everybody the search.",
        ),
        Verdict(
            "sv",
            2,
            2,
            "Ja, men jag hittar inte dit från mailet.",
            "Att listan har fått ett hem.",
            "Sätt länken i första raden.",
        ),
    ),
    "linnea": (
        Verdict(
            "da",
            3,
            3,
            "Alt, hvad man skal huske, i rigtig rækkefølge.",
            "Grunden: ellers kommer man ikke ind.",
            "Hvem ringer jeg til klokken 08:44?",
        ),
        Verdict(
            "en",
            1,
            2,
            "I would still ask where the gate is.",
            "The old subject line shows how far you came.",
            "It is too short for people who have never been there: add the tram stop.",
        ),
    ),
    "anais": (
        Verdict(
            "sv",
            3,
            3,
            "Inga frågor kvar.",
            "Datumet då de andra mapparna försvinner.",
            "Skriv vad som händer med det som ligger kvar där.",
        ),
        Verdict(
            "da",
            2,
            3,
            "Tydeligt for os; “Jouw” i emnet passer ikke til alle.",
            "Tre sætninger, én opgave.",
            "Fortæl, hvem der flytter filerne: du eller jeg?",
        ),
    ),
}
EVERYWHERE = Verdict(
    "en",
    2,
    2,
    "It does, and I had to read one sentence twice.",
    "It sounds like you, and not like a form.",
    "Put the most important sentence first.",
)
"""For who has no words of their own."""

TYPED = Verdict("en", 2, 3, "I know what the job is, ", "The example", "")
"""What somebody has typed so far."""
