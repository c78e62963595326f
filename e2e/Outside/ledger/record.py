"""Records one access and checks the receipt: Python's standard library, and openssl for Ed25519. Arguments: see README.md."""
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

ORIGIN, NAME, KEY, PERSON, POLICY = sys.argv[1:6]


def b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def openssl(*arguments: str, data: bytes | None = None) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        if data is not None:
            file.write(data)
            file.flush()
            arguments = (*arguments, "-in", file.name)
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def canonical(record: dict) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def uuid7(milliseconds: int) -> str:
    number = milliseconds << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=number & ~(3 << 62) | 2 << 62))


def post(body: bytes) -> tuple[int, dict]:
    request = urllib.request.Request(
        f"{ORIGIN}/ledger/v1/records", data=body, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        sys.exit(f"not recorded: {refused.code} {refused.read().decode()}")


def root_from(index: int, size: int, hash_: bytes, path: list[bytes]) -> bytes:
    """RFC 9162 §2.1.3.2."""
    node, last = index, size - 1
    for beside in path:
        if last == 0:
            sys.exit("the path is too long")
        if node % 2 == 1 or node == last:
            hash_ = sha256(b"\1", beside, hash_)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            hash_ = sha256(b"\1", hash_, beside)
        node, last = node // 2, last // 2
    if last != 0:
        sys.exit("the path is too short")
    return hash_


def verify_checkpoint(note: str) -> tuple[int, bytes]:
    """The log of the policy signed this text (c2sp.org/signed-note, tlog-checkpoint)."""
    vkey = re.search(r"^log (\S+)", open(POLICY, encoding="utf-8").read(), re.MULTILINE)[1]
    name, _, key = vkey.split("+", 2)
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    line = next(line for line in signatures.splitlines() if line.startswith(f"— {name} "))
    with tempfile.TemporaryDirectory() as folder:
        public, signature = os.path.join(folder, "key"), os.path.join(folder, "signature")
        with open(public, "wb") as file:
            file.write(bytes.fromhex("302a300506032b6570032100") + base64.b64decode(key)[1:])
        with open(signature, "wb") as file:
            file.write(base64.b64decode(line.split(" ")[2])[4:])
        openssl(
            "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", public, "-sigfile", signature,
            data=text.encode(),
        )
    origin, size, root = text.splitlines()[:3]
    if origin != name:
        sys.exit("the checkpoint is of another log")
    return int(size), base64.b64decode(root)


now = time.time_ns() // 1_000_000
salt = os.urandom(32)
person = PERSON.encode()
record = {
    "v": 1,
    "id": uuid7(now),
    "t": now,
    "from": "ris/household@3",
    "to": NAME,
    "via": NAME,
    "kid": b64url(sha256(openssl("pkey", "-in", KEY, "-pubout", "-outform", "DER"))),
    "op": "household.read",
    "why": "act-12.3",
    "res": "ok",
    "n": 1,
    "who": b64url(sha256(b"mydata.ledger/who/v1\n", salt, len(person).to_bytes(2, "big"), person)),
}
message = b"mydata.ledger/record/v1\n" + canonical(record)
record["up"] = b64url(openssl("pkeyutl", "-sign", "-rawin", "-inkey", KEY, data=message))
sent = canonical(record)
beside = json.dumps({"persons": [PERSON], "salt": b64url(salt)})[1:].encode()
body = b'{"record":' + sent + b"," + beside

status, answer = post(body)
index = answer["index"]
print("recorded", index)
# The same bytes again, as after an answer that was lost: the same place.
again, repeated = post(body)
if (status, again, repeated["index"]) != (201, 200, index):
    sys.exit("the repeat is not the same")
print("repeated", index)

entry, proof = answer["entry"], answer["proof"]
stored = json.loads(entry)
if len(stored.pop("sub")) != 1 or canonical(stored) != sent:
    sys.exit("the entry is not what was sent")
first, _, note = proof.partition("\n\n")
format_, place, *path = first.split("\n")
if format_ != "c2sp.org/tlog-proof@v1" or place != f"index {index}":
    sys.exit("the proof is for another place")
size, root = verify_checkpoint(note)
if root_from(index, size, sha256(b"\0", entry.encode()), [base64.b64decode(line) for line in path]) != root:
    sys.exit("the path leads to another root")
print("verified", size)
