"""The cast: who learns, teaches and watches at North Sea Academy."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from lti import claims

Locale = Literal["da", "sv", "nl", "en"]


@dataclass(frozen=True)
class Role:
    """What somebody is in a course, in the LMS's words and in LTI's."""

    title: str
    uris: tuple[str, ...]
    is_graded: bool = False
    """Whether people with this role have a row in the gradebook."""
    sees_all_grades: bool = False
    edits: bool = False
    """Whether people with this role add activities, copy courses and change grades."""


TRAINER = Role("Trainer", (claims.ROLE_INSTRUCTOR,), sees_all_grades=True, edits=True)
# A sub-role goes together with its principal role, as the core specification recommends in A.2.3.
ASSISTANT = Role("Teaching assistant", (claims.ROLE_INSTRUCTOR, claims.ROLE_TEACHING_ASSISTANT), sees_all_grades=True)
LEARNER = Role("Learner", (claims.ROLE_LEARNER,), is_graded=True)
OBSERVER = Role("Observer", (claims.ROLE_MENTOR,))
TEST_STUDENT = Role("Test student", (claims.ROLE_LEARNER, claims.ROLE_TEST_USER), is_graded=True)
ADMINISTRATOR = Role(
    "Administrator",
    (claims.ROLE_INSTITUTION_ADMINISTRATOR, claims.ROLE_SYSTEM_ADMINISTRATOR),
    sees_all_grades=True,
    edits=True,
)
"""Enrolled nowhere: opens every course, and stands in no roster."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account; `id` is also the `sub` that tools see."""

    id: str
    given_name: str
    family_name: str
    locale: Locale
    role: Role
    place: str

    @property
    def name(self) -> str:
        """The name in full."""
        return f"{self.given_name} {self.family_name}"

    @property
    def email(self) -> str:
        """An address that no mail server will ever take."""
        return f"{self.id}@northsea.example"

    @property
    def initials(self) -> str:
        """What stands in the round picture beside the name."""
        return f"{self.given_name[0]}{self.family_name[0]}".upper()

    @property
    def is_administrator(self) -> bool:
        """Whether this person runs the LMS."""
        return self.role is ADMINISTRATOR


_CAST = (
    Person("ingrid", "Ingrid", "Sjöström", "sv", TRAINER, "Malmö"),
    Person("pieter", "Pieter-Jan", "van den Bogaerde", "nl", TRAINER, "Gent"),
    Person("mathilde", "Mathilde", "Nørregaard", "da", ASSISTANT, "Aarhus"),
    Person("freja", "Freja", "Østergaard", "da", LEARNER, "Odense"),
    Person("rasmus", "Rasmus", "Holm Kjær", "da", LEARNER, "København"),
    Person("soren", "Søren", "Bæk-Thomsen", "da", LEARNER, "Aalborg"),
    Person("asa", "Åsa", "Lindqvist", "sv", LEARNER, "Göteborg"),
    Person("bjorn", "Björn", "Åkerström", "sv", LEARNER, "Umeå"),
    Person("linnea", "Linnéa", "Wallgren", "sv", LEARNER, "Uppsala"),
    Person("daan", "Daan", "de Vries", "nl", LEARNER, "Groningen"),
    Person("fatima", "Fatima", "El Yaâkoubi", "nl", LEARNER, "Rotterdam"),
    Person("willemijn", "Willemijn", "van der Schoot-van Zuylekom", "nl", LEARNER, "'s-Hertogenbosch"),
    Person("anais", "Anaïs", "Vandenbroucke", "nl", LEARNER, "Kortrijk"),
    Person("maximiliaan", "Maximiliaan-Alexander", "Van Overstraeten de Clippeleir", "nl", LEARNER, "Sint-Niklaas"),
    Person("amelia", "Amelia", "Okafor-Jensen", "en", LEARNER, "København"),
    Person("karel", "Karel", "Mertens", "nl", OBSERVER, "Antwerpen"),
    Person("teststudent", "Test", "Student", "en", TEST_STUDENT, ""),
    Person("lotte", "Lotte", "Bruun Andersen", "en", ADMINISTRATOR, "Esbjerg"),
)

PEOPLE = MappingProxyType({person.id: person for person in _CAST})
"""Everybody, by id, in the order in which pages list them."""

OBSERVED = MappingProxyType({"karel": ("anais",)})
"""Whom observers watch over."""

_GIVEN = ("Alva", "Bo", "Clara", "Dirk", "Elif", "Finn", "Greet", "Håkan", "Ida", "Jonas", "Karin", "Lars")
_FAMILY = ("Smith & Sons", "Ek", "O'Brien", "Visser", "Lund", "<Jansen>", "Berg", "Maes", "Holm", "Dahl")
_GENERATED = re.compile(r"member-([1-9][0-9]{0,4})")


def generated_people(number: int) -> list[Person]:
    """Return so many learners whom nobody wrote, for courses of any size; some names have characters of HTML in them."""
    return [_generated(at) for at in range(1, number + 1)]


def find_person(person_id: str) -> Person | None:
    """Return the person of that id, generated or of the cast; or None."""
    found = _GENERATED.fullmatch(person_id)
    return _generated(int(found[1])) if found else PEOPLE.get(person_id)


def _generated(at: int) -> Person:
    given, family = _GIVEN[at % len(_GIVEN)], _FAMILY[at % len(_FAMILY)]
    return Person(f"member-{at}", given, f"{family} {at}", "en", LEARNER, "")
