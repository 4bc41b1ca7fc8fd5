"""A store to call over HTTP, and statements to send to it."""

import json
import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import TestResponse

NAME, PASSWORD = "kring", "säkert: hemligt"
ANNA = {"objectType": "Agent", "mbox": "mailto:anna@example.org"}
BO = {"objectType": "Agent", "account": {"homePage": "https://lms.example.org", "name": "bo"}}
ASKED = "http://adlnet.gov/expapi/verbs/asked"
ANSWERED = "http://adlnet.gov/expapi/verbs/answered"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
QUESTION = "https://kring.example.org/questions/1"
COURSE = "https://kring.example.org/courses/1"
PATH = "/xAPI/statements"


def new_id() -> str:
    return str(uuid.uuid4())


def statement(**changes: Any) -> dict[str, Any]:
    """A statement that says little; a property that is changed to None is left out."""
    said = {
        "id": new_id(),
        "actor": ANNA,
        "verb": {"id": ASKED, "display": {"en": "asked"}},
        "object": {"objectType": "Activity", "id": QUESTION},
        "timestamp": "2026-03-01T12:00:00.000Z",
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def reference(target: str) -> dict[str, str]:
    return {"objectType": "StatementRef", "id": target}


def voiding(target: str, **changes: Any) -> dict[str, Any]:
    return statement(actor=BO, verb={"id": VOIDED}, object=reference(target), **changes)


class Lrs:
    def __init__(self, app: Flask) -> None:
        self.app = app
        self._client = app.test_client()

    def call(
        self,
        method: str,
        path: str = PATH,
        *,
        version: str | None = "1.0.3",
        auth: tuple[str, str] | None = (NAME, PASSWORD),
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        sent = {} if version is None else {"X-Experience-API-Version": version}
        return self._client.open(path, method=method, auth=auth, headers={**sent, **(headers or {})}, **options)

    def post(self, body: Any, **options: Any) -> TestResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.call("POST", data=data, content_type="application/json", **options)

    def put(self, statement_id: str, body: Any, **options: Any) -> TestResponse:
        path = f"{PATH}?{urlencode({'statementId': statement_id})}"
        return self.call("PUT", path, data=json.dumps(body), content_type="application/json", **options)

    def get(
        self, *, version: str | None = "1.0.3", headers: dict[str, str] | None = None, **parameters: Any
    ) -> TestResponse:
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        return self.call("GET", f"{PATH}?{urlencode(texts)}", version=version, headers=headers)

    def store(self, *statements: dict[str, Any], version: str = "1.0.3") -> list[str]:
        """Store statements, and return their ids."""
        response = self.post(list(statements), version=version)
        assert response.status_code == 200, response.text
        return response.json

    def one(self, statement_id: str, **parameters: Any) -> dict[str, Any]:
        response = self.get(statementId=statement_id, **parameters)
        assert response.status_code == 200, response.text
        return response.json

    def ids(self, **parameters: Any) -> list[str]:
        """The ids of the first page of what the filters find."""
        response = self.get(**parameters)
        assert response.status_code == 200, response.text
        return [found["id"] for found in response.json["statements"]]

    def walk(self, **parameters: Any) -> list[str]:
        """The ids of all pages."""
        response = self.get(**parameters)
        found = [one["id"] for one in response.json["statements"]]
        while response.json["more"]:
            response = self.call("GET", response.json["more"])
            assert response.status_code == 200, response.text
            found += [one["id"] for one in response.json["statements"]]
        return found
