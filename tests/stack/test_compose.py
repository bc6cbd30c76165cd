"""The production stack is what docker-compose.yml, the Dockerfile and the values for Helm promise it to be."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from stack.cluster.compose import FILE, Service, services
from stack.cluster.secrets import Addresses, make
from stack.places import CHECKOUT

SERVICES = services()
GIVEN = yaml.safe_load(FILE.read_text())
HELM = yaml.safe_load((CHECKOUT / "deploy" / "helm-values.yaml").read_text())
LASTING = [service for service in SERVICES.values() if service.name != "migrate"]
OURS = "zoho-sync-"

each = pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)


def test_the_file_is_valid() -> None:
    """Compose would take it: it fits the specification's schema."""
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
    jsonschema.validate(GIVEN, schema)


def test_the_schema_would_find_a_wrong_key() -> None:
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text())
    wrong = {**GIVEN, "services": {**GIVEN["services"], "redis": {"imag": "redis"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_it_holds_every_part() -> None:
    parts = {"api-server", "scheduler", "dag-processor", "triggerer", "worker", "migrate", "postgres", "redis"}
    assert {name for name, service in SERVICES.items() if "profiles" not in service.given} == parts
    assert {service.name: service.given["profiles"] for service in LASTING if "profiles" in service.given} == {
        "s3": ["s3"],
        "sandbox": ["sandbox"],
    }
    assert SERVICES["worker"].replicas == 2


@pytest.mark.parametrize("service", LASTING, ids=lambda service: service.name)
def test_every_service_has_a_health_check(service: Service) -> None:
    assert service.health
    assert {"interval", "timeout", "retries", "start_period"} <= set(service.given["healthcheck"])
    assert service.given["restart"] == "unless-stopped"


@each
def test_every_service_has_limits(service: Service) -> None:
    assert {"cpus", "memory"} <= set(service.given["deploy"]["resources"]["limits"])


@each
def test_every_image_is_pinned(service: Service) -> None:
    """By the version: a digest cannot be known before it is looked up."""
    image = re.sub(r"\$\{\w+:-(.*)\}", r"\1", service.image)
    _, _, tag = image.partition(":")
    assert re.match(r"\d+\.\d+", tag), image
    assert tag.startswith("3.3.2") == image.startswith(OURS)


@each
def test_nothing_runs_as_root(service: Service) -> None:
    user = str(service.given["user"])
    assert user.split(":")[0] not in ("", "0", "root")
    assert service.given["cap_drop"] == ["ALL"]
    assert service.given["security_opt"] == ["no-new-privileges:true"]
    assert not service.given.get("privileged")


@each
def test_nothing_starts_before_what_it_needs(service: Service) -> None:
    """Each waits until what it depends on is well, or has done its work."""
    for needed, how in service.given.get("depends_on", {}).items():
        done = needed == "migrate"
        assert how["condition"] == ("service_completed_successfully" if done else "service_healthy")


def test_no_service_waits_for_itself() -> None:
    needs = {name: set(service.given.get("depends_on", {})) for name, service in SERVICES.items()}
    begun: set[str] = set()
    while ready := {name for name in needs if name not in begun and needs[name] <= begun}:
        begun |= ready
    assert begun == set(SERVICES)


@each
def test_secrets_are_files(service: Service) -> None:
    """No password, key or address with a password in it is a variable or an argument."""
    for name, value in service.environment.items():
        if re.search(r"PASSWORD|SECRET_KEY|JWT_SECRET|FERNET|SQL_ALCHEMY_CONN|BROKER_URL|RESULT_BACKEND", name):
            assert name.endswith(("_CMD", "_FILE")), name
            assert "/run/secrets/" in value, name
    held = {_name(secret) for secret in service.given.get("secrets", [])}
    told = " ".join([*service.command, *service.health, *map(str, service.environment.values())])
    assert set(re.findall(r"/run/secrets/([\w.]+)", told)) <= held


def test_every_secret_is_made(tmp_path: Path) -> None:
    make(tmp_path, Addresses())
    for secret in GIVEN["secrets"].values():
        assert (tmp_path / Path(secret["file"]).name).read_text().strip()


def test_no_secret_is_in_the_repository(tmp_path: Path) -> None:
    """Their folder is ignored by git, and never sent to where an image is built."""
    assert "/secrets/" in (CHECKOUT / ".gitignore").read_text().splitlines()
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()
    sent = [line.removeprefix("!") for line in ignored if line.startswith("!")]
    assert "*" in ignored
    assert not {"secrets", ".env", "."} & set(sent)


def test_what_recovers_is_set_alike_for_kubernetes() -> None:
    """The Helm values have the settings of docker-compose.yml that tell how soon a death is noticed."""
    there = {variable["name"]: variable["value"] for variable in HELM["env"]}
    sections = ("AIRFLOW__SCHEDULER__", "AIRFLOW__CELERY__", "AIRFLOW__CELERY_BROKER_", "AIRFLOW__WORKERS__")
    here = SERVICES["scheduler"].environment
    told = {name: here[name] for name in here if name.startswith(sections) and not name.endswith("_CMD")}
    assert {name: there.get(name) for name in told} == told


def test_the_helm_values_hold_no_secret() -> None:
    assert HELM["airflowVersion"] == "3.3.2"
    assert HELM["images"]["airflow"]["tag"].startswith("3.3.2")
    assert not HELM["postgresql"]["enabled"]
    for variable in HELM["env"]:
        assert not re.search(r"PASSWORD|SECRET|CONN|FERNET", variable["name"]), variable["name"]
    assert not re.search(r"password:", (CHECKOUT / "deploy" / "helm-values.yaml").read_text())


def test_versions_are_those_of_the_lock() -> None:
    lock = (CHECKOUT / "requirements-cluster.txt").read_text()
    assert "\napache-airflow==3.3.2 " in lock
    assert re.search(r"^celery==5\.[0-6]\.", lock, re.MULTILINE)
    own = re.findall(r"^([\w.-]+)==(\S+)", (CHECKOUT / "requirements.txt").read_text(), re.MULTILINE)
    cluster = set(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
    # Amazon's library does not take the newest one.
    assert {name for name, version in own if (name, version) not in cluster} == {"python-dateutil"}


class TestDockerfile:
    """The Dockerfile keeps to the same."""

    def lines(self) -> list[str]:
        text = re.sub(r"\\\n\s*", "", (CHECKOUT / "Dockerfile").read_text())
        return [line for line in text.splitlines() if line and not line.startswith("#")]

    def stages(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in self.lines():
            if line.startswith("FROM "):
                found[line.split(" AS ")[1]] = current = [line]
            else:
                current.append(line)
        return found

    def test_what_runs_is_not_root(self) -> None:
        for target in {service.given["build"]["target"] for service in SERVICES.values() if "build" in service.given}:
            users = [line.split()[1] for line in self.stages()[target] if line.startswith("USER ")]
            assert users
            assert users[-1] == "50000:0"

    def test_a_build_that_names_no_target_makes_airflow(self) -> None:
        assert list(self.stages())[-1] == "airflow"

    def test_nothing_comes_from_an_address(self) -> None:
        assert not [line for line in self.lines() if line.startswith("ADD") or re.search(r"https?://", line)]
        assert "curl" not in (CHECKOUT / "Dockerfile").read_text()

    def test_images_are_pinned_and_packages_hashed(self) -> None:
        bases = {line.split()[1] for line in self.lines() if line.startswith("FROM ")} - set(self.stages())
        assert all(re.fullmatch(r"python:3\.11\.\d+-slim-\w+", base) for base in bases)
        installs = [line for line in self.lines() if "pip install" in line]
        assert all("--require-hashes" in line or line.endswith("--no-build-isolation .") for line in installs)

    def test_no_secret_is_in_a_layer(self) -> None:
        text = "\n".join(self.lines())
        assert "secrets" not in text
        assert not re.search(r"(PASSWORD|SECRET|TOKEN|FERNET)\w*=", text)

    def test_all_that_is_copied_is_sent(self) -> None:
        sent = {line[1:] for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
        for line in self.lines():
            if line.startswith("COPY ") and "--from" not in line:
                *sources, _ = [part for part in line.split()[1:] if not part.startswith("--")]
                assert {source.split("/")[0] for source in sources} <= sent, line
                assert all((CHECKOUT / source).exists() for source in sources), line


def _name(secret: Any) -> str:
    return str(secret["target"] if isinstance(secret, dict) else secret)
