"""The Statement Resource: store statements, and find them again."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response
from werkzeug.datastructures import LanguageAccept

from xapi.schema import Version
from xapi.store import definitions, rendering, strictjson, times
from xapi.store.config import READ, WRITE, Credential, StoreConfig
from xapi.store.drafts import draft, drafts
from xapi.store.errors import (
    BadRequestError,
    ForbiddenError,
    MethodNotAllowedError,
    NotFoundError,
    NotKeptError,
)
from xapi.store.query import ListQuery, SingleQuery, fetch, read_query
from xapi.store.requests import Call, require_json
from xapi.store.storage import Storage
from xapi.store.validation import Validator

_JSON = "application/json"


class StatementResource:
    """Answers calls of `statements`.

    Source: xAPI 1.0.3, Communication, 2.1.
    """

    def __init__(self, storage: Storage, config: StoreConfig) -> None:
        self._storage = storage
        self._config = config
        self._validator = Validator()
        self._path = f"{urlsplit(config.public_url).path.rstrip('/')}{config.base_path}/statements"

    def answer(
        self, call: Call, credential: Credential, version: Version, *, latest: int, languages: LanguageAccept
    ) -> Response:
        """Return the answer to a call.

        Args:
            latest: A time up to which everything stored can be read, in microseconds since 1970.
            languages: In which the sender would like to read.

        Raises:
            RequestError: What is asked for cannot be done; the class says why.
            InvalidStatementError: A statement that was sent breaks the specification.
        """
        if call.method not in {"GET", "HEAD", "PUT", "POST"}:
            raise MethodNotAllowedError("Statements cannot be deleted: they can be voided.")
        scope = READ if call.method in {"GET", "HEAD"} else WRITE
        if not credential.may(scope):
            raise ForbiddenError(f"These credentials lack the scope {scope}.")
        if scope == READ:
            response = self._get(call, version, latest=latest, languages=languages)
            return Response(headers=response.headers) if call.is_form and call.method == "HEAD" else response
        require_json(call)
        authority = {
            "objectType": "Agent",
            "account": {"homePage": self._config.public_url, "name": credential.name},
        }
        return self._put(call, version, authority) if call.method == "PUT" else self._post(call, version, authority)

    def _put(self, call: Call, version: Version, authority: dict[str, Any]) -> Response:
        if set(call.parameters) != {"statementId"}:
            raise BadRequestError("A PUT has the parameter statementId, and no other.")
        statement = strictjson.parse(call.body)
        statement_id = call.parameters["statementId"]
        self._storage.add(
            [
                draft(
                    statement,
                    version=version,
                    authority=authority,
                    validator=self._validator,
                    statement_id=statement_id,
                )
            ]
        )
        return Response(status=204)

    def _post(self, call: Call, version: Version, authority: dict[str, Any]) -> Response:
        if call.parameters:
            raise BadRequestError(f"A POST of statements has no parameter {next(iter(call.parameters))!r}.")
        ready = drafts(strictjson.parse(call.body), version=version, authority=authority, validator=self._validator)
        self._storage.add(ready)
        return Response(strictjson.serialize([one.id for one in ready]), mimetype=_JSON)

    def _get(self, call: Call, version: Version, *, latest: int, languages: LanguageAccept) -> Response:
        query = read_query(
            call.parameters,
            version=version,
            latest=latest,
            default_page=self._config.default_page,
            max_page=self._config.max_page,
        )
        if call.parameters.get("attachments") == "true":
            raise NotKeptError("the data of attachments")
        if isinstance(query, SingleQuery):
            return self._get_one(query, languages)
        return self._get_page(query, version, languages)

    def _get_one(self, query: SingleQuery, languages: LanguageAccept) -> Response:
        row = self._storage.find(query.statement_id, voided=query.voided)
        if row is None:
            which = "voided statement" if query.voided else "statement, or it has been voided,"
            raise NotFoundError(f"There is no {which} with the id {query.statement_id}.")
        stored, body = row
        with self._storage.database.read() as connection:
            text = rendering.render(
                body, query.format, known=lambda key: definitions.known(connection, key), languages=languages
            )
        response = Response(text, mimetype=_JSON)
        response.last_modified = times.moment_of(stored)
        return response

    def _get_page(self, query: ListQuery, version: Version, languages: LanguageAccept) -> Response:
        with self._storage.database.read() as connection:
            page = fetch(connection, query)
            bodies = [
                rendering.render(
                    body, query.format, known=lambda key: definitions.known(connection, key), languages=languages
                )
                for _, body in page.rows
            ]
        more = strictjson.serialize(f"{self._path}?{page.more}" if page.more else "")
        response = Response(f'{{"statements":[{",".join(bodies)}],"more":{more}}}', mimetype=_JSON)
        if version == "2.0.0" and page.rows:  # IEEE 9274.1.1 asks for it on lists too
            response.last_modified = times.moment_of(max(stored for stored, _ in page.rows))
        return response
