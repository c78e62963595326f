"""Sends accesses by syslog over TLS, standard library alone. Arguments: see README.md."""
import os
import socket
import ssl
import sys
import time
import uuid
from datetime import datetime, timezone

HOST, PORT, CERTIFICATE, KEY, CA, NAME, PERSON, COUNT = sys.argv[1:9]


def uuid7() -> str:
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=number & ~(3 << 62) | 2 << 62))


def escaped(value: str) -> str:
    """RFC 5424 §6.3.3."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


def message(**parameters: str | list[str]) -> bytes:
    pairs = [(name, one) for name, value in parameters.items() for one in ([value] if isinstance(value, str) else value)]
    element = "".join(f' {name.rstrip("_")}="{escaped(value)}"' for name, value in pairs)
    now = datetime.now(timezone.utc).isoformat(timespec="microseconds")
    return f"<109>1 {now} {socket.gethostname()} household {os.getpid()} access [mydata@32473{element}] one read".encode()


context = ssl.create_default_context(cafile=CA)
context.load_cert_chain(CERTIFICATE, KEY)
ids = [uuid7() for _ in range(int(COUNT))]
with socket.create_connection((HOST, int(PORT))) as plain:
    tls = context.wrap_socket(plain, server_hostname=HOST)
    for one in ids:
        sent = message(
            id=one, from_="ris/household@3", to=NAME, why="act-12.3", op="household.read", res="ok",
            fld=["name", "address"], per=PERSON,
        )
        tls.sendall(b"%d %s" % (len(sent), sent))
    # The portal says goodbye when everything that came before is durable, and breaks off where it is not.
    tls.unwrap()
for one in ids:
    print("durable", one)
