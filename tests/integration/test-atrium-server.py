#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/atrium-server as a person uses it: from its command line, and what a client sees of it."""
import json
import os
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, 'tests', 'servers'))
import tap                # noqa: E402
from tap import wait      # noqa: E402

TOOL = os.path.join(TOP, 'tools', 'atrium-server')
work = tempfile.mkdtemp(prefix='atrium-')
folder = os.path.join(work, 'server')
running = None


def tool(*arguments, status=0, **more):
    done = subprocess.run([TOOL] + list(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, **more)
    assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
    assert 'Traceback' not in done.stderr, done.stderr
    return done.stdout if status == 0 else done.stderr


def start():
    global running
    running = subprocess.Popen([TOOL, 'run', folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    line = running.stdout.readline()
    assert 'runs. Clients sign in with' in line, line


def facts():
    done = subprocess.run([TOOL, 'status', '--json', folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def password_file(name, password):
    path = os.path.join(work, name)
    with open(path, 'w', encoding='utf-8') as out:
        out.write(password + '\n')
    return path


def setup():
    if shutil.which('prosody') is None:
        raise tap.Skip('prosody is not installed')


def teardown():
    if running is not None and running.poll() is None:
        running.terminate()
        running.wait()
    shutil.rmtree(work, ignore_errors=True)


def test_init():
    out = tool('init', '--domain', 'Work.Test', folder)
    assert 'work.test' in out and 'ca.crt' in out, out
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    for name in ('settings.json', 'groups.txt', 'tls/ca.key'):
        assert stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) == 0o600, name
    # Ports that the tests of the other suites, or a real server, do not hold.
    path = os.path.join(folder, 'settings.json')
    with open(path, encoding='utf-8') as source:
        settings = json.load(source)
    sys.path.insert(0, os.path.join(TOP, 'tests', 'servers'))
    import servers
    settings['ports'] = dict(zip(('xmpp', 'xmpps', 'http', 'https'), servers.reserve_ports(4)))
    with open(path, 'w', encoding='utf-8') as out:
        json.dump(settings, out)


def test_init_refuses():
    assert 'holds a server already' in tool('init', folder, status=1)
    assert 'is not empty' in tool('init', work, status=1)
    assert 'not a domain name' in tool('init', '--domain', 'a b', os.path.join(work, 'x'), status=2)
    assert 'IP address' in tool('init', '--listen', 'nowhere', os.path.join(work, 'x'), status=2)
    assert 'too long' in tool('init', os.path.join(work, 'x' * 100), status=1)
    assert not os.path.exists(os.path.join(work, 'x'))


def test_without_server():
    assert 'not the folder of a server' in tool('run', os.path.join(work, 'nothing'), status=1)
    assert 'does not run' in tool('stop', folder, status=3)
    assert 'does not run' in tool('invite', folder, status=3)
    tool('status', folder, status=3)
    assert facts()['running'] is False


def test_add_user_before_start():
    secret = password_file('alice', 'correct horse')
    assert 'alice@work.test can sign in' in tool('add-user', '--password-file', secret, '--name', '艾丽丝',
                                                 '--group', '产品部', '--group', 'Engineering', folder, 'Alice')
    # Without a file and a terminal a password is made up, and told once.
    assert re.search(r'Password: \S{12,}', tool('add-user', folder, 'bob'))
    assert 'cannot be the name' in tool('add-user', folder, 'a@b', status=2)
    with open(os.path.join(folder, 'groups.txt'), encoding='utf-8') as source:
        assert source.read() == '[+产品部]\nalice@work.test=艾丽丝\n[+Engineering]\nalice@work.test=艾丽丝\n'


def test_run():
    start()
    now = facts()
    assert now['running'] is True and now['accounts'] == ['alice', 'bob'], now
    assert 'runs already' in tool('run', folder, status=1)
    tool('status', folder)


def test_certificate():
    now = facts()
    context = ssl.create_default_context(cafile=now['ca'])
    for name in ('work.test', 'upload.work.test', '127.0.0.1'):
        with socket.create_connection(('127.0.0.1', now['ports']['xmpps']), timeout=30) as raw, \
             context.wrap_socket(raw, server_hostname=name) as tls:
            assert tls.version() in ('TLSv1.2', 'TLSv1.3')
    try:
        with socket.create_connection(('127.0.0.1', now['ports']['xmpps']), timeout=30) as raw:
            context.wrap_socket(raw, server_hostname='elsewhere.test')
        raise AssertionError('a certificate for another name was accepted')
    except ssl.SSLError:   # refused by the server (no such name) or by us (wrong certificate)
        pass


def test_no_sign_in_without_encryption():
    with socket.create_connection(('127.0.0.1', facts()['ports']['xmpp']), timeout=30) as raw:
        raw.sendall(b"<?xml version='1.0'?><stream:stream to='work.test' xmlns='jabber:client' "
                    b"xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
        seen = b''
        while b'</stream:features>' not in seen:
            piece = raw.recv(4096)
            assert piece, seen
            seen += piece
    assert b'<required/>' in seen and b'<mechanism>' not in seen, seen


def test_invite():
    assert re.fullmatch(r'xmpp:work\.test\?register;preauth=\S+\n', tool('invite', folder))
    assert re.fullmatch(r'xmpp:carol@work\.test\?register;preauth=\S+\n', tool('invite', '--user', 'carol', folder))


def test_archive_is_wal():
    import sqlite3
    database = sqlite3.connect(os.path.join(folder, 'archive.sqlite'))
    assert database.execute('PRAGMA journal_mode').fetchone()[0] == 'wal'
    database.close()


def test_sign_in():
    """The real thing, with somebody else's client: both accounts, the department, a message."""
    try:
        import slixmpp  # noqa: F401
    except ImportError:
        raise tap.Skip('python3-slixmpp is not installed') from None
    done = subprocess.run([sys.executable, os.path.join(TOP, 'tests', 'interop', 'bot.py'), '--facts', json.dumps(facts()),
                           '--password-file', os.path.join(work, 'alice'), 'alice@work.test', 'roster'],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert any('roster' in answer for answer in answers), done.stdout


def test_stop():
    assert 'Stopped' in tool('stop', folder)
    assert running.wait(60) == 0
    assert facts()['running'] is False


def test_killed_launcher_takes_prosody_along():
    start()
    port = facts()['ports']['xmpp']
    running.send_signal(signal.SIGKILL)
    running.wait()

    def gone():
        try:
            socket.create_connection(('127.0.0.1', port), timeout=5).close()
            return False
        except OSError:
            return True
    wait(gone, 60, 'Prosody to go')
    # And what it left behind does not stop the next start.
    start()
    tool('stop', folder)
    assert running.wait(60) == 0


def test_taken_port():
    with socket.create_server(('127.0.0.1', facts()['ports']['xmpp'])):
        assert 'is taken by another program' in tool('run', folder, status=1)


tap.main(globals(), setup, teardown)
