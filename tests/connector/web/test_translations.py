"""Every text in every language: nothing missing, nothing lost, and pages that really speak it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from marshmallow import ValidationError

from connector.config import LOCALES
from connector.platforms.schemas import InviteForm, NameForm
from connector.web.models import LaunchSession
from lti import claims
from tests import make
from tests.connector.threads import build

ROOT = Path(__file__).resolve().parents[3]
LANGUAGES = LOCALES[1:]
VARIABLE = re.compile(r"%\(\w+\)[a-z]|%.?")
TAG = re.compile(r"</?\w[^>]*>")

each_language = pytest.mark.parametrize("language", LANGUAGES)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


# --- catalogues -------------------------------------------------------------------------------------------------------
@cache
def extracted() -> Catalog:
    """Collect the texts of the application again, in the way of `make translations`."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog()
    for _file, _line, message, comments, context in extract_from_dir(ROOT / "connector", methods, options):
        catalog.add(message, auto_comments=comments, context=context)
    return catalog


def catalogue_file(language: str) -> Path:
    return ROOT / "connector" / "translations" / language / "LC_MESSAGES" / "messages.po"


@cache
def catalogue(language: str) -> Catalog:
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def forms(text: object) -> tuple[str, ...]:
    """Return a message's forms: the singular and the plurals, or the one that there is."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """Return each form with its translation; every plural beyond the first has the English plural to compare with."""
    for message in catalogue(language):
        if message.id:
            originals = forms(message.id)
            for number, translated in enumerate(forms(message.string)):
                yield originals[min(number, len(originals) - 1)], translated


def ids(messages: Catalog) -> set[object]:
    return {(message.context, message.id) for message in messages if message.id}


def forms_missing(message: Message, catalog: Catalog) -> bool:
    wanted = 1 if isinstance(message.id, str) else catalog.num_plurals
    return len(list(filter(None, forms(message.string)))) != wanted


@each_language
def test_catalogue_has_the_texts_that_there_are_and_no_others(language):
    assert ids(catalogue(language)) ^ ids(extracted()) == set()


def test_template_has_the_texts_that_there_are():
    with (ROOT / "connector" / "translations" / "messages.pot").open("rb") as file:
        assert ids(read_po(file)) ^ ids(extracted()) == set()


@each_language
def test_every_form_is_translated(language):
    catalog = catalogue(language)
    assert [message.id for message in catalog if message.id and forms_missing(message, catalog)] == []


@each_language
def test_nothing_is_guessed_or_left_over(language):
    catalog = catalogue(language)
    assert ([message.id for message in catalog if message.id and message.fuzzy], list(catalog.obsolete)) == ([], [])


@each_language
def test_variables_are_kept(language):
    assert [
        pair for pair in pairs(language) if sorted(VARIABLE.findall(pair[0])) != sorted(VARIABLE.findall(pair[1]))
    ] == []


@each_language
def test_markup_is_kept(language):
    assert [pair for pair in pairs(language) if sorted(TAG.findall(pair[0])) != sorted(TAG.findall(pair[1]))] == []


@each_language
def test_braces_are_kept(language):
    def fields(text: str) -> list[str | None]:
        return sorted(name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None)

    assert [pair for pair in pairs(language) if fields(pair[0]) != fields(pair[1])] == []


@each_language
def test_spaces_and_line_ends_around_a_text_are_kept(language):
    def edges(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    assert [pair for pair in pairs(language) if edges(pair[0]) != edges(pair[1])] == []


@each_language
def test_sentences_end_as_the_english_ones_do(language):
    def end(text: str) -> str:
        return text[-1] if text[-1] in ".:?…" else ""

    assert [pair for pair in pairs(language) if end(pair[0]) != end(pair[1])] == []


@each_language
def test_plural_forms_are_those_of_cldr(language):
    header = f'"Plural-Forms: {get_plural(language).plural_forms}\\n"'
    assert catalogue_file(language).read_text(encoding="utf-8").splitlines().count(header) == 1


@each_language
def test_glossary_stands_at_the_top(language):
    top = catalogue_file(language).read_text(encoding="utf-8").partition("msgid")[0]
    assert {"trainer", "learner", "thread", "gradebook"} <= set(re.findall(r"(\w+):", top))


# --- pages ------------------------------------------------------------------------------------------------------------
def language_of(response) -> str:
    return response.text.partition('<html lang="')[2].partition('"')[0]


@pytest.fixture
def ana(session):
    return make.member(session, course=make.course(session), name="Ana Holm")


@pytest.fixture
def enter(visiting, session):
    """Return how to visit an activity whose LMS launches in a language."""

    def enter(member, activity, language):
        visit = visiting(member, activity)
        session.query(LaunchSession).update({"locale": language})
        session.commit()
        return visit

    return enter


@on_sqlite
@pytest.mark.parametrize(
    ("language", "empty", "button"),
    [
        ("da-DK", "Ingen har skrevet endnu.", "Start tråden"),
        ("sv-SE", "Ingen har skrivit än.", "Starta tråden"),
        ("nl-BE", "Er heeft nog niemand geschreven.", "Begin het gesprek"),
        ("en-GB", "Nobody has written yet.", "Start the thread"),
    ],
)
def test_discussion_that_nobody_has_written_in(language, empty, button, enter, session, ana):
    page = enter(ana, make.activity(session, course=ana.course), language).get()
    assert (language_of(page), empty in page.text, button in page.text) == (language[:2], True, True)


@on_sqlite
@pytest.mark.parametrize(
    ("language", "none", "one", "two"),
    [
        ("da", "Intet svar endnu", "1 svar", "2 svar"),
        ("sv", "Inget svar än", "1 svar", "2 svar"),
        ("nl", "Nog geen reactie", "1 reactie", "2 reacties"),
        ("en", "No reply yet", "1 reply", "2 replies"),
    ],
)
def test_replies_are_counted(language, none, one, two, enter, session, ana):
    def counts(page) -> list[str]:
        shown = re.findall(r">([^<>]+)<", page.text)
        return [text for text in shown if text in {none, one, two}]

    single, several = make.activity(session, course=ana.course), make.activity(session, course=ana.course)
    build.thread(session, activity=single, author=ana)
    for number in range(3):
        thread = build.thread(session, activity=several, author=ana, title=f"Thread {number}", after=number)
        for _reply in range(number):
            build.reply(session, thread, author=ana, after=number)
    assert counts(enter(ana, single, language).get()) == [none]
    assert counts(enter(ana, several, language).get()) == [two, one, none]


@on_sqlite
@pytest.mark.parametrize(
    ("language", "one", "two"),
    [("da", "1 svar", "2 svar"), ("sv", "1 svar", "2 svar"), ("nl", "1 reactie", "2 reacties")],
)
def test_a_thread_says_how_many_replies_it_has(language, one, two, enter, session, ana):
    activity = make.activity(session, course=ana.course)
    threads = [build.thread(session, activity=activity, author=ana, title=f"{number}") for number in range(2)]
    for thread, count in zip(threads, (1, 2), strict=True):
        for number in range(count):
            build.reply(session, thread, author=ana, body=f"{number}")
    visit = enter(ana, activity, language)
    shown = [visit.get(f"/threads/{thread.id}").text for thread in threads]
    assert (f">{one}<" in shown[0], f">{two}<" in shown[1]) == (True, True)


@on_sqlite
@pytest.mark.parametrize(
    ("accepted", "title"),
    [
        ("da-DK,da;q=0.9,en;q=0.8", "Her er ingenting"),
        ("sv-SE,sv;q=0.9,en;q=0.8", "Här finns inget"),
        ("nl-BE,nl;q=0.9,en;q=0.8", "Hier is niets"),
    ],
)
def test_error_page_speaks_the_language_of_the_browser(accepted, title, client):
    page = client.get("/nowhere", headers={"Accept-Language": accepted})
    assert (page.status_code, language_of(page), f"<h1>{title}</h1>" in page.text) == (404, accepted[:2], True)


@on_sqlite
@pytest.mark.parametrize(
    ("language", "link"),
    [("da", "Åbn i en ny fane"), ("sv", "Öppna i en ny flik"), ("nl", "Openen in een nieuw tabblad")],
)
def test_new_tab_page_speaks_the_language_of_the_launch(language, link, platform, session, app):
    def launched_in(draft) -> str:
        draft.claims[claims.LAUNCH_PRESENTATION] = {"locale": language, "document_target": "iframe"}
        return draft.token()

    make.platform(session, **platform.registration)
    session.commit()
    login = platform.login(app.test_client())
    page = platform.launch(app.test_client(), make=launched_in, login=login)  # a browser that has kept nothing
    assert (page.status_code, language_of(page), f"<span>{link}</span>" in page.text) == (200, language, True)


@on_sqlite
@pytest.mark.parametrize(
    ("language", "sentence"),
    [("da", "Giv den en titel."), ("sv", "Ge den en rubrik."), ("nl", "Geef het een titel.")],
)
def test_what_is_wrong_with_a_form_is_told_in_the_language(language, sentence, enter, session, ana):
    page = enter(ana, make.activity(session, course=ana.course), language).post("/threads", title=" ", body="Hello.")
    assert (page.status_code, sentence in page.text) == (422, True)


@on_sqlite
@pytest.mark.parametrize(
    ("form", "typed", "told"),
    [
        (NameForm, {"name": " "}, {"name": ["Geef het een naam."]}),
        (NameForm, {"name": "x" * 121}, {"name": ["Schrijf hoogstens 120 tekens."]}),
        (InviteForm, {"note": "x" * 121}, {"note": ["Schrijf hoogstens 120 tekens."]}),
        (InviteForm, {"days": ""}, {"days": ["Schrijf een aantal dagen van 1 tot 60."]}),
        (InviteForm, {"days": "61"}, {"days": ["Schrijf een aantal dagen van 1 tot 60."]}),
    ],
)
def test_what_is_wrong_with_an_administrator_s_form_is_told_in_the_language(form, typed, told, app):
    with app.test_request_context(headers={"Accept-Language": "nl"}), pytest.raises(ValidationError) as refused:
        form().load(typed)
    assert refused.value.messages == told
