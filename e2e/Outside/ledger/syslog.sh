#!/usr/bin/env bash
# Sends accesses by syslog over TLS, with openssl alone. Arguments: see README.md.
set -euo pipefail
host=$1 port=$2 certificate=$3 key=$4 ca=$5 name=$6 person=$7 count=${8:-1} origin=$9

# A UUIDv7 (RFC 9562): 48 bits of time, version, variant, randomness.
uuid7() {
  local random time_hex
  random=$(openssl rand -hex 10)
  time_hex=$(printf '%012x' "$(($(date +%s) * 1000))")
  echo "${time_hex:0:8}-${time_hex:8:4}-7${random:0:3}-8${random:3:3}-${random:6:12}"
}

ids=()
for ((at = 0; at < count; at++)); do ids+=("$(uuid7)"); done

# RFC 5425 §4.3: the length in octets, a blank, the message of RFC 5424.
frames() {
  local id message LC_ALL=C
  for id in "${ids[@]}"; do
    message="<109>1 $(date -u +%Y-%m-%dT%H:%M:%SZ) $HOSTNAME household $$ access [mydata@32473 id=\"$id\" from=\"ris/household@3\" to=\"$name\" why=\"act-12.3\" op=\"household.read\" res=\"ok\" fld=\"name\" per=\"$person\"] one household read"
    printf '%d %s' "${#message}" "$message"
  done
}

# -no_ign_eof: the end of the input is the goodbye.
frames | openssl s_client -quiet -no_ign_eof -connect "$host:$port" -cert "$certificate" -key "$key" -CAfile "$ca" \
  -verify_return_error -verify_hostname "$host" > /dev/null 2>&1

# There is no answer to syslog; what was recorded anybody can read.
for id in "${ids[@]}"; do
  for tries in {1..50}; do
    curl -sf -o /dev/null "$origin/ledger/v1/records/$id" && break
    [ "$tries" -lt 50 ] || { echo "not recorded: $id" >&2; exit 1; }
    sleep 0.1
  done
  echo "recorded $id"
done
