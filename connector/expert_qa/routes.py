"""All pages about questions: importing this adds them to the blueprint."""

from connector.expert_qa import hour_views, lead_views, question_views, views
from connector.expert_qa.pages import blueprint

__all__ = ["blueprint", "hour_views", "lead_views", "question_views", "views"]
