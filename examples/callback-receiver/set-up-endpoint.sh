#!/bin/sh
# Sets up an endpoint at a Vestnik hub: signed JSON to one address, about orders and trips, or about contracts of the billing.
#
#   VESTNIK_LOGIN=admin VESTNIK_PASSWORD=... ./set-up-endpoint.sh http://127.0.0.1:8080 https://receiver.example/in [order | billing]
#
# Prints the signing secret as VESTNIK_SIGNING_SECRET=whsec_..., once: the hub never shows it again. Called again it finds its endpoint by
# the name and goes on where it stopped. Needs curl and jq.
# Exit code: 0 callbacks are being sent
#            1 refused; the hub's own words are on standard error
#            2 wrong call
#            3 the address waits for another operator's approval; call again then
#           75 the hub is away
set -u

fail() { echo "set-up-endpoint.sh: $2" >&2; exit "$1"; }

use='use: set-up-endpoint.sh http[s]://HUB:PORT http[s]://RECEIVER/PATH [order | billing]'
[ $# -eq 2 ] || [ $# -eq 3 ] || fail 2 "$use"
hub=${1%/}/api/v1 address=$2 family=${3:-order}
[ -n "${VESTNIK_LOGIN:-}" ] && [ -n "${VESTNIK_PASSWORD:-}" ] || fail 2 'set VESTNIK_LOGIN and VESTNIK_PASSWORD'
case $family in
  order) name="Example for $address" ;;
  billing) name="Example of the billing for $address" ;;
  *) fail 2 "$use" ;;
esac

work=$(mktemp -d) || fail 2 'no temporary folder'
trap 'rm -rf "$work"' EXIT
trap 'exit 75' INT TERM HUP
# The password goes to curl through a file of our own: arguments of a process can be seen by other users.
quoted=$(printf '%s:%s' "$VESTNIK_LOGIN" "$VESTNIK_PASSWORD" | sed 's/[\\"]/\\&/g')
(umask 077 && printf 'user = "%s"\n' "$quoted" >"$work/login")

# ask METHOD PATH [JSON]: sets $status, the answer is in $work/answer
ask() {
  method=$1 path=$2
  shift 2
  [ $# -eq 0 ] || set -- --header 'content-type: application/json' --data "$1"
  status=$(curl --silent --show-error --config "$work/login" --max-time 30 --request "$method" --output "$work/answer" \
    --header 'accept-language: en' --write-out '%{http_code}' "$@" "$hub$path") || fail 75 "the hub at $hub does not answer"
}
said() { jq -r '.detail // .title // "no reason was given"' "$work/answer" 2>/dev/null; }
refused() { fail 1 "$1 was refused with HTTP $status: $(said)"; }

# 1. The allow-list. A hub with one operator lets him add; otherwise he asks, and somebody else approves.
entry=$(jq -n --arg address "$address" '{address: $address, reason: "example receiver"}')
ask POST /callbacks/allow-entries "$entry"
if [ "$status" = 409 ] && [ "$(jq -r .reason "$work/answer")" = second_person ]; then ask POST /callbacks/allow-requests "$entry"; fi
case $status in
  201) ;;
  409) [ "$(jq -r .reason "$work/answer")" = already_listed ] || refused 'the address' ;;
  *) refused 'the address' ;;
esac

# 2. The endpoint, disabled: `modern` signs, takes any 2xx for a success, and tries for three days.
ask GET "/callbacks/endpoints?q=$(jq -rn --arg name "$name" '$name | @uri')"
[ "$status" = 200 ] || refused 'the list of endpoints'
id=$(jq -r --arg name "$name" '[.items[] | select(.name == $name).id][0] // empty' "$work/answer")
if [ -z "$id" ]; then
  body='{"event": "@EventType", "order": @id_Reserve, "trip": @id_ComplexReserve, "outerId": "@OuterId", "state": "@ReserveState", "tripState": "@ComplexState"}'
  if [ "$family" = billing ]; then
    # The hub offers a body with everything that matters.
    ask GET '/callbacks/endpoints/defaults?family=billing'
    [ "$status" = 200 ] || refused 'the defaults'
    body=$(jq -r '.starters[] | select(.name == "json").body' "$work/answer")
  fi
  ask POST /callbacks/endpoints "$(jq -n --arg name "$name" --arg url "$address" --arg family "$family" --arg body "$body" '{
    family: $family, profile: "modern", name: $name, url: $url,
    https_only: ($url | startswith("https:")),
    headers: "Content-Type: application/json",
    body: $body
  }')"
  [ "$status" = 201 ] || refused 'the endpoint'
  id=$(jq -r .id "$work/answer")
  jq -r '"VESTNIK_SIGNING_SECRET=" + .signing_secret' "$work/answer"
fi

# 3. From now on every change makes a callback.
ask POST "/callbacks/endpoints/$id/enable" '{}'
if [ "$status" != 200 ]; then
  [ "$(jq -r .reason "$work/answer")" = address_not_allowed ] || refused "endpoint $id"
  fail 3 "endpoint $id waits: $(said)"
fi
echo "set-up-endpoint.sh: endpoint $id sends to $address" >&2
