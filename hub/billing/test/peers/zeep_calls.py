"""Calls every operation of a plan with zeep: python3 zeep_calls.py PLAN. Prints one JSON with an outcome for each call."""

import base64
import json
import sys

import lxml.etree
import requests
import zeep
from zeep.helpers import serialize_object


def build(client, value):
    if isinstance(value, list):
        return [build(client, one) for one in value]
    if not isinstance(value, dict):
        return value
    if "base64" in value:
        return base64.b64decode(value["base64"])
    fields = {name: build(client, one) for part in ("attributes", "elements") for name, one in value[part].items()}
    for name, inside in value["wrapped"].items():
        fields[name] = {inside["item"]: build(client, inside["items"])}
    return client.get_type("{%s}%s" % (value["namespace"], value["bean"]))(**fields)


def words(value):
    """How many words stand in all that was decoded."""
    if value is None:
        return 0
    if isinstance(value, dict):
        return sum(words(one) for one in value.values())
    if isinstance(value, (list, tuple)):
        return sum(words(one) for one in value)
    if isinstance(value, lxml.etree._Element):
        return words(" ".join(value.itertext()))
    if isinstance(value, bytes):
        return 1 if value else 0
    if hasattr(value, "isoformat"):
        return 1
    return len(str(value).split())


def main(path):
    with open(path, encoding="utf-8") as file:
        plan = json.load(file)
    session = requests.Session()
    session.auth = (plan["login"], plan["password"])
    history = zeep.plugins.HistoryPlugin()
    transport = zeep.Transport(session=session)
    clients = {}
    outcomes = []
    for call in plan["calls"]:
        try:
            if call["url"] not in clients:
                clients[call["url"]] = zeep.Client(call["url"] + "?wsdl", transport=transport, plugins=[history])
            client = clients[call["url"]]
            answer = client.service[call["operation"]](**{name: build(client, one) for name, one in call["params"].items()})
            sent = lxml.etree.tostring(history.last_sent["envelope"], encoding="unicode")
            received = lxml.etree.tostring(history.last_received["envelope"], encoding="unicode")
            outcomes.append({"words": words(serialize_object(answer, dict)), "sent": sent, "received": received})
        except zeep.exceptions.Fault as fault:
            sent = lxml.etree.tostring(history.last_sent["envelope"], encoding="unicode")
            detail = [lxml.etree.QName(one).localname for one in fault.detail] if fault.detail is not None else []
            outcomes.append({"fault": fault.message, "detail": detail, "sent": sent})
        except Exception as error:
            outcomes.append({"error": "%s: %s" % (type(error).__name__, error)})
    json.dump(outcomes, sys.stdout)


main(sys.argv[1])
