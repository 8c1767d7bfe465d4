#!/bin/sh
# A client of Vestnik's feed in sh, curl and jq: takes the XML files of one mailbox into a folder, each exactly once.
# It shows the loop of docs/feed-protocol.md; for daily work take Stat_Client, which also survives locked files and full disks.
#
#   ./read-feed.sh [--once] https://hub.example.org:8443 ca.crt agency-17.pem FOLDER
#
# Needs curl, jq, and sync, sha256sum, mktemp of GNU coreutils.
# Exit code: 0 the mailbox is empty or held (--once), or stopped by a signal
#            2 wrong call, or a program is missing
#            4 the folder cannot be used
#            6 the hub answers that it refuses this certificate, or another copy holds the session (--once)
#            7 no answer, or not one that is right: hub away, other authority, certificate expired (--once)
#
# FOLDER/.feed-reader belongs to this script: tmp/ID.part are files not yet in place, `journal` has a line "ID SHA256 NAME" for each message
# whose part was complete. A journal line without its part means: the file got its name. So a kill at any point loses and repeats nothing.
# The journal only grows here; lines of messages older than 35 days could go, since the hub hands none out for so long.
set -u

fail() { echo "read-feed.sh: $2" >&2; exit "$1"; }
say() { echo "read-feed.sh: $1" >&2; }

once=no
[ "${1:-}" = --once ] && { once=yes; shift; }
[ $# -eq 4 ] || fail 2 'use: read-feed.sh [--once] https://HOST:PORT CA.crt NAME.pem FOLDER'
hub=${1%/} ca=$2 pem=$3 folder=$4
for program in curl jq sha256sum; do command -v "$program" >/dev/null || fail 2 "$program is needed"; done
[ -r "$ca" ] && [ -r "$pem" ] || fail 2 "$ca or $pem cannot be read"
[ -d "$folder" ] || fail 4 "$folder is not there; it is never created here, so that an unmounted disk is noticed"

own=$folder/.feed-reader journal=$folder/.feed-reader/journal
mkdir -p "$own/tmp" && touch "$journal" && sync "$journal" "$own" "$folder" || fail 4 "$folder cannot be written"
work=$(mktemp -d) || fail 4 'no temporary folder'
trap 'rm -rf "$work"' EXIT
# A session belongs to one start of one program; the hub tells copies apart by this.
instance=$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen) || fail 2 'uuidgen is needed'

digest() { sha256sum <"$1" | cut -d' ' -f1; }

# place ID SHA256 NAME: the part of a journalled message gets its name, never over another file.
place() {
  target=$folder/$3
  [ -e "$target" ] && [ "$(digest "$target")" != "$2" ] && target=$folder/${3%.xml}-$1.xml
  mv -f "$own/tmp/$1.part" "$target" && sync "$folder"
}

# What a kill or a power cut left behind. Lines that are not whole are no lines: they were never relied upon.
grep -E '^[0-9a-f-]{36} [0-9a-f]{64} [A-Za-z0-9._-]+\.xml$' "$journal" >"$own/journal.new"
sync "$own/journal.new" && mv "$own/journal.new" "$journal" && sync "$own" || fail 4 "$journal cannot be written"
for part in "$own"/tmp/*.part; do
  [ -e "$part" ] || continue
  id=$(basename "$part" .part)
  line=$(grep "^$id " "$journal")
  if [ -n "$line" ] && [ "$(digest "$part")" = "$(echo "$line" | cut -d' ' -f2)" ]; then
    # shellcheck disable=SC2086 # three words
    place $line || fail 4 "$folder cannot be written"
    say "completed ${line##* }"
  else
    # Not complete, so never acknowledged: the hub sends it again. First the line goes, then the part; the other order would look like a rename.
    grep -v "^$id " "$journal" >"$own/journal.new"
    sync "$own/journal.new" && mv "$own/journal.new" "$journal" && sync "$own" && rm "$part" || fail 4 "$own cannot be written"
  fi
done

# Stores message number $1 of the answer. 0: it is in the folder; 1: its digest is wrong; 4: the folder cannot be used.
store() {
  jq -r --argjson i "$1" '.messages[$i] | "\(.id) \(.sha256) \(.name)"' "$work/answer" >"$work/line"
  # What comes over the wire must not choose a path.
  grep -qxE '[0-9a-f-]{36} [0-9a-f]{64} [A-Za-z0-9._-]+\.xml' "$work/line" && ! grep -q ' \.' "$work/line" || return 1
  read -r id sha name <"$work/line"
  grep -q "^$id " "$journal" && return 0
  part=$own/tmp/$id.part
  jq -j --argjson i "$1" '.messages[$i].xml' "$work/answer" >"$part" || return 4
  [ "$(digest "$part")" = "$sha" ] || { rm -f "$part"; return 1; }
  sync "$part" "$own/tmp" || return 4
  cat "$work/line" >>"$journal" && sync "$journal" || return 4
  place "$id" "$sha" "$name" || return 4
  echo "$name"
}

pause=1
stop=no
child=
trap 'stop=yes; [ -n "$child" ] && kill "$child" 2>/dev/null' INT TERM HUP

# Waits in a way that a signal can end.
rest() {
  sleep "$1" &
  child=$!
  wait "$child"
  child=
}

acknowledge='{}'
while [ "$stop" = no ]; do
  wait_seconds=25
  [ "$once" = yes ] && wait_seconds=0
  request=$(echo "$acknowledge" | jq -c --argjson wait "$wait_seconds" '. + {max: 100, waitSeconds: $wait}')
  # A pull that stays silent 15 s longer than it may wait is dead.
  curl --silent --show-error --cacert "$ca" --cert "$pem" --connect-timeout 15 --max-time $((wait_seconds + 15)) \
    --header 'content-type: application/json' --header "x-feed-instance: $instance" --user-agent 'read-feed.sh/1' \
    --compressed --output "$work/answer" --dump-header "$work/headers" --write-out '%{http_code}' \
    --data "$request" "$hub/feed/v1/pull" >"$work/status" &
  child=$!
  wait "$child"
  result=$?
  child=
  [ "$stop" = yes ] && break
  status=$(cat "$work/status")
  [ "$result" -eq 0 ] || status=000

  if [ "$status" = 200 ] && jq -e '.messages | type == "array"' "$work/answer" >/dev/null 2>&1; then
    pause=1
    acknowledge='{}'
    count=$(jq '.messages | length' "$work/answer")
    [ "$(jq .held "$work/answer")" = true ] && say 'delivery is held by the operator of the hub'
    jq -r '.expired[] | "messages \(.from) to \(.to) expired on the hub, undelivered: \(.count)"' "$work/answer" >&2
    expired=$(jq '[.expired[].to] | max // 0' "$work/answer")
    i=0 wrong=no
    while [ "$i" -lt "$count" ]; do
      store "$i"
      case $? in
        0) ;;
        1) wrong=yes; break ;;
        *) fail 4 "$folder cannot be written" ;;
      esac
      i=$((i + 1))
    done
    # Everything before message i is in the folder; one acknowledgement speaks for all of it.
    [ "$i" -gt 0 ] && acknowledge=$(jq -c --argjson i "$i" '.messages[$i - 1] | {ackThrough: {sequence, id}}' "$work/answer")
    [ "$expired" -gt 0 ] && acknowledge=$(echo "$acknowledge" | jq -c --argjson to "$expired" '. + {ackExpired: $to}')
    if [ "$wrong" = yes ]; then
      say 'a message arrived damaged; it is asked for again'
      [ "$once" = yes ] && [ "$i" -eq 0 ] && exit 7
      rest 1
    elif [ "$count" -eq 0 ] && [ "$expired" -eq 0 ] && [ "$once" = yes ]; then
      exit 0
    fi
    continue
  fi

  code=$(jq -r '.error.code // empty' "$work/answer" 2>/dev/null)
  : >"$work/answer"
  case "$status $code" in
    *ACK_MISMATCH) say 'the hub does not know what was acknowledged (restored from a backup?); pulling from the beginning'
      acknowledge='{}'; continue ;;
    *SESSION_TAKEN) why='another copy with this certificate took over' wait=60 exit=6 ;;
    403*) why="refused: $code" wait=600 exit=6 ;;
    '000 ') why="no answer (curl $result)" wait=$pause exit=7 ;;
    *) why="HTTP $status $code" exit=7
      wait=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,4\}\).*/\1/p' "$work/headers" | head -n 1)
      wait=${wait:-$pause} ;;
  esac
  # A certificate that is expired, or of another authority, gets no answer at all: the hub closes the connection (curl 35, 52 or 56).
  case "$status $result" in '000 35' | '000 52' | '000 56') why="$why; is $pem of this hub, and still valid?" ;; esac
  [ "$once" = yes ] && fail "$exit" "$why"
  pause=$((pause < 30 ? pause * 2 : 60))
  say "$why; next attempt in $wait s"
  rest "$wait"
done

# Stopped in order: what is in the folder is acknowledged; max 0 asks for nothing more.
[ "$acknowledge" = '{}' ] || curl --silent --output /dev/null --cacert "$ca" --cert "$pem" --max-time 10 \
  --header 'content-type: application/json' --header "x-feed-instance: $instance" --user-agent 'read-feed.sh/1' \
  --data "$(echo "$acknowledge" | jq -c '. + {max: 0}')" "$hub/feed/v1/pull"
exit 0
