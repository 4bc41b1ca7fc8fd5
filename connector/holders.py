"""Every folder that holds something of people: for the pages about personal data, and for whoever erases somebody."""

from connector.activities.holders import Holder
from connector.authoring import privacy as authoring
from connector.content import privacy as content
from connector.expert_qa import privacy as expert_qa
from connector.experts import privacy as experts
from connector.grades import privacy as grades
from connector.guests import privacy as guests
from connector.moderation import privacy as moderation
from connector.notebook import privacy as notebook
from connector.notifications import privacy as notices
from connector.participation import privacy as participation
from connector.peer_review import privacy as peer_review
from connector.pool import privacy as pool
from connector.privacy import holdings as privacy
from connector.reactions import privacy as reactions
from connector.reports import privacy as reports
from connector.routing import privacy as routing
from connector.threads import privacy as threads

HOLDERS: tuple[Holder, ...] = (
    privacy.HOLDER,
    pool.HOLDER,  # takes names out of its texts, and lets them be found without
    threads.HOLDER,  # before the content's, which knows nothing of what is searched
    content.HOLDER,
    moderation.HOLDER,
    participation.HOLDER,
    grades.HOLDER,
    experts.HOLDER,
    routing.HOLDER,
    Holder(list_holdings=notices.list_of, forget=notices.forget),
    Holder(list_holdings=peer_review.list_of, forget=peer_review.forget),
    Holder(list_holdings=expert_qa.list_of, forget=expert_qa.forget),
    Holder(list_holdings=reactions.list_of, forget=reactions.forget),
    reports.HOLDER,
    Holder(list_holdings=notebook.list_of, forget=notebook.forget),
    guests.HOLDER,
    authoring.HOLDER,
)
