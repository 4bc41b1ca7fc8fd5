"""What people are called in a peer review: the only way to an author's or a reviewer's name."""

from connector.courses.models import Membership
from connector.courses.people import name_of
from connector.peer_review.models import Review, Submission
from connector.peer_review.setup_models import Anonymity
from connector.web.i18n import gettext as _


def author_name(work: Submission, viewer: Membership, anonymity: Anonymity) -> str:
    """Return what a viewer may call the author of a piece of work."""
    if viewer.is_staff or work.author_id == viewer.id or anonymity is not Anonymity.DOUBLE:
        return name_of(work.author)
    return _("Author")


def reviewer_name(review: Review, viewer: Membership, anonymity: Anonymity) -> str:
    """Return what a viewer may call a reviewer; the number stays the same all through one piece of work."""
    if viewer.is_staff or review.reviewer_id == viewer.id or anonymity is Anonymity.NONE:
        return name_of(review.reviewer)
    return _("Reviewer %(number)s", number=review.number or 1)
