#!/usr/bin/env python3
"""Calls the billing of a Vestnik hub over JSON and XML actions, as a payment desk or a CRM does.

    VESTNIK_LOGIN=desk VESTNIK_PASSWORD=... python3 client.py http://HUB:8080 TITLE PARAMETER PAYMENT_TYPE EXTERNAL_ID

TITLE names the contract, PARAMETER is the number of a text parameter, PAYMENT_TYPE that of a type of payments, EXTERNAL_ID what the payment of
100.50 is called on this side: sent again, also by another run, it is not paid again. Needs Python 3.9 and nothing else.

Exit code: 0 done, 1 the hub refused (its words are on standard error), 2 wrong call, 75 the hub is away.
"""

import datetime
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

CONTRACT = "ru.bitel.bgbilling.kernel.contract.api/ContractService"
STATUS = "ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService"
PAYMENT = "ru.bitel.bgbilling.kernel.contract.balance/PaymentService"
ACTIVE, SUSPENDED = 0, 4


class Refused(Exception):
    """What the hub said no to. `name` is the class by which programs tell refusals apart."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


class Hub:
    def __init__(self, address, login, password):
        self.address = address.rstrip("/") + "/executer"
        self.user = {"user": login, "pswd": password}

    def call(self, service, method, **params):
        """An operation over JSON. HTTP 200 says only that the call arrived; `status` says how it went."""
        body = json.dumps({"method": method, "user": self.user, "params": params}).encode()
        request = urllib.request.Request(f"{self.address}/json/{service}", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            # Amounts stay what was written: a binary float is no money.
            answer = json.load(response, parse_float=str)
        if answer["status"] != "ok":
            raise Refused((answer["exception"] or "").rpartition(".")[2], answer["message"])
        return answer["data"]

    def act(self, module, action, **params):
        """An XML action. The password goes in the body, since addresses are written into logs; authToSession=0 asks for no session."""
        form = {**self.user, "pswd": self.user["pswd"], "authToSession": "0", "module": module, "action": action, **params}
        body = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(self.address, body, timeout=30) as response:
            root = ElementTree.fromstring(response.read())
        if root.get("status") == "error":
            raise Refused("data", root.text)
        return root


def main(address, title, parameter, payment_type, external_id):
    login, password = os.environ.get("VESTNIK_LOGIN"), os.environ.get("VESTNIK_PASSWORD")
    if not login or not password:
        sys.exit("set VESTNIK_LOGIN and VESTNIK_PASSWORD")
    hub = Hub(address, login, password)
    today = datetime.date.today().isoformat()

    # 1. The contract, by its exact title.
    contract = hub.call(CONTRACT, "contractByTitle", contractTitle=title)["return"]
    number = contract["id"]
    print(f"contract {number}: {contract['title']}, status {contract['status']}")

    # 2. A parameter is written and read.
    hub.call(CONTRACT, "contractParameterTextUpdate", contractId=number, parameter={"entitySpecAttrId": int(parameter), "value": "Python & Ко"})
    value = hub.call(CONTRACT, "contractParameterGet", contractId=number, parameterId=int(parameter))["return"]["value"]
    print(f"parameter {parameter}: {value}")

    # 3. A payment, and the same once more, as after an answer that was lost on the way.
    payment = {"contractId": number, "typeId": int(payment_type), "date": today, "sum": "100.50", "comment": "example", "externalId": external_id}
    for attempt in ("first", "again"):
        (paid,) = hub.call(PAYMENT, "paymentUpdate", payment=payment)["return"]
        print(f"payment {attempt}: {paid}")

    # 4. Suspended, and back: `cid` may be a list.
    for status in (SUSPENDED, ACTIVE):
        hub.call(STATUS, "changeContractStatus", cid=[number], statusId=status, dateFrom=today, comment="example")
        print(f"status: {hub.call(CONTRACT, 'contractGet', contractId=number)['return']['status']}")

    # 5. The summary over an XML action: summa1..summa5 are incoming, payments, accounts, charges, outgoing.
    balance = hub.act("contract", "ContractInfo", cid=number).find("balance")
    print(f"balance: {balance.get('summa5')}")

    # 6. What a refusal looks like, in both.
    for attempt in (
        lambda: hub.call(CONTRACT, "contractGet", contractId=999_999_999),
        lambda: hub.act("contract", "ContractInfo", cid=999_999_999),
    ):
        try:
            attempt()
        except Refused as refusal:
            print(f"refused: {refusal.name}: {refusal}")


if __name__ == "__main__":
    if len(sys.argv) != 6:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    try:
        main(*sys.argv[1:])
    except Refused as refusal:
        print(f"{refusal.name}: {refusal}", file=sys.stderr)
        sys.exit(1)
    except (urllib.error.URLError, OSError) as error:
        print(f"the hub at {sys.argv[1]} is away: {error}", file=sys.stderr)
        sys.exit(75)
