#!/usr/bin/env python3
"""Receives callbacks of a Vestnik hub: checks the signature, drops repeats, stores each callback once.

    VESTNIK_SIGNING_SECRET=whsec_... python3 receiver.py PORT JOURNAL

JOURNAL gets one JSON line a callback: {"id", "event"}. A line there is both the work and the memory of it, so no moment of a crash can
part the two; with a database, store the id and the change in one transaction. Needs Python 3.9 and nothing else.

Answers: 200 stored, now or before (the hub is told so and stops); 400 not JSON; 401 the signature is wrong, missing or old; 411 without
a length; 413 too large; 500 it could not be stored, send it again. While a secret is rotated, give both, separated by a comma.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MOST_BYTES = 1024 * 1024
# How far the hub's clock may be from ours, in seconds: an old request that was overheard cannot be sent again.
TOLERANCE = 300


def keys_of(text):
    """Key bytes of the secrets in the environment."""
    secrets = [secret for secret in text.split(',') if secret]
    if not secrets or not all(secret.startswith('whsec_') for secret in secrets):
        raise ValueError('a secret is whsec_ and base64')
    return [base64.b64decode(secret[len('whsec_'):], validate=True) for secret in secrets]


def is_authentic(keys, headers, body):
    """Standard Webhooks: `v1,` and the HMAC-SHA256 of `id.timestamp.body`; several signatures are separated by blanks."""
    identity, timestamp = headers.get('webhook-id', ''), headers.get('webhook-timestamp', '')
    if not identity or not re.fullmatch(r'[0-9]{1,12}', timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    signed = f'{identity}.{timestamp}.'.encode() + body
    own = [b'v1,' + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    given = headers.get('webhook-signature', '').encode('utf-8', 'replace').split()
    return any(hmac.compare_digest(one, each) for one in own for each in given)


class Journal:
    """The stored callbacks. A line that a crash has cut off was never answered 200, so it goes when the journal is opened."""

    def __init__(self, path):
        self.lock = threading.Lock()
        self.file = open(path, 'a+b')
        self.file.seek(0)
        text = self.file.read()
        whole = text.rfind(b'\n') + 1
        self.file.truncate(whole)
        self.seen = {json.loads(line)['id'] for line in text[:whole].splitlines()}

    def store(self, identity, event):
        # One at a time, so that two copies of one callback cannot both find it new.
        with self.lock:
            if identity in self.seen:
                return 'duplicate'
            self.file.write(json.dumps({'id': identity, 'event': event}, ensure_ascii=False).encode() + b'\n')
            self.file.flush()
            os.fsync(self.file.fileno())
            self.seen.add(identity)
            return 'stored'


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    # A connection on which nothing comes is closed after so many seconds.
    timeout = 60
    keys = []
    journal = None

    def take(self):
        length = self.headers.get('content-length', '')
        if not re.fullmatch(r'[0-9]{1,9}', length):
            return 411, 'without a length'
        if int(length) > MOST_BYTES:
            return 413, 'too large'
        body = self.rfile.read(int(length))
        if not is_authentic(self.keys, self.headers, body):
            return 401, 'the signature is wrong, missing or old'
        try:
            event = json.loads(body)
        except ValueError:
            return 400, 'not JSON'
        identity = self.headers['webhook-id']
        done = self.journal.store(identity, event)
        print(done, identity, flush=True)
        return 200, done

    def do_POST(self):
        try:
            status, text = self.take()
        except OSError as error:
            print(f'receiver: {error}', file=sys.stderr, flush=True)
            status, text = 500, 'not stored'
        # A body that was not read would be taken for the next request.
        self.close_connection = status in (411, 413)
        self.send_response(status)
        self.send_header('content-type', 'text/plain')
        self.send_header('content-length', str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """The hub has a log; ours is what was stored."""


def main():
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        sys.exit('use: VESTNIK_SIGNING_SECRET=whsec_... receiver.py PORT JOURNAL')
    try:
        Handler.keys = keys_of(os.environ.get('VESTNIK_SIGNING_SECRET', ''))
    except (ValueError, binascii.Error):
        sys.exit('VESTNIK_SIGNING_SECRET must be whsec_ and base64')
    Handler.journal = Journal(sys.argv[2])
    server = ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler)
    server.daemon_threads = True
    for number in (signal.SIGINT, signal.SIGTERM):
        # From another thread: shutdown() waits for the loop that the signal has interrupted.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f'listening on {sys.argv[1]}', flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
