"""Every folder that holds something of people: for the pages about personal data, and for whoever erases somebody."""

from connector.activities.holders import Holder
from connector.content import privacy as content
from connector.notifications import privacy as notices
from connector.peer_review import privacy as peer_review
from connector.privacy import holdings as privacy
from connector.reactions import privacy as reactions

HOLDERS: tuple[Holder, ...] = (
    privacy.HOLDER,
    content.HOLDER,
    Holder(list_holdings=notices.list_of, forget=notices.forget),
    Holder(list_holdings=peer_review.list_of, forget=peer_review.forget),
    Holder(list_holdings=reactions.list_of, forget=reactions.forget),
)
