"""What the pages of a peer review begin with: the way in, and words that they share."""

import uuid

from sqlalchemy.orm import Session

from connector.activities.models import Activity, Kind
from connector.activities.services import get_activity
from connector.courses.access import current_member
from connector.courses.models import Membership
from connector.peer_review.aggregation.guard import Method
from connector.peer_review.aggregation.reviewers import Band, Remark
from connector.peer_review.allocation.choice import Rank
from connector.peer_review.allocation.problem import GroupMode, Notice
from connector.peer_review.models.setup import Anonymity, CriterionKind, Giving, PeerReview, Product, Unit
from connector.web.errors import NotFoundError
from connector.web.i18n import gettext as _
from connector.web.pages import in_words
from connector.web.sessions import launch_blueprint

blueprint = launch_blueprint("peer_review", __name__, url_prefix="/s/<sid>/peer_reviews/<uuid:activity_id>")
"""All pages of a peer review; the modules whose names end in `views` add theirs."""


def enter(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity]:
    """Return who asks, and the peer review.

    Raises:
        NotFoundError: There is no such peer review in the member's course.
    """
    member = current_member(session)
    return member, get_activity(session, member, activity_id, Kind.PEER_REVIEW)


def lead(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity]:
    """Return who asks, and the peer review.

    Raises:
        NotFoundError: They do not lead the course.
    """
    member, activity = enter(session, activity_id)
    if not member.is_staff:
        raise NotFoundError
    return member, activity


def take_part(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity]:
    """Return who asks, and the peer review.

    Raises:
        NotFoundError: They lead the course, or may only look on.
    """
    member, activity = enter(session, activity_id)
    if member.is_staff or not member.can_write:
        raise NotFoundError
    return member, activity


def write_review(session: Session, activity_id: uuid.UUID) -> tuple[Membership, Activity]:
    """Return who asks, and the peer review; which review is theirs is looked at with it. Who leads the course may have been
    asked for one.

    Raises:
        NotFoundError: They may only look on.
    """
    member, activity = enter(session, activity_id)
    if not member.can_write:
        raise NotFoundError
    return member, activity


def promise(anonymity: Anonymity, *, of_reviewer: bool, of_group: bool = False) -> str:
    """Return who sees a name, for whoever is about to send something.

    Args:
        of_reviewer: Whether it is a reviewer who asks; otherwise an author.
        of_group: Whether a group reviews together.
    """
    if of_reviewer and of_group:
        return {
            Anonymity.NONE: _("The author sees the name of your group with this review; the trainers do as well."),
            Anonymity.SINGLE: _("The author sees neither your names nor your group's. The trainers see them."),
            Anonymity.DOUBLE: _(
                "The author sees neither your names nor your group's, and you do not see theirs. The trainers see all names."
            ),
        }[anonymity]
    if of_reviewer:
        return {
            Anonymity.NONE: _("The author sees your name with this review; so do the trainers."),
            Anonymity.SINGLE: _("The author sees this review without your name. The trainers see it."),
            Anonymity.DOUBLE: _(
                "The author sees this review without your name, and you do not see theirs. The trainers see both."
            ),
        }[anonymity]
    return {
        Anonymity.NONE: _("Your reviewers see your name, and you see theirs; so do the trainers."),
        Anonymity.SINGLE: _("Your reviewers see your name; you do not see theirs. The trainers see both."),
        Anonymity.DOUBLE: _(
            "Your reviewers do not see your name, nor you theirs. Files get neutral names, and what pictures, PDFs and office "
            "documents tell about their author is removed. Do not name yourself in the text. The trainers see all names."
        ),
    }[anonymity]


def read_by_others(found: PeerReview) -> str:
    """Return that other reviewers read what a reviewer writes, where they do; nothing where they do not."""
    if not found.shows_others:
        return ""
    if found.anonymity is Anonymity.NONE:
        return _("Once all results are shown, others who reviewed the same work read it as well.")
    return _("Once all results are shown, others who reviewed the same work read it as well, without your name.")


def promise_kept(found: PeerReview, *, of_reviewer: bool) -> str:
    """Return who sees a name, and from when on, for whoever has sent something: what was promised before stays in sight.

    Args:
        of_reviewer: Whether it is a reviewer who asks; otherwise an author.
    """
    of_group = found.reviewed_by is Unit.GROUP
    said = promise(found.anonymity, of_reviewer=of_reviewer, of_group=of_group)
    if not of_reviewer:
        return said
    said = " ".join(filter(None, [said, read_by_others(found)]))
    if found.reviews_due_at is None:
        when = _("Authors read it once there are enough reviews.")
    else:
        at = in_words(found.reviews_due_at)
        when = _("Authors read it once there are enough reviews, and on %(time)s at the latest.", time=at)
    return f"{said} {when}"


def product_names() -> dict[Product, str]:
    """Return what may be handed in, in words."""
    return {
        Product.TEXT: _("A text, with files if they like"),
        Product.FILES: _("Files"),
        Product.LINK: _("A link"),
        Product.NOTHING: _("Nothing here: it is shown elsewhere"),
        Product.PRACTICE: _("No work: they only practise judging, on your examples"),
    }


def criterion_names() -> dict[CriterionKind, str]:
    """Return the kinds of criteria in words."""
    return {
        CriterionKind.LEVELS: _("Levels with words"),
        CriterionKind.SCALE: _("Scale from 1 up"),
        CriterionKind.YES_NO: _("Yes or no"),
        CriterionKind.COMMENT: _("Words only"),
    }


def method_names() -> dict[Method, str]:
    """Return the ways from reviews to a grade, in words."""
    return {
        Method.MEAN: _("The mean of the reviews"),
        Method.MEDIAN: _("The median of the reviews"),
        Method.MODEL: _("A model that allows for strict and careless reviewers"),
        Method.AUTOMATIC: _("The model where it has earned it, else the mean"),
    }


def grouping_names() -> dict[GroupMode, str]:
    """Return what groups mean for who reviews whom, in words."""
    return {
        GroupMode.ANY: _("Anybody reviews anybody"),
        GroupMode.OUTSIDE: _("Nobody reviews their own group"),
        GroupMode.WITHIN: _("Only people of one group review each other"),
    }


def giving_names() -> dict[Giving, str]:
    """Return how reviewers get work, in words."""
    return {
        Giving.ON_DEMAND: _("One at a time: whoever is ready gets the work that needs it most"),
        Giving.BATCH: _("All at once: you distribute it when you like"),
    }


def reasons_why() -> dict[str, str]:
    """Return why somebody got a piece of work, in words, by what is stored."""
    return {
        Rank.MUST.value: _("You wanted it so"),
        Rank.FEWEST.value: _("It had the fewest reviews"),
        Rank.NOT_RECIPROCAL.value: _("Its author does not review them"),
        Rank.NOT_MET.value: _("They had not reviewed its author lately"),
        Rank.READS_LANGUAGE.value: _("They read its language"),
        Rank.GAVE_MOST.value: _("Its author had given most reviews"),
        Rank.HANDED_IN_FIRST.value: _("It was handed in first"),
        Rank.LOT.value: _("By lot"),
        "again": _("They reviewed it in the first round"),
        "batch": _("Distributed with all others"),
        "self": _("Their own work"),
        "check": _("A hidden spot-check"),
        "expert": _("Asked as an expert"),
        "drafted": _("Drafted by somebody, sent by an expert"),
    }


def notice_words() -> dict[str, str]:
    """Return what there is to say about a distribution, by what is stored."""
    return {
        Notice.NOT_BLIND.value: _("With two people each knows who reviews them."),
        Notice.QUOTA_LOWERED.value: _("There is less work than reviews were asked for: everybody writes fewer."),
        Notice.MUTUAL.value: _("Some review each other: so few take part, or so much is excluded."),
        Notice.UNBALANCED.value: _("The rules allow no distribution in which all get equally many."),
        Notice.SHORT.value: _("Some get fewer reviews than are needed."),
    }


def band_words() -> dict[str, str]:
    """Return how well somebody reviews, in words, by what is computed."""
    return {
        Band.STRONG.value: _("Strong"),
        Band.SOLID.value: _("Solid"),
        Band.GROWING.value: _("Growing"),
        Band.WEAK.value: _("Weak"),
    }


def remark_words() -> dict[str, str]:
    """Return the reasons for that, in words."""
    return {
        Remark.STRICT.value: _("stricter than others"),
        Remark.LENIENT.value: _("more lenient than others"),
        Remark.UNSTEADY.value: _("now above, now below what others say"),
        Remark.FLAT.value: _("about the same for everything"),
        Remark.INATTENTIVE.value: _("some reviews seem not to be about the work"),
        Remark.NOT_USEFUL.value: _("authors found little use in them"),
        Remark.USEFUL.value: _("authors found them useful"),
        Remark.UNFINISHED.value: _("some are missing"),
        Remark.LATE.value: _("some were late"),
        Remark.FEW_REVIEWS.value: _("too few reviews to say much"),
    }
