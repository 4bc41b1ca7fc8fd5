"""Questions to experts, as pages for a whole course and the picker see them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from connector.activities.kinds import Holding, KindParts
from connector.activities.models import Kind
from connector.courses.models import Person
from connector.expert_qa import beginnings
from connector.expert_qa.copying import copy_settings
from connector.threads.ruling import begin_rules
from connector.threads.writings import count_news
from connector.web.i18n import gettext as _


def _list_holdings(session: Session, person: Person) -> Sequence[Holding]:
    """Return nothing: what was written is listed with discussions', and what is beside it by the folder's holder."""
    del session, person
    return ()


PARTS = KindParts(
    kind=Kind.EXPERT_QA,
    icon="question",
    label=lambda: _("Ask experts"),
    about=lambda: _("Everybody can ask. Questions find their way to those who know; answers stay to be found again."),
    ideas=beginnings.ideas,
    count_news=count_news,
    list_holdings=_list_holdings,
    copy_settings=copy_settings,
    begin=begin_rules,
    tell=beginnings.tell,
    clear=beginnings.clear,
)
