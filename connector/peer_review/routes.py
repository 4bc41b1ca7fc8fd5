"""All pages of a peer review: importing this adds them to the blueprint."""

from connector.peer_review.views import (
    alike_views,
    board_views,
    example_views,
    exemplar_views,
    feedback_views,
    missing_views,
    passage_views,
    practice_views,
    preparing_views,
    review_views,
    revision_views,
    setup_views,
    work_views,
)
from connector.peer_review.views import learner_views as views
from connector.peer_review.views.pages import blueprint

__all__ = [
    "alike_views",
    "blueprint",
    "board_views",
    "example_views",
    "exemplar_views",
    "feedback_views",
    "missing_views",
    "passage_views",
    "practice_views",
    "preparing_views",
    "review_views",
    "revision_views",
    "setup_views",
    "views",
    "work_views",
]
