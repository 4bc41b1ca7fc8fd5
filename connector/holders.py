"""Every folder that holds something of people: for the pages about personal data, and for whoever erases somebody."""

from connector.activities.holders import Holder
from connector.content import privacy as content
from connector.notifications import privacy as notices
from connector.privacy import holdings as privacy

HOLDERS: tuple[Holder, ...] = (
    privacy.HOLDER,
    content.HOLDER,
    Holder(list_holdings=notices.list_of, forget=notices.forget),
)
