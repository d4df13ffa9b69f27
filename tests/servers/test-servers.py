#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The harness itself: the wire does what its words say, and the servers come back with what they had."""
import os
import socket
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import servers            # noqa: E402
import tap                # noqa: E402


class Echo:
    """Answers every connection with what it says."""

    def __init__(self):
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    @staticmethod
    def serve(connection):
        try:
            while data := connection.recv(4096):
                connection.sendall(data)
            connection.close()
        except OSError:
            pass


def relay():
    return servers.Relay({'echo': Echo().port})


def connect(wire):
    connection = socket.create_connection(('127.0.0.1', wire.ports['echo']), timeout=30)
    return connection


def said(connection, data):
    connection.sendall(data)
    got = b''
    while len(got) < len(data):
        piece = connection.recv(65536)
        if not piece:
            break
        got += piece
    return got == data


def test_open():
    wire = relay()
    with connect(wire) as connection:
        assert said(connection, b'hello' * 100000)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(10) == b''
    wire.close()


def test_cut():
    wire = relay()
    with connect(wire) as connection:
        assert said(connection, b'before')
        wire.cut()
        try:
            assert connection.recv(10) == b'', 'the connection lives'
            raise AssertionError('ended politely')
        except ConnectionResetError:
            pass
    try:
        with connect(wire) as connection:
            connection.sendall(b'x')
            assert connection.recv(10) == b''
    except ConnectionError:
        pass
    wire.heal()
    with connect(wire) as connection:
        assert said(connection, b'after')
    wire.close()


def test_stall():
    wire = relay()
    with connect(wire) as connection:
        assert said(connection, b'before')
        wire.stall()
        connection.sendall(b'lost')
        connection.settimeout(0.5)
        for _ in range(2):
            try:
                connection.recv(10)
                raise AssertionError('something came through')
            except TimeoutError:
                pass
            wire.heal()   # half-open for ever: only new connections get through
        with connect(wire) as second:
            assert said(second, b'after')
    wire.close()


def server(kind):
    try:
        session = servers.Session(kind, users=('alice', 'bob'), relay=True, groups={'工程部': {'alice': 'Alice', 'bob': '鲍勃'}})
    except servers.NotInstalled as reason:
        raise tap.Skip(str(reason)) from None
    with session:
        facts = session.describe()
        ports = {facts[k].rsplit(':', 1)[1].split('/')[0] for k in ('starttls', 'tls', 'websocket', 'websocket_plain')}
        assert len(ports) == 4 and not ports & {str(p) for p in facts['ports'].values()}, facts
        session.server.kill()
        session.server.start()
        session.restart()
        session.server.add_user('carol', 'secret')
    assert not os.path.exists(session.folder)


def test_prosody():
    server('prosody')


def test_ejabberd():
    server('ejabberd')


def test_coturn():
    try:
        session = servers.Session('prosody', turn=True)
    except servers.NotInstalled as reason:
        raise tap.Skip(str(reason)) from None
    with session:
        assert servers.atrium_server.answers('127.0.0.1', session.describe()['turn']['port'])


tap.main(globals())
