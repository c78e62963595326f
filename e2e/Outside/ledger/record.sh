#!/usr/bin/env bash
# Records one access and checks the receipt, with curl and openssl alone. Arguments: see README.md.
set -euo pipefail
origin=$1 name=$2 key=$3 person=$4 policy=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "$1" >&2; exit 1; }

b64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
sha256() { openssl dgst -sha256 -binary; }
# Bytes from hexadecimal, on standard output.
bytes() { local hex=$1 i; for ((i = 0; i < ${#hex}; i += 2)); do printf "\\x${hex:i:2}"; done; }

# A UUIDv7 (RFC 9562): 48 bits of time, version, variant, randomness.
now=$(($(date +%s) * 1000))
random=$(openssl rand -hex 10)
time_hex=$(printf '%012x' "$now")
id="${time_hex:0:8}-${time_hex:8:4}-7${random:0:3}-8${random:3:3}-${random:6:12}"

kid=$(openssl pkey -in "$key" -pubout -outform DER | sha256 | b64url)

# who: the persons under a salt, each with its length before it in two bytes.
openssl rand 32 > "$work/salt"
{
  printf 'mydata.ledger/who/v1\n'
  cat "$work/salt"
  bytes "$(printf '%04x' "${#person}")"
  printf '%s' "$person"
} | sha256 > "$work/who"
who=$(b64url < "$work/who")

# Members sorted by name, no blanks. The signature goes where up belongs: between to and v.
head="{\"from\":\"ris/household@3\",\"id\":\"$id\",\"kid\":\"$kid\",\"n\":1,\"op\":\"household.read\",\"res\":\"ok\",\"t\":$now,\"to\":\"$name\""
tail="\"v\":1,\"via\":\"$name\",\"who\":\"$who\",\"why\":\"act-12.3\"}"
printf 'mydata.ledger/record/v1\n%s,%s' "$head" "$tail" > "$work/message"
openssl pkeyutl -sign -rawin -inkey "$key" -in "$work/message" -out "$work/signature"
record="$head,\"up\":\"$(b64url < "$work/signature")\",$tail"
body="{\"record\":$record,\"persons\":[\"$person\"],\"salt\":\"$(b64url < "$work/salt")\"}"

post() {
  curl -sS -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/json' \
    --data-binary "$body" "$origin/ledger/v1/records"
}
index_of() { sed -E 's/.*"index":([0-9]+),.*/\1/' "$work/answer"; }

status=$(post)
[ "$status" = 201 ] || fail "not recorded: $status $(cat "$work/answer")"
index=$(index_of)
echo "recorded $index"
# The same bytes again, as after an answer that was lost: the same place.
status=$(post)
[ "$status" = 200 ] && [ "$(index_of)" = "$index" ] || fail "the repeat is not the same: $status"
echo "repeated $index"

curl -sSf -o "$work/entry" "$origin/ledger/v1/records/$id/entry"
curl -sSf -o "$work/proof" "$origin/ledger/v1/records/$id/proof"

# The entry is what was sent, with a tag (sub) for the one person between seal and t.
sed -E 's/,"sub":\["[A-Za-z0-9_-]{22}"\]//' "$work/entry" > "$work/mine"
[ "$(cat "$work/mine")" = "$record" ] || fail 'the entry is not what was sent'

# The proof: a line of format, the index, hashes, an empty line, the checkpoint.
sed -n '2p' "$work/proof" | grep -qx "index $index" || fail 'the proof is for another place'
sed '1,/^$/d' "$work/proof" > "$work/note"
sed -n '3,/^$/p' "$work/proof" | sed '/^$/d' > "$work/path"
size=$(sed -n '2p' "$work/note")
root=$(sed -n '3p' "$work/note")

# RFC 9162 §2.1.3.2.
{ printf '\0'; cat "$work/entry"; } | sha256 > "$work/hash"
node=$index last=$((size - 1))
while read -r line; do
  [ "$last" -gt 0 ] || fail 'the path is too long'
  printf '%s\n' "$line" | openssl base64 -d -A > "$work/beside"
  if [ $((node % 2)) = 1 ] || [ "$node" = "$last" ]; then
    { printf '\1'; cat "$work/beside" "$work/hash"; } | sha256 > "$work/next"
    while [ $((node % 2)) = 0 ] && [ "$node" != 0 ]; do node=$((node / 2)) last=$((last / 2)); done
  else
    { printf '\1'; cat "$work/hash" "$work/beside"; } | sha256 > "$work/next"
  fi
  mv "$work/next" "$work/hash"
  node=$((node / 2)) last=$((last / 2))
done < "$work/path"
[ "$last" = 0 ] || fail 'the path is too short'
[ "$(openssl base64 -A < "$work/hash")" = "$root" ] || fail 'the path leads to another root'

# The log's key of the policy: name+id+base64 of 0x01 and the public key. Its line in the note: 4 bytes of id, 64 of signature.
vkey=$(sed -n 's/^log \([^ ]*\).*/\1/p' "$policy" | head -1)
log=${vkey%%+*}
[ "$(sed -n '1p' "$work/note")" = "$log" ] || fail 'the checkpoint is of another log'
rest=${vkey#*+}
{ bytes 302a300506032b6570032100; printf '%s' "${rest#*+}" | openssl base64 -d -A | tail -c 32; } > "$work/log.der"
sed -n '1,/^$/p' "$work/note" | sed '$d' > "$work/text"
grep -F -- "— $log " "$work/note" | head -1 | sed 's/.* //' | openssl base64 -d -A | tail -c 64 > "$work/log.sig"
openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$work/log.der" -in "$work/text" -sigfile "$work/log.sig" > /dev/null ||
  fail 'the checkpoint is not signed by the log'
echo "verified $size"
