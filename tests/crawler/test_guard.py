"""What is never fetched, and what is no page."""

from __future__ import annotations

import asyncio
import socket

import pytest

from crawler.guard import GuardedResolver, Refused, block_reason, is_private, names_private


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1", "fe80::1", "fc00::1",
     "::ffff:127.0.0.1", "100.64.0.1", "224.0.0.1"],
)  # fmt: skip
def test_private_addresses_are_known(address: str) -> None:
    assert is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "172.32.0.1"])
def test_public_addresses_are_not_private(address: str) -> None:
    assert not is_private(address)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "a.localhost",
        "printer.local",
        "127.0.0.1",
        "0177.0.0.1",
        "0x7f.1",
        "2130706433",
        "127.1",
    ],
)
def test_names_for_this_machine_need_no_resolver(host: str) -> None:
    assert names_private(host)


def test_ordinary_names_are_left_to_the_resolver() -> None:
    assert not names_private("kjj.ordos.gov.cn")
    assert not names_private("163.com")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (403, b"", "403"),
        (412, b"<html><script>$_ts={}</script></html>", "412"),
        (521, b"<script>document.cookie='a=b';location='/'</script>", "521"),
        (200, b"<script>document.cookie='acw_sc__v2=1';location.reload()</script>", "cookie-wall"),
        (
            200,
            "<html><body><p>系统维护中，请稍后再试</p></body></html>".encode("gb18030"),
            "maintenance",
        ),
        (200, "<p>您的访问被拦截</p>".encode(), "maintenance"),
        (404, "<p>系统维护中</p>".encode(), ""),
        (200, ("<p>市科技局召开会议，研究系统维护中的问题。</p>" * 20).encode(), ""),
        (
            200,
            ("<script>location.href</script><p>市科技局召开科技创新工作会议。</p>" * 20).encode(),
            "",
        ),
        (200, b"", ""),
    ],
)
def test_a_refusal_in_disguise_is_recognised(status: int, body: bytes, reason: str) -> None:
    assert block_reason(status, body) == reason


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize("also", ["10.0.0.7", "8.8.8.8"])
def test_a_name_that_leads_to_a_private_address_is_refused_where_it_is_resolved(
    monkeypatch: pytest.MonkeyPatch, allowed: bool, also: str
) -> None:
    def found(host: str, port: int, *_: object) -> list[object]:
        assert host == "rebinding.example"
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in (also, "10.0.0.7")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", found)

    async def ask() -> list[str]:
        answers = await GuardedResolver(allowed).resolve("rebinding.example", 80)
        return [answer["host"] for answer in answers]

    if allowed:
        assert asyncio.run(ask()) == [also, "10.0.0.7"]
        return
    with pytest.raises(Refused) as refused:
        asyncio.run(ask())
    assert refused.value.reason == "private-address"
