"""Every page of the directory, on one blueprint."""

from connector.experts import taking_views, topic_views, views  # noqa: F401 -- they add their pages
from connector.experts.pages import blueprint

__all__ = ["blueprint"]
