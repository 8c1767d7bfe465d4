#!/bin/sh
# Sends control messages to a Vestnik hub: one operation (FILE.json) or a batch, one operation a line (FILE.ndjson).
#
#   VESTNIK_LOGIN=grs VESTNIK_PASSWORD=... ./send.sh http://127.0.0.1:8080 operation.json
#
# The hub's answer goes to standard output, everything else to standard error. Needs curl.
# Exit code: 0 every operation is stored (now, or by an earlier sending: repeating is always safe)
#            1 refused for good: repeating the same would be refused again; the answer names every fault
#            2 wrong call
#           75 not stored yet: the hub was busy, away or silent all the time; send the same again later
set -u

TRIES=${VESTNIK_TRIES:-8}
# The hub answers once the batch is on its disk; a full batch of 5,000 operations may take some seconds.
PATIENCE=120

fail() { echo "send.sh: $2" >&2; exit "$1"; }

[ $# -eq 2 ] || fail 2 'use: send.sh http[s]://HOST:PORT FILE.json|FILE.ndjson'
hub=${1%/} file=$2
[ -r "$file" ] || fail 2 "$file cannot be read"
[ -n "${VESTNIK_LOGIN:-}" ] && [ -n "${VESTNIK_PASSWORD:-}" ] || fail 2 'set VESTNIK_LOGIN and VESTNIK_PASSWORD'
case $file in
  *.json) type=application/json ;;
  *.ndjson) type=application/x-ndjson ;;
  *) fail 2 "$file must end in .json or .ndjson" ;;
esac

work=$(mktemp -d) || fail 2 'no temporary folder'
trap 'rm -rf "$work"' EXIT
trap 'exit 75' INT TERM HUP

# The password goes to curl through a file of our own: arguments of a process can be seen by other users.
quoted=$(printf '%s:%s' "$VESTNIK_LOGIN" "$VESTNIK_PASSWORD" | sed 's/[\\"]/\\&/g')
(umask 077 && printf 'user = "%s"\n' "$quoted" >"$work/login")

attempt=0 pause=1
while [ "$attempt" -lt "$TRIES" ]; do
  attempt=$((attempt + 1))
  status=$(curl --silent --show-error --config "$work/login" --max-time "$PATIENCE" --output "$work/answer" \
    --dump-header "$work/headers" --write-out '%{http_code}' \
    --header "content-type: $type" --data-binary "@$file" "$hub/api/v1/tickets/operations") || status=000
  case $status in
    200 | 201)
      cat "$work/answer"
      [ "$type" = application/json ] && { echo; exit 0; }
      # Lines of a batch are independent of each other: some may be stored and others refused.
      if grep -q '"status":"rejected"' "$work/answer"; then
        fail 1 "$(grep -c '"status":"rejected"' "$work/answer") of $(wc -l <"$work/answer" | tr -d ' ') operations were refused"
      fi
      exit 0
      ;;
    000 | 408 | 429 | 5??)
      # Unknown whether it is stored, or surely not: the same again is right in both cases, the hub knows its id.
      asked=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]\{1,4\}\).*/\1/p' "$work/headers" 2>/dev/null)
      wait=${asked:-$pause}
      pause=$((pause < 30 ? pause * 2 : 60))
      echo "send.sh: no success yet (HTTP $status), attempt $attempt of $TRIES" >&2
      [ "$attempt" -lt "$TRIES" ] && sleep "$wait"
      ;;
    *)
      cat "$work/answer"
      echo
      fail 1 "refused with HTTP $status"
      ;;
  esac
done
fail 75 "gave up after $TRIES attempts; send the same file again later"
