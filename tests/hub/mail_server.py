"""A mail server of one test: on a port of its own, it keeps what it is given and refuses what it is told to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


@dataclass
class MailServer:
    """What came, and with which reply a command is answered ("DATA" -> "451 later")."""

    port: int = 0
    data: list[bytes] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)

    def messages(self) -> list[EmailMessage]:
        return [cast("EmailMessage", message_from_bytes(one, policy=default)) for one in self.data]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    made = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.reply("220 here")
            while line := self.rfile.readline():
                word = line.decode("ascii", "replace").strip().split(" ")[0].upper()
                if word in made.replies:
                    self.reply(made.replies[word])
                elif word == "DATA":
                    self.reply("354 go on")
                    made.data.append(self.body())
                    self.reply("250 kept")
                elif word == "QUIT":
                    self.reply("221 bye")
                    return
                else:
                    self.reply("250 well")

        def body(self) -> bytes:
            lines = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line[1:] if line.startswith(b"..") else line)
            return b"".join(lines)

        def reply(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()
