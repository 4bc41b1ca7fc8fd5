"""Discussions, as pages for a whole course and the picker see them."""

from connector.activities.kinds import KindParts
from connector.activities.models import Kind
from connector.discussion import beginnings
from connector.discussion.copying import copy_settings
from connector.threads.ruling import begin_rules
from connector.threads.writings import count_news, list_holdings
from connector.web.i18n import gettext as _

PARTS = KindParts(
    kind=Kind.DISCUSSION,
    icon="chat",
    label=lambda: _("Discuss"),
    about=lambda: _("Everybody can begin a thread and answer each other. All see what is new for them."),
    ideas=beginnings.ideas,
    count_news=count_news,
    list_holdings=list_holdings,
    copy_settings=copy_settings,
    begin=begin_rules,
    tell=beginnings.tell,
    clear=beginnings.clear,
)
