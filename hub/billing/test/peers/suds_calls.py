"""Calls every operation of a plan with suds: python3 suds_calls.py PLAN. Prints one JSON with an outcome for each call."""

import base64
import json
import logging
import sys

import suds
from suds.client import Client
from suds.sudsobject import Object
from suds.transport.https import HttpAuthenticated


def build(client, value):
    if isinstance(value, list):
        return [build(client, one) for one in value]
    if not isinstance(value, dict):
        return value
    if "base64" in value:
        return value["base64"]
    made = client.factory.create("{%s}%s" % (value["namespace"], value["bean"]))
    # What the factory puts there, for a person to fill in, is not sent.
    for name in list(made.__keylist__):
        made[name] = None
    for name, one in value["attributes"].items():
        made["_" + name] = " ".join(map(str, one)) if isinstance(one, list) else build(client, one)
    for name, one in value["elements"].items():
        made[name] = build(client, one)
    for name, inside in value["wrapped"].items():
        made[name] = {inside["item"]: build(client, inside["items"])}
    return made


def words(value):
    """How many words stand in all that was decoded."""
    if value is None:
        return 0
    if isinstance(value, (Object, dict)):
        items = value if isinstance(value, Object) else value.items()
        return sum(words(one) for _, one in items)
    if isinstance(value, (list, tuple)):
        return sum(words(one) for one in value)
    if hasattr(value, "isoformat"):
        return 1
    return len(str(value).split())


def main(path):
    # It logs every fault with the whole message.
    logging.disable(logging.CRITICAL)
    with open(path, encoding="utf-8") as file:
        plan = json.load(file)
    clients = {}
    outcomes = []
    for call in plan["calls"]:
        try:
            if call["url"] not in clients:
                transport = HttpAuthenticated(username=plan["login"], password=plan["password"])
                clients[call["url"]] = Client(call["url"] + "?wsdl", transport=transport, cache=None)
            client = clients[call["url"]]
            method = client.service[0][call["operation"]]
            answer = method(**{name: build(client, one) for name, one in call["params"].items()})
            outcomes.append({"words": words(answer), "sent": str(client.last_sent()), "received": str(client.last_received())})
        except suds.WebFault as fault:
            detail = [name for name, _ in fault.fault.detail]
            outcomes.append({"fault": str(fault.fault.faultstring), "detail": detail, "sent": str(client.last_sent())})
        except Exception as error:
            outcomes.append({"error": "%s: %s" % (type(error).__name__, error)})
    json.dump(outcomes, sys.stdout)


main(sys.argv[1])
