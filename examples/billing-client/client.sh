#!/bin/sh
# Calls the billing of a Vestnik hub over XML actions, JSON and SOAP with curl.
#
#   VESTNIK_LOGIN=desk VESTNIK_PASSWORD=... ./client.sh http://HUB:8080 TITLE PARAMETER PAYMENT_TYPE EXTERNAL_ID
#
# The arguments and what it does are those of client.py beside it. Needs curl and jq.
# Exit code: 0 done, 1 the hub refused (its words are on standard error), 2 wrong call, 75 the hub is away
set -u

fail() { echo "client.sh: $2" >&2; exit "$1"; }

[ $# -eq 5 ] || fail 2 'use: client.sh http[s]://HUB:PORT TITLE PARAMETER PAYMENT_TYPE EXTERNAL_ID'
hub=${1%/}/executer title=$2 parameter=$3 type=$4 external=$5
[ -n "${VESTNIK_LOGIN:-}" ] && [ -n "${VESTNIK_PASSWORD:-}" ] || fail 2 'set VESTNIK_LOGIN and VESTNIK_PASSWORD'
contracts=ru.bitel.bgbilling.kernel.contract.api/ContractService
payments=ru.bitel.bgbilling.kernel.contract.balance/PaymentService

work=$(mktemp -d) || fail 2 'no temporary folder'
trap 'rm -rf "$work"' EXIT
trap 'exit 75' INT TERM HUP
# The password goes to curl through a file of our own: arguments of a process can be seen by other users. Basic is one of the three ways in,
# and all faces take it.
quoted=$(printf '%s:%s' "$VESTNIK_LOGIN" "$VESTNIK_PASSWORD" | sed 's/[\\"]/\\&/g')
(umask 077 && printf 'user = "%s"\n' "$quoted" >"$work/login")
send() { curl --silent --show-error --config "$work/login" --max-time 30 "$@" || fail 75 "the hub at $hub does not answer"; }

# act MODULE ACTION [NAME=VALUE ...]: an XML action without a session; the answer is XML, an error too, with HTTP 200
act() {
  module=$1 action=$2
  shift 2
  # Each NAME=VALUE becomes an argument of curl that encodes it.
  for pair in "$@"; do
    set -- "$@" --data-urlencode "$pair"
    shift
  done
  send --data "module=$module&action=$action&authToSession=0" "$@" "$hub"
}
# call SERVICE METHOD PARAMS: an operation over JSON; what it returns
call() {
  jq -n --arg method "$2" --argjson params "$3" '{method: $method, params: $params}' >"$work/request"
  send --data-binary "@$work/request" "$hub/json/$1" >"$work/answer" || exit
  jq -e '.status == "ok"' "$work/answer" >"$work/ok" || return 1
  jq -c '.data.return' "$work/answer"
}
# Behind a call in $(...), which can end only itself when the hub is away.
refused() { [ $? -ne 75 ] || exit 75; fail 1 "$(jq -r '"\(.exception // "" | split(".") | last): \(.message)"' "$work/answer")"; }
today=$(date +%F)

contract=$(call $contracts contractByTitle "$(jq -n --arg title "$title" '{contractTitle: $title}')") || refused
id=$(printf '%s' "$contract" | jq .id)
printf '%s' "$contract" | jq -r '"contract \(.id): \(.title), status \(.status)"'

# Over an XML action: text parameters are of type 1.
act contract UpdateParameterType1 "cid=$id" "pid=$parameter" 'value=curl & Ко' >"$work/answer" || exit
grep -q 'status="ok"' "$work/answer" || fail 1 "$(cat "$work/answer")"
value=$(call $contracts contractParameterGet "{\"contractId\": $id, \"parameterId\": $parameter}") || refused
echo "parameter $parameter: $(printf '%s' "$value" | jq -r .value)"

payment=$(jq -n --argjson id "$id" --argjson type "$type" --arg today "$today" --arg external "$external" \
  '{payment: {contractId: $id, typeId: $type, date: $today, sum: "100.50", comment: "example", externalId: $external}}')
for attempt in first again; do
  paid=$(call $payments paymentUpdate "$payment") || refused
  echo "payment $attempt: $(printf '%s' "$paid" | jq '.[0]')"
done

# Of actions the days are dd.mm.yyyy.
for status in 4 0; do
  act contract ContractGroupOperation type=changeStatus "cids=$id" "status=$status" "date1=$(date +%d.%m.%Y)" comment=example >"$work/answer" || exit
  grep -q 'status="ok"' "$work/answer" || fail 1 "$(cat "$work/answer")"
  contract=$(call $contracts contractGet "{\"contractId\": $id}") || refused
  echo "status: $(printf '%s' "$contract" | jq .status)"
done

echo 'a fault of SOAP:'
cat >"$work/envelope" <<'XML'
<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="http://service.common.api.contract.kernel.bgbilling.bitel.ru/">
  <S:Body><c:contractGet><contractId>999999999</contractId></c:contractGet></S:Body>
</S:Envelope>
XML
send --header 'Content-Type: text/xml;charset=utf-8' --header 'SOAPAction: ""' --data-binary "@$work/envelope" "$hub/$contracts"
echo
echo 'an error of an action:'
act contract ContractInfo cid=999999999
echo
call $contracts contractGet '{"contractId": 999999999}' || { echo 'an error of JSON:'; cat "$work/answer"; }
