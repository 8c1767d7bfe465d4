#!/usr/bin/env python3
"""Calls the billing of a Vestnik hub over SOAP with zeep (Debian: python3-zeep).

    VESTNIK_LOGIN=desk VESTNIK_PASSWORD=... python3 soap_zeep.py http://HUB:8080 TITLE PARAMETER PAYMENT_TYPE EXTERNAL_ID

The arguments, what it does and the exit codes are those of client.py beside it.
"""

import datetime
import decimal
import os
import sys

import requests
import zeep

CONTRACT = "ru.bitel.bgbilling.kernel.contract.api/ContractService"
STATUS = "ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService"
PAYMENT = "ru.bitel.bgbilling.kernel.contract.balance/PaymentService"
ACTIVE, SUSPENDED = 0, 4


def main(address, title, parameter, payment_type, external_id):
    login, password = os.environ.get("VESTNIK_LOGIN"), os.environ.get("VESTNIK_PASSWORD")
    if not login or not password:
        sys.exit("set VESTNIK_LOGIN and VESTNIK_PASSWORD")
    session = requests.Session()
    # Encoded here: requests would write letters beyond Latin-1 as question marks or fail.
    session.auth = (login.encode(), password.encode())
    transport = zeep.Transport(session=session, timeout=30, operation_timeout=30)
    # A program with a file cache (zeep.cache.SqliteCache) reads each WSDL once a day instead of at each start.
    client = lambda service: zeep.Client(f"{address.rstrip('/')}/executer/{service}?wsdl", transport=transport)
    contracts = client(CONTRACT).service
    today = datetime.datetime.combine(datetime.date.today(), datetime.time())

    contract = contracts.contractByTitle(title)
    print(f"contract {contract.id}: {contract.title}, status {contract.status}")

    contracts.contractParameterTextUpdate(contract.id, {"entityId": contract.id, "entitySpecAttrId": int(parameter), "value": "zeep & Ко"})
    print(f"parameter {parameter}: {contracts.contractParameterGet(contract.id, int(parameter)).value}")

    payments = client(PAYMENT).service
    payment = {
        "id": 0,
        "contractId": contract.id,
        "typeId": int(payment_type),
        "date": today,
        "sum": decimal.Decimal("100.50"),
        "comment": "example",
        "userId": 0,
        "externalId": external_id,
    }
    for attempt in ("first", "again"):
        (paid,) = payments.paymentUpdate(payment)
        print(f"payment {attempt}: {paid}")

    statuses = client(STATUS).service
    for status in (SUSPENDED, ACTIVE):
        statuses.changeContractStatus(cid=[contract.id], statusId=status, dateFrom=today, comment="example")
        print(f"status: {contracts.contractGet(contract.id).status}")

    # The second result of an operation, here the total, makes zeep answer an object with both.
    print(f"payments in all: {payments.paymentList(contract.id, None, 0).holderTotalSum}")

    try:
        contracts.contractGet(999_999_999)
    except zeep.exceptions.Fault as fault:
        print(f"refused: {fault.detail.find('{*}exception').get('class').rpartition('.')[2]}: {fault.message}")


if __name__ == "__main__":
    if len(sys.argv) != 6:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    try:
        main(*sys.argv[1:])
    except zeep.exceptions.Fault as fault:
        print(fault.message, file=sys.stderr)
        sys.exit(1)
    except requests.RequestException as error:
        print(f"the hub at {sys.argv[1]} is away: {error}", file=sys.stderr)
        sys.exit(75)
