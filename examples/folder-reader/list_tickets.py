#!/usr/bin/env python3
"""Reads the XML files of a Stat_Client folder and prints one CSV line a document: a start for whoever feeds an accounting program.

    python3 list_tickets.py FOLDER [--move-to FOLDER]

Standard output: CSV with a header. Standard error: sums by currency, and what could not be read. With --move-to each file that was read
is moved there after its line is out, as an accounting program would take it. Needs Python 3.9 and nothing else.
Exit code: 0 every file was read; 1 some were not (their names are told, they stay where they are); 2 wrong call.

What an accountant's programmer needs to know:
- A file in the folder is complete: Stat_Client renames it into place. Read `*.xml` only; `.stat_client` is the client's own.
- A document is known by number + OPTYPE + TRANS_TYPE. The number alone is not unique: a ticket comes as sold and again as returned.
- Amounts carry no sign. OPTYPE gives the direction: SALE is money taken, REFUND is money given back, also with TRANS_TYPE EXCHANGE or CANCEL.
- Elements may be absent, new ones may appear: ask for what you need by name, and do not rely on their order.
"""

import argparse
import csv
import os
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from decimal import Decimal, InvalidOperation

COLUMNS = ['file', 'type', 'optype', 'trans_type', 'number', 'replaces', 'belongs_to', 'date', 'time', 'agency', 'passenger', 'pnr',
           'currency', 'price', 'taxes', 'penalty', 'signed']
MOST_BYTES = 16 * 1024 * 1024
AMOUNT = re.compile(r'\d{1,12}(\.\d{1,3})?')
SIGN = {'SALE': 1, 'REFUND': -1}


class Unreadable(Exception):
    """The file is not one of ours; the text says why."""


class Builder(ET.TreeBuilder):
    """Refuses a DOCTYPE before anything in it is expanded: no file of the hub has one, and an entity can fill the memory."""

    def doctype(self, name, public_id, system_id):
        raise Unreadable('it has a DOCTYPE')


def text(element, name):
    """Text of a child, empty when it is absent."""
    return (element.findtext(name) or '').strip()


def amount(element, name):
    """Exact amount of a child, None when it is absent. Never a float: sums must come out to the kopeck."""
    value = text(element, name)
    if not value:
        return None
    if not AMOUNT.fullmatch(value):
        raise Unreadable(f'{name} is not an amount: {value[:40]!r}')
    return Decimal(value)


def need(element, name):
    value = text(element, name)
    if not value:
        raise Unreadable(f'{name} is missing')
    return value


def iso_date(value):
    """DDMMYYYY as YYYY-MM-DD. Text, because the time of day beside it is local to the sale and has no zone of its own."""
    if not re.fullmatch(r'\d{8}', value):
        raise Unreadable(f'DEALDATE is not DDMMYYYY: {value[:40]!r}')
    return f'{value[4:]}-{value[2:4]}-{value[:2]}'


def passengers(ticket):
    """FIO of air and insurance; the names of all travellers of rail and Aeroexpress."""
    if text(ticket, 'FIO'):
        return text(ticket, 'FIO')
    return '; '.join('/'.join(filter(None, (text(each, 'SURNAME'), text(each, 'NAME')))) for each in ticket.findall('PASSENGERS/PASSENGER'))


def read_ticket(ticket):
    kind = need(ticket, 'TYPE')
    optype = need(ticket, 'OPTYPE')
    if optype not in SIGN:
        raise Unreadable(f'OPTYPE is neither SALE nor REFUND: {optype[:40]!r}')
    # Where the price stands depends on the family: TOTAL for rail, AMOUNT for insurance, FARE and the taxes beside it for all others.
    name = {'TRAIN_TICKET': 'TOTAL', 'EINSURCAR': 'AMOUNT'}.get(kind, 'FARE')
    price = amount(ticket, name)
    if price is None:
        raise Unreadable(f'{name} is missing')
    taxes = sum((amount(tax, 'AMOUNT') or Decimal(0) for tax in ticket.findall('TAXES/TAX')), Decimal(0))
    time = need(ticket, 'DEALTIME')
    return {
        'type': kind,
        'optype': optype,
        'trans_type': need(ticket, 'TRANS_TYPE'),
        'number': text(ticket, 'BSONUM') or need(ticket, 'TICKNUM'),
        'replaces': text(ticket, 'EX_BSONUM'),
        'belongs_to': text(ticket, 'TO_BSONUM'),
        'date': iso_date(need(ticket, 'DEALDATE')),
        'time': f'{time[:2]}:{time[2:]}',
        'agency': text(ticket, 'DEAL/AGENCY'),
        'passenger': passengers(ticket),
        'pnr': text(ticket, 'PNR_LAT') or text(ticket, 'PNR'),
        'currency': need(ticket, 'CURRENCY'),
        'price': price,
        'taxes': taxes,
        # Withheld from a refund without a document of its own; a penalty with a document comes as a file of its own.
        'penalty': amount(ticket, 'PENALTY') or Decimal(0),
        'signed': (price + taxes) * SIGN[optype],
    }


def read_file(path):
    """All documents of a file; the hub writes exactly one."""
    if os.path.getsize(path) > MOST_BYTES:
        raise Unreadable('it is larger than 16 MiB')
    try:
        root = ET.parse(path, ET.XMLParser(target=Builder())).getroot()
    except (ET.ParseError, LookupError, ValueError) as error:
        raise Unreadable(f'it is not XML: {error}') from error
    tickets = root.findall('TICKET') if root.tag == 'TICKETS' else []
    if not tickets:
        raise Unreadable('there is no TICKETS/TICKET in it')
    try:
        return [read_ticket(ticket) for ticket in tickets]
    except InvalidOperation as error:
        raise Unreadable(f'an amount cannot be reckoned with: {error}') from error


def main():
    parser = argparse.ArgumentParser(description='Prints the tickets of a Stat_Client folder as CSV.')
    parser.add_argument('folder')
    parser.add_argument('--move-to', metavar='FOLDER', help='move each file here after its line is printed')
    options = parser.parse_args()
    for folder in filter(None, (options.folder, options.move_to)):
        if not os.path.isdir(folder):
            parser.error(f'{folder} is not a folder')

    out = csv.DictWriter(sys.stdout, COLUMNS)
    out.writeheader()
    sums = defaultdict(Decimal)
    seen = set()
    unreadable = 0
    # Names begin with date, time and sequence, so this is the order in which the hub queued them.
    for name in sorted(entry for entry in os.listdir(options.folder) if entry.endswith('.xml')):
        path = os.path.join(options.folder, name)
        try:
            documents = read_file(path)
        except (Unreadable, OSError) as error:
            print(f'{name}: {error}', file=sys.stderr)
            unreadable += 1
            continue
        for document in documents:
            identity = (document['number'], document['optype'], document['trans_type'])
            if identity in seen:
                print(f'{name}: {" ".join(identity)} is there more than once; counted once', file=sys.stderr)
                continue
            seen.add(identity)
            out.writerow({'file': name, **document})
            sums[document['currency']] += document['signed']
        sys.stdout.flush()
        if options.move_to:
            shutil.move(path, os.path.join(options.move_to, name))
    for currency, total in sorted(sums.items()):
        print(f'{currency} {total}', file=sys.stderr)
    return 1 if unreadable else 0


if __name__ == '__main__':
    sys.exit(main())
