"""The set-up of a peer review in words: for the log of a course's settings, and for who looks at it before it is published."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from connector.activities.changes import Told, Value, moment, number, one_of, text, yes_no
from connector.activities.models import Activity
from connector.courses.models import GroupSet
from connector.peer_review.models.setup import Anonymity, Late, Product, SecondRound, Unit
from connector.peer_review.rubrics import find_rubric
from connector.peer_review.rules import get_rules
from connector.peer_review.views.pages import giving_names, grouping_names, method_names, product_names
from connector.web.i18n import gettext as _
from connector.web.i18n import ngettext

PART = "review"
_NAMES = (
    "product",
    "unit",
    "reviews_each",
    "needed",
    "due_at",
    "reviews_due_at",
    "second_round",
    "revision_due_at",
    "second_due_at",
    "late",
    "has_reminders",
    "has_self_review",
    "shows_others",
    "anonymity",
    "grouping",
    "giving",
    "method",
    "reviewing_maximum",
    "keep_days",
)


def read_setup(session: Session, activity: Activity) -> Mapping[str, Value]:
    """Return the rules and the criteria of a peer review, by name."""
    rules, rubric = get_rules(session, activity), find_rubric(session, activity)
    group_set = session.get(GroupSet, rules.group_set_id) if rules.group_set_id else None
    return {
        **{name: getattr(rules, name) for name in _NAMES},
        "group_set": group_set.name if group_set else None,
        "criteria": "; ".join(each.title for each in rubric.criteria) if rubric else None,
        "levels": "; ".join(
            f"{each.title}: {', '.join(str(level['label']) for level in each.levels)} ×{each.weight:g}"
            for each in rubric.criteria
        )
        if rubric
        else None,
    }


def told_setup() -> Mapping[str, Told]:
    """Return each of it in words."""
    unit = {Unit.PERSON.value: _("Each person"), Unit.GROUP.value: _("Each group")}
    rounds = {
        SecondRound.NONE.value: _("No"),
        SecondRound.BRIEF.value: _("Yes, from what was said"),
        SecondRound.FULL.value: _("Yes, all criteria anew"),
    }
    late = {
        Late.ACCEPT.value: _("Counts, and is marked late"),
        Late.APPROVE.value: _("Waits until a trainer accepts it"),
        Late.REFUSE.value: _("Does not count"),
    }
    hidden = {
        Anonymity.NONE.value: _("Nobody"),
        Anonymity.SINGLE.value: _("Reviewers from authors"),
        Anonymity.DOUBLE.value: _("Authors and reviewers from each other"),
    }
    return {
        "product": Told(_("What is handed in"), one_of({key.value: name for key, name in product_names().items()})),
        "unit": Told(_("Who hands in"), one_of(unit)),
        "group_set": Told(_("Which groups hand in"), text),
        "reviews_each": Told(_("Reviews that each writes"), number("0")),
        "needed": Told(_("Reviews that are enough"), number("0")),
        "due_at": Told(_("Hand in by"), moment),
        "reviews_due_at": Told(_("Review by"), moment),
        "second_round": Told(_("A second round"), one_of(rounds)),
        "revision_due_at": Told(_("Hand in what is revised by"), moment),
        "second_due_at": Told(_("Review again by"), moment),
        "late": Told(_("What comes late"), one_of(late)),
        "has_reminders": Told(_("Reminders"), yes_no),
        "has_self_review": Told(_("Authors review their own work"), yes_no),
        "shows_others": Told(_("Reviewers read each other's reviews"), yes_no),
        "anonymity": Told(_("Who is hidden"), one_of(hidden)),
        "grouping": Told(_("Groups in reviewing"), one_of({key.value: name for key, name in grouping_names().items()})),
        "giving": Told(_("How work is given out"), one_of({key.value: name for key, name in giving_names().items()})),
        "method": Told(_("From reviews to a grade"), one_of({key.value: name for key, name in method_names().items()})),
        "reviewing_maximum": Told(_("Points for reviewing"), number(_("Not graded"))),
        "keep_days": Told(_("Days that texts are kept"), number(_("For good"))),
        "criteria": Told(_("Criteria"), text),
        "levels": Told(_("Levels and weights of the criteria"), text),
    }


def tell_setup(session: Session, activity: Activity) -> Sequence[str]:
    """Return how a peer review goes for a learner, a sentence each."""
    rules, rubric = get_rules(session, activity), find_rubric(session, activity)
    if rules.product is Product.PRACTICE:
        return [
            _("Judge examples by the criteria, and see how your trainer judged them, and why. Nothing is handed in.")
        ]
    told = [
        ngettext(
            "Hand in your work, then review %(num)s colleague's.",
            "Hand in your work, then review %(num)s colleagues'.",
            rules.reviews_each,
        )
    ]
    hidden = {
        Anonymity.NONE: _("You see whose work you review, and who reviews yours."),
        Anonymity.SINGLE: _("You do not see who reviews your work."),
        Anonymity.DOUBLE: _("You do not see whose work you review, nor who reviews yours."),
    }
    told.append(hidden[rules.anonymity])
    if rubric is not None:
        titles = ", ".join(f"“{each.title}”" for each in rubric.criteria)
        told.append(_("Reviewers look at: %(criteria)s.", criteria=titles))
    if rules.second_round is not SecondRound.NONE:
        told.append(_("After the feedback you hand in a better version, and the same people look at what changed."))
    return told
