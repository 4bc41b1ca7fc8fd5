"""All pages of the pool: importing this adds them to the blueprint."""

from connector.pool import edit_views, taking_views, views
from connector.pool.pages import blueprint

__all__ = ["blueprint", "edit_views", "taking_views", "views"]
