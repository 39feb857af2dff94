import socket

import pytest
import requests

from endpoint import EndpointServer
from outside import OutsideNetwork


@pytest.mark.parametrize("address", ["192.0.2.1", "198.51.100.7", "2001:db8::1"])
def test_a_connection_to_an_outside_address_is_refused_by_name(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as plug, pytest.raises(OutsideNetwork, match=address):
        plug.connect((address, 80))
    with socket.socket(family) as plug, pytest.raises(OutsideNetwork, match=address):
        plug.connect_ex((address, 80))


def test_an_outside_name_is_not_even_looked_up() -> None:
    with pytest.raises(OutsideNetwork, match=r"example\.org"):
        requests.get("http://example.org/", timeout=1)


def test_this_machine_is_reached(endpoint_server: EndpointServer) -> None:
    reply = requests.post(endpoint_server.base_url + "/elsewhere", json={}, timeout=3600)
    assert reply.status_code == 404
