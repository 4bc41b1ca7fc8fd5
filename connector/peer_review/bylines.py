"""What people are called in a peer review: the only way to an author's or a reviewer's name."""

from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.peer_review.models.reviews import Review, Submission
from connector.peer_review.models.setup import Anonymity
from connector.web.i18n import gettext as _


def work_title(work: Submission) -> str:
    """Return whose work it is, for who may know it: a group's name, or a person's."""
    return work.group.name if work.group is not None else name_of(work.author)


def review_title(review: Review) -> str:
    """Return whose review it is, for who may know it: a group's name, or a person's."""
    return review.group.name if review.group is not None else name_of(review.reviewer)


def author_name(work: Submission, viewer: Membership, anonymity: Anonymity) -> str:
    """Return what a viewer may call the author of a piece of work; a group's name is a name as well."""
    if viewer.is_staff or viewer.id in work.author_ids or anonymity is not Anonymity.DOUBLE:
        return work_title(work)
    return _("Author")


def reviewer_name(review: Review, viewer: Membership, anonymity: Anonymity) -> str:
    """Return what a viewer may call a reviewer; the number stays the same all through one piece of work."""
    is_own = review.reviewer_id == viewer.id and review.group_id is None
    if viewer.is_staff or is_own or anonymity is Anonymity.NONE:
        return review_title(review)
    return _("Reviewer %(number)s", number=review.number or 1)
