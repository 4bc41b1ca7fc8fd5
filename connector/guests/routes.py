"""The pages of a guest, whole: what the application takes in."""

from connector.guests import own_views, writing_views
from connector.guests.guest_views import blueprint

__all__ = ["blueprint", "own_views", "writing_views"]
