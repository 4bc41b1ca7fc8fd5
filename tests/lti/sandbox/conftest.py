"""A sandbox, a tool that it knows, and a browser in front of it."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from lti.sandbox.app import SandboxConfig, create_app
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
    """The tool, with the key it had before whatever the test does to it."""
    key = served_tool.key
    yield served_tool
    served_tool.key = key


@pytest.fixture
def config(tool: Tool) -> SandboxConfig:
    return SandboxConfig(url=URL, tool_url=tool.url)


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
        return {"Authorization": f"Bearer {answer.get_json()['access_token']}"}

    return authorize
