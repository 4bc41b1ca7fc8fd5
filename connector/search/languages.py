"""The languages that search knows: their words without content, and which of them a text is written in."""

from collections.abc import Iterable

LANGUAGES = ("da", "sv", "nl", "en")
UNKNOWN = "xx"
"""Stands for every other language, and for texts of which nobody can tell."""

_STOP_WORDS = {
    "da": """
        ad af aldrig alle allerede alt altid altså anden andet andre at bare begge bl blev blevet blive bliver burde bør
        da de dem den denne dens der deraf deres derfor det dette dig din dine disse dit dog du efter ej eller en end
        endnu er et f fik for fordi fra få får før gennem gør gøre gøres ham han hans har havde have hej hen hende hendes
        her hos hun hvad hvem hver hvilke hvilken hvilket hvis hvor hvordan hvorfor hvornår i igen ikke imod ind ingen
        intet ja jeg jer jeres jo kan kom komme kommer kun kunne lige man mange med meget mellem men mens mere mest mig
        min mindre mine mit mod må måske måtte ned nej noget nogen nogle nok nu nær når og også om omkring op os over på
        samme se selv ses siden sig sin sine sit skal skulle som så sådan tak til ud uden under ved vi vil ville virke vor
        vores vær være været
    """,
    "sv": """
        alla allt alltid alltså andra annan annat att av bara behöver bli blir blivit blev borde bör båda både de deras
        dem den denna deras dess dessa det detta dig din dina ditt dock du där därför då efter eftersom ej eller en er
        era ert ett finns fram från få får för före genom gör göra gällande han hans har hade hej hela henne hennes hon
        honom hos hur här i ibland in inga ingen inget innan inom inte ja jag ju kan kom komma kommer kunna kunde lite
        man med mellan men mer mest mig min mina mitt mot mycket måste ni nog nu nej någon något några när nära och också
        om oss på redan samma sedan sen sig sin sina sitt ska skall skulle som så sådan sådana tack till tills under upp
        ur ut utan vad var vara varför varit varje vars vart vem vi vid vilka vilkas vilken vilket vill ville vår våra
        vårt väl än ännu är åt över
    """,
    "nl": """
        aan al alle alleen alles als altijd andere ben bent bij daar daarom dan dat de deze die dit doch doe doen door
        dus een eens elk elke en er ergens etc ge geen geweest gewoon had hadden heb hebben hebt heeft heel hem hen het
        hier hij hoe hoeveel hun iemand iets ik in is ja je jij jou jouw jullie kan kon konden kun kunnen kunt maar mag
        me meer men met mij mijn moet moeten mocht mogen na naar nee niet niets nog nooit nu of om omdat onder ons onze
        ook op over reeds te tegen terwijl toch toen tot u uit uw van veel via voor want waar waarom wanneer waren was
        wat we wel welk welke wel werd wie wij wil willen word worden wordt ze zelf zich zij zijn zo zoals zonder zou
        zouden zulke
    """,
    "en": """
        a about after all also always am an and any anybody anyone are as at be because been before being but by can
        cannot could did do does doing don during each else ever every few for from get gets got had has have having he
        hello her here hers herself hi him himself his how however i if in into is isn it its itself just let ll may me
        might more most must my myself no nor not of off on once only or other our ours out over own please same shall
        she should so some somebody someone such than thank thanks that the their theirs them then there these they this
        those through to too under until up us ve very was we were what when where whether which while who whom whose
        why will with within without won would yet you your yours yourself
    """,
}
STOP_WORDS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}
_EVERY_STOP_WORD = frozenset().union(*STOP_WORDS.values())


def tongue(language: str | None, words: Iterable[str]) -> str:
    """Return in which language the words of a text are to be read.

    What its stop words say counts for more than its tag: people write Danish on an English page.

    Args:
        language: A BCP 47 tag, if there is one; it decides where the stop words do not.
        words: In lower case.
    """
    counts = dict.fromkeys(LANGUAGES, 0)
    for word in words:
        if word in _EVERY_STOP_WORD:
            for each in LANGUAGES:
                counts[each] += word in STOP_WORDS[each]
    first, second = sorted(LANGUAGES, key=lambda each: -counts[each])[:2]
    if counts[first] > counts[second]:
        return first
    tagged = (language or "").partition("-")[0].lower()
    return tagged if tagged in STOP_WORDS else UNKNOWN


def is_stop_word(word: str, language: str) -> bool:
    """Return whether a word says nothing of what a text in this language is about."""
    return word in STOP_WORDS.get(language, frozenset())
