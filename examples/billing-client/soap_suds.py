#!/usr/bin/env python3
"""Calls the billing of a Vestnik hub over SOAP with suds (Debian: python3-suds), the password in the SOAP header.

    VESTNIK_LOGIN=desk VESTNIK_PASSWORD=... python3 soap_suds.py http://HUB:8080 TITLE PARAMETER PAYMENT_TYPE EXTERNAL_ID

The arguments, what it does and the exit codes are those of client.py beside it.
"""

import datetime
import os
import sys
import urllib.error

import suds
from suds.client import Client
from suds.sax.element import Element

CONTRACT = "ru.bitel.bgbilling.kernel.contract.api/ContractService"
STATUS = "ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService"
PAYMENT = "ru.bitel.bgbilling.kernel.contract.balance/PaymentService"
AUTH = ("auth", "http://ws.base.kernel.bgbilling.bitel.ru/")
ACTIVE, SUSPENDED = 0, 4


def main(address, title, parameter, payment_type, external_id):
    login, password = os.environ.get("VESTNIK_LOGIN"), os.environ.get("VESTNIK_PASSWORD")
    if not login or not password:
        sys.exit("set VESTNIK_LOGIN and VESTNIK_PASSWORD")
    # Instead of HTTP Basic: the header of SOAP that the original takes, too.
    auth = Element(AUTH[0], ns=("auth", AUTH[1]))
    auth.set("user", login)
    auth.set("pswd", password)
    # suds keeps WSDLs for a day in a folder of the system; cache=None reads them at each start.
    client = lambda service: Client(f"{address.rstrip('/')}/executer/{service}?wsdl", soapheaders=auth, cache=None, timeout=30)
    contracts = client(CONTRACT)
    today = datetime.datetime.combine(datetime.date.today(), datetime.time())

    contract = contracts.service.contractByTitle(title)
    number = contract._id
    print(f"contract {number}: {contract._title}, status {contract.status}")

    text = contracts.factory.create("entityAttrText")
    text.entityId, text.entitySpecAttrId, text._value = number, parameter, "suds & Ко"
    contracts.service.contractParameterTextUpdate(number, text)
    print(f"parameter {parameter}: {contracts.service.contractParameterGet(number, parameter)._value}")

    payments = client(PAYMENT)
    payment = payments.factory.create("payment")
    payment._id, payment._contractId, payment._typeId = 0, number, payment_type
    payment._date, payment._sum = today.isoformat(), "100.50"
    payment.comment, payment._externalId = "example", external_id
    for attempt in ("first", "again"):
        (paid,) = payments.service.paymentUpdate(payment)
        print(f"payment {attempt}: {paid}")

    statuses = client(STATUS)
    for status in (SUSPENDED, ACTIVE):
        statuses.service.changeContractStatus(cid=[number], statusId=status, dateFrom=today, comment="example")
        print(f"status: {contracts.service.contractGet(number).status}")

    print(f"payments in all: {payments.service.paymentList(number, None, 0).holderTotalSum}")

    try:
        contracts.service.contractGet(999_999_999)
    except suds.WebFault as fault:
        print(f"refused: {fault.fault.detail.exception._cls.rpartition('.')[2]}: {fault.fault.faultstring}")


if __name__ == "__main__":
    if len(sys.argv) != 6:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    try:
        main(*sys.argv[1:])
    except suds.WebFault as fault:
        print(fault.fault.faultstring, file=sys.stderr)
        sys.exit(1)
    except (urllib.error.URLError, OSError) as error:
        print(f"the hub at {sys.argv[1]} is away: {error}", file=sys.stderr)
        sys.exit(75)
