"""Ports are chosen so that a used one is no obstacle."""

import socket
from collections.abc import Iterator

import pytest

from stack.ports import LOOPBACK, choose, is_free


@pytest.fixture
def used_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_free_port_is_taken_as_wanted(used_port: int) -> None:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        free = probe.getsockname()[1]

    assert choose(free) == free


def test_another_one_stands_in_for_a_used_port(used_port: int) -> None:
    chosen = choose(used_port)

    assert chosen != used_port
    assert is_free(chosen)
    assert not is_free(used_port)


def test_a_server_on_every_interface_uses_the_port_too() -> None:
    with socket.socket() as server:
        server.bind(("", 0))
        server.listen()

        assert not is_free(server.getsockname()[1])
