"""What deploy/ says is what the application has: settings, programs, addresses, and one image for all of them."""

import dataclasses
import json
import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from connector.app import create_app
from connector.cli import main
from connector.config import Settings

DEPLOY = Path(__file__).parent.parent / "deploy"
KUBERNETES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
SETTING = re.compile(r"\bKRING_[A-Z_]+")
# Of the files themselves: Compose and the proxy put them into the settings.
OWN = {"KRING_HOST", "KRING_UPSTREAM"}


def settings():
    return {f"KRING_{field.name.upper()}" for field in dataclasses.fields(Settings)} | {"KRING_SECRET_KEY_FILE"}


def documents(path):
    return list(yaml.safe_load_all(path.read_text()))


def pods():
    for path in KUBERNETES:
        for each in documents(path):
            if each["kind"] in {"Deployment", "Job"}:
                yield each["metadata"]["name"], each["spec"]["template"]["spec"]


def programs():
    """Every command line of the image, by where it stands."""
    services = documents(DEPLOY / "compose.yaml")[0]["services"]
    yield from ((name, each["command"]) for name, each in services.items() if "command" in each)
    for name, pod in pods():
        yield from ((name, container["args"]) for container in pod["containers"])
    default = re.search(r"^CMD (.*)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    yield "Dockerfile", json.loads(default[1])


def test_the_operators_page_has_every_setting_and_no_other():
    told = set(SETTING.findall((DEPLOY / "README.md").read_text())) - OWN
    assert told == settings()


@pytest.mark.parametrize(
    "path",
    [*KUBERNETES, DEPLOY / "compose.yaml", DEPLOY / "Dockerfile", DEPLOY / "kring.env.example"],
    ids=lambda p: p.name,
)
def test_no_file_sets_what_there_is_not(path):
    assert set(SETTING.findall(path.read_text())) - OWN <= settings()


@pytest.mark.parametrize(("where", "line"), list(programs()))
def test_every_program_that_is_started_exists_and_takes_its_options(where, line):
    command, words = main, list(line)
    while words and hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    command.make_parser(click.Context(command)).parse_args(list(words))


def test_the_addresses_that_are_asked_for_health_exist(tmp_path):
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'kring.sqlite'}"))
    known = {rule.rule for rule in app.url_map.iter_rules()}
    asked = set(
        re.findall(
            r"/(?:healthz|readyz)\b",
            "".join(path.read_text() for path in [*KUBERNETES, DEPLOY / "compose.yaml", DEPLOY / "Caddyfile"]),
        )
    )
    assert asked == {"/healthz", "/readyz"} <= known


@pytest.mark.parametrize(("name", "pod"), list(pods()))
def test_pods_may_do_no_more_than_they_need(name, pod):
    """Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"""
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not pod["automountServiceAccountToken"]
    for container in pod["containers"]:
        rights = container["securityContext"]
        assert rights["readOnlyRootFilesystem"]
        assert not rights["allowPrivilegeEscalation"]
        assert rights["capabilities"] == {"drop": ["ALL"]}


def test_the_user_of_the_image_is_the_pods():
    (number,) = set(re.findall(r"--uid (\d+)", (DEPLOY / "Dockerfile").read_text()))
    assert f"USER {number}" in (DEPLOY / "Dockerfile").read_text()
    assert {pod["securityContext"]["runAsUser"] for _, pod in pods()} == {int(number)}


def test_what_the_image_is_made_of_is_let_in():
    let_in = [
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")
    ]
    built = {"README.md", "pyproject.toml", "hatch_build.py", "requirements", "connector", "frontend", "lti", "xapi"}
    assert set(let_in) == built
    assert all((DEPLOY.parent / each).exists() for each in let_in)


def test_every_manifest_is_applied():
    kustomization = documents(DEPLOY / "kubernetes" / "kustomization.yaml")[0]
    assert {path.name for path in KUBERNETES} == {*kustomization["resources"], "kustomization.yaml"}


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl here")
def test_kubectl_builds_the_manifests():
    built = subprocess.run(
        ["kubectl", "kustomize", DEPLOY / "kubernetes"],  # noqa: S607 -- wherever it is
        capture_output=True,
        text=True,
        check=True,
    )
    assert built.stdout.count("image: kring:") == 3


@pytest.mark.parametrize("guide", ["README.md", "moodle/README.md", "canvas/README.md"])
def test_what_the_guides_lead_to_exists(guide):
    page = DEPLOY / guide
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target
