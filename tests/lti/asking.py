"""What a platform is asked for where it does not matter what."""

from typing import Any

from lti.service import Service
from tests.lti.server import Platform

SCOPES = ("scope-1",)
MEDIA = "application/vnd.ims.lis.v2.lineitem+json"


def get(service: Service, lms: Platform, path: str = "/thing") -> Any:
    return service.request("GET", lms.url + path, scopes=SCOPES, accept=MEDIA).json()
