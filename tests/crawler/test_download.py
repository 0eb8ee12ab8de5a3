"""How a page is fetched, against a server that says exactly the bytes it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Request, Response
from scrapy.settings import Settings

from crawler.download import PageDownload
from crawler.guard import Refused

_MOST = 200_000


class Server:
    """Answers every request with ``says``, and keeps what it was asked."""

    def __init__(self, says: bytes, *, then_waits: bool = False) -> None:
        self._says = says
        self._waits = then_waits
        self.asked: list[bytes] = []
        self.port = 0
        self.serving: list[asyncio.Task[None]] = []

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection came."""
        self.serving.append(asyncio.ensure_future(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        with contextlib.suppress(ConnectionError):  # a client that has heard enough
            writer.write(self._says)
            if self._waits:
                await reader.read()
            writer.close()
            await writer.wait_closed()


def fetched(
    server: Server,
    path: str = "/",
    host: str = "127.0.0.1",
    *,
    private: bool = True,
    tls: ssl.SSLContext | None = None,
) -> Response:
    """What comes of asking ``server`` for ``path``, by https where there is ``tls``."""

    async def ask() -> Response:
        listening = await asyncio.start_server(server.accept, "127.0.0.1", 0, ssl=tls)
        server.port = listening.sockets[0].getsockname()[1]
        download = PageDownload(
            Settings(
                {
                    "USER_AGENT": "tester",
                    "DOWNLOAD_MAXSIZE": _MOST,
                    "DOWNLOAD_TIMEOUT": 0.5,
                    "XUANJIAN_ALLOW_PRIVATE": private,
                }
            )
        )
        scheme = "https" if tls else "http"
        address = f"{scheme}://{host}:{server.port}{path}"
        request = Request(address, headers={"If-None-Match": '"a"'})
        try:
            return await download.download_request(request)
        finally:
            await download.close()
            await asyncio.gather(*server.serving)
            listening.close()

    return asyncio.run(ask())


def test_an_answer_comes_as_it_was_sent() -> None:
    server = Server(
        b"HTTP/1.1 203 Fine\r\nContent-Length: 3\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n\xff\0x"
    )
    answer = fetched(server, "/%e4%B8%ad?a=%2F&b=+#part")
    assert (answer.status, answer.body) == (203, b"\xff\0x")
    assert answer.headers.getlist("set-cookie") == [b"a=1", b"b=2"]
    asked = server.asked[0].decode().split("\r\n")
    assert asked[0] == "GET /%e4%B8%ad?a=%2F&b=+ HTTP/1.1"
    assert "User-Agent: tester" in asked
    assert 'If-None-Match: "a"' in asked
    assert sum(line.startswith("Accept: ") for line in asked) == 1


def test_a_site_whose_certificate_is_over_and_not_its_own_is_read(tmp_path: Path) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "elsewhere.example")])
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.datetime(2015, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2016, 1, 1, tzinfo=datetime.UTC))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "site.pem"
    file.write_bytes(secret + made.public_bytes(pem))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    page = Server(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nall")
    assert fetched(page, tls=tls).body == b"all"


def test_a_redirect_and_a_packed_body_are_left_to_scrapy() -> None:
    said = (
        b"HTTP/1.1 302 -\r\nLocation: /b\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"
    )
    server = Server(said)
    answer = fetched(server)
    assert (answer.status, answer.body, len(server.asked)) == (302, b"abcd", 1)


def test_a_body_without_length_ends_with_the_connection() -> None:
    assert fetched(Server(b"HTTP/1.0 200 OK\r\n\r\n<p>all</p>")).body == b"<p>all</p>"


def test_a_header_of_thirty_kilobytes_is_read() -> None:
    long = b"x" * 30_000
    answer = fetched(Server(b"HTTP/1.1 200 -\r\nPolicy: %b\r\nContent-Length: 0\r\n\r\n" % long))
    assert answer.headers["policy"] == long


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (b"HTTP/1.1 200 -\r\nContent-Length: 50\r\n\r\ncut", ResponseDataLossError),
        (b"HTTP/1.1 200 -\r\nContent-Length: 999999\r\n\r\n", DownloadCancelledError),
        (b"HTTP/1.0 200 -\r\n\r\n" + b"x" * 300_000, DownloadCancelledError),
        (b"HTTP/1.1 200 -\r\n" + b"a: b\r\n" * 100_000, DownloadFailedError),
        (b"", DownloadFailedError),
        (b"not http\r\n\r\n", DownloadFailedError),
    ],
)
def test_what_does_not_come_whole_is_no_page(says: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        fetched(Server(says))


def test_a_server_that_says_nothing_is_waited_for_so_long_and_no_longer() -> None:
    with pytest.raises(DownloadTimeoutError):
        fetched(Server(b"HTTP/1.1 200 -\r\nContent-Length: 9\r\n\r\n", then_waits=True))


def test_a_name_without_address_and_a_closed_port_are_said_as_such() -> None:
    async def ask(url: str) -> Response:
        download = PageDownload(Settings({"XUANJIAN_ALLOW_PRIVATE": True, "USER_AGENT": "tester"}))
        try:
            return await download.download_request(Request(url))
        finally:
            await download.close()

    with pytest.raises(CannotResolveHostError):
        asyncio.run(ask("http://no-such-name.example/"))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(DownloadConnectionRefusedError):
            asyncio.run(ask(f"http://127.0.0.1:{closed.getsockname()[1]}/"))


def test_a_name_that_leads_to_this_machine_is_never_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server(b"HTTP/1.1 200 -\r\nContent-Length: 0\r\n\r\n")
    system = socket.getaddrinfo

    def leads_here(host: str, *rest: object, **more: object) -> object:
        return system("127.0.0.1", *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", leads_here)
    with pytest.raises(Refused) as refused:
        fetched(server, host="rebinding.example", private=False)
    assert refused.value.reason == "private-address"
    assert not server.asked
    assert fetched(server, host="rebinding.example").status == 200
