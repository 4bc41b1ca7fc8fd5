"""Entries that are written as their form would, and what pages say."""

import datetime as dt
import html
import re
import uuid

from connector.pool import services
from connector.pool.making import Text
from tests import make

YEAR = dt.timedelta(days=365)


def text_of(page):
    body = page.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def write(session, activity, by, title="Where the keys are", body="At the desk.", **more):
    at = more.pop("review_at", make.NOW + YEAR)
    text = Text(title=title, body=body, **more)
    return services.write(session, activity, by, text, review_at=at, key=uuid.uuid4(), now=make.NOW)
