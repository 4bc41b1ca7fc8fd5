"""A sandbox, a tool that it knows, and a browser in front of it."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from lti.sandbox.app import SandboxConfig, create_app
from lti.sandbox.modes import ModeName
from tests.lti.sandbox.tool import Tool

URL = "http://127.0.0.1:8001"
TOKEN_URL = f"{URL}/token"


@pytest.fixture(scope="session")
def served_tool() -> Iterator[Tool]:
    tool = Tool()
    server = make_server("127.0.0.1", 0, tool.app, threaded=True)
    tool.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield tool
    server.shutdown()
    thread.join()


@pytest.fixture
def tool(served_tool: Tool) -> Iterator[Tool]:
    """The tool; whatever a test does to its keys is undone."""
    key, key_set = served_tool.key, served_tool.key_set
    yield served_tool
    served_tool.key, served_tool.key_set = key, key_set


@pytest.fixture(scope="session")
def _fresh_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a first start leaves behind: copied, because making keys takes longer than most tests."""
    folder = tmp_path_factory.mktemp("sandbox")
    create_app(SandboxConfig(url=URL, tool_url="http://localhost", data=folder))
    return folder


@pytest.fixture
def mode() -> ModeName:
    """The LMS that the sandbox behaves like; a test asks for another by parametrizing `mode`."""
    return "plain"


@pytest.fixture
def config(tool: Tool, mode: ModeName, _fresh_folder: Path, tmp_path: Path) -> SandboxConfig:
    data = shutil.copytree(_fresh_folder, tmp_path / "sandbox")
    return SandboxConfig(url=URL, tool_url=tool.url, data=data, mode=mode)


@pytest.fixture
def app(config: SandboxConfig) -> Flask:
    return create_app(config)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[[str], FlaskClient]:
    """Return a function that makes the browser somebody's."""

    def sign_in(person_id: str) -> FlaskClient:
        assert client.get(f"/login/as/{person_id}").status_code == 302
        return client

    return sign_in


@pytest.fixture
def authorize(client: FlaskClient, tool: Tool) -> Callable[..., dict[str, str]]:
    """Return a function that gets a token with the scopes, as the headers of a request."""

    def authorize(*scopes: str) -> dict[str, str]:
        answer = client.post("/token", data=tool.token_request(TOKEN_URL, *scopes))
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {json.loads(answer.text)['access_token']}"}

    return authorize


@pytest.fixture
def launched(client: FlaskClient, tool: Tool) -> Callable[..., dict[str, Any]]:
    """Return a function that launches from that address and returns the id_token's claims."""

    def launched(start: str, *, by: Tool | None = None) -> dict[str, Any]:
        the_tool = by or tool
        request = the_tool.authentication_request(client.get(start))
        return the_tool.id_token(client, client.get("/auth", query_string=request))

    return launched


@pytest.fixture
def invite(sign_in: Callable[[str], FlaskClient], tool: Tool) -> Callable[..., dict[str, str]]:
    """Return a function that has the administrator open the tool's registration page, and gives the token's header."""

    def invite(path: str = "/admin/tools/registration", **form: str) -> dict[str, str]:
        page = sign_in("lotte").post(path, data={"url": f"{tool.url}/register", **form})
        assert page.status_code == 200
        token = page.text.partition("registration_token=")[2].partition('"')[0]
        return {"Authorization": f"Bearer {token}"}

    return invite


@pytest.fixture
def register(client: FlaskClient, tool: Tool, invite: Callable[..., dict[str, str]]) -> Callable[..., TestResponse]:
    """Return a function that registers the tool, and gives the answer."""

    def register(**changes: Any) -> TestResponse:
        return client.post("/registration", json=tool.registration_request(**changes), headers=invite())

    return register


@pytest.fixture(scope="session")
def base_url() -> None:
    """Stand in for pytest-playwright 0.10's own, which is a method; pytest 9.2 warns of that, and warnings are errors."""
