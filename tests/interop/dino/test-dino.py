#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Atrium (bob) and Dino in a real window (alice) write to each other through a real Prosody, both ways: text, Chinese,
corrections, reactions, files, a room."""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', '..', 'servers'))
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import dino as dino_window                      # noqa: E402
import servers                                  # noqa: E402
import tap                                      # noqa: E402
from tap import wait                            # noqa: E402

BUILD = os.environ.get('ATRIUM_BUILD_DIR', '.')
PICTURES = os.environ.get('ATRIUM_PICTURES')
CTL = os.path.join(BUILD, 'src', 'ctl', 'atriumctl')
ALICE = 'alice@work.test'
BOB = 'bob@work.test'

server = None
dino = None
bob = None
folder = None


class Atrium:
    """One profile of Atrium through atriumctl; a “watch” in the background keeps it online."""

    def __init__(self, address, password):
        self.data = os.path.join(folder, address.split('@')[0])
        secret = os.path.join(folder, 'secret-' + address.split('@')[0])
        with open(secret, 'w', encoding='utf-8') as out:
            out.write(password)
        facts = server.describe()
        self.run('sign-in', address, '--password-file', secret, '--server', facts['starttls'], '--ca', facts['ca'])
        self.log = open(os.path.join(folder, 'watch.log'), 'wb')
        self.watch = subprocess.Popen([CTL, '--data-dir', self.data, '--json', 'watch'], stdin=subprocess.DEVNULL,
                                      stdout=self.log, stderr=self.log)
        wait(lambda: self.run('status')[0]['state'] == 'online', what='Atrium to be online')

    def run(self, *arguments):
        """The JSON lines that a verb printed."""
        done = subprocess.run([CTL, '--data-dir', self.data, '--json', '--timeout', '60', *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, '%s: %d, %s' % (arguments, done.returncode, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def message(self, chat, **wanted):
        """The newest message of a chat that has all these values; None if there is none."""
        for message in reversed(self.run('messages', chat)):
            if all(message.get(key) == value for key, value in wanted.items()):
                return message
        return None

    def close(self):
        self.watch.terminate()
        self.watch.wait()
        self.log.close()


def setup():
    global server, dino, bob, folder
    if not os.access(CTL, os.X_OK):
        raise tap.Skip('atriumctl is not built')
    dino_window.prepare_network('work.test')
    folder = tempfile.mkdtemp(prefix='atrium-dino-')
    try:
        server = servers.Session('prosody', groups={'Warehouse': {'alice': 'Alice Moreno', 'bob': 'Bob Larsen'}})
    except servers.NotInstalled as reason:
        raise tap.Skip(str(reason)) from None
    facts = server.describe()
    dino_window.trust('work.test', facts['ca'], folder)
    dino_window.forward(5222, facts['ports']['xmpp'])
    bob = Atrium(BOB, server.passwords['bob'])
    dino = dino_window.Dino(folder, ALICE, server.passwords['alice'], 'Alice Moreno')
    dino.open_conversation(BOB)
    dino.start()
    wait(lambda: any(p['address'] == ALICE and p['presence'] != 'offline' for p in bob.run('people')), what='Dino online')


def teardown():
    if dino is not None:
        if PICTURES:
            dino.screenshot(os.path.join(PICTURES, 'interop-dino.png'))
        dino.close()
    if bob is not None:
        bob.close()
    if server is not None:
        server.close()


def test_text_to_dino():
    bob.run('send', ALICE, 'Good morning from Atrium', '--wait')
    wait(lambda: dino.messages('Good morning from Atrium'), what='the text in Dino')
    assert dino.messages('Good morning from Atrium')[0][2] == BOB
    # Dino's receipt (XEP-0184) comes back.
    wait(lambda: bob.message(ALICE, body='Good morning from Atrium')['state'] in ('delivered', 'read'), what='the receipt')


def test_chinese_to_dino():
    text = '三号冷库昨晚升到 6.2 °C，已经恢复正常 👍'
    bob.run('send', ALICE, text, '--wait')
    wait(lambda: dino.messages(text), what='the text in Dino')


def test_text_to_atrium():
    dino.type('hello from Dino')
    dino.key('Return')
    message = wait(lambda: bob.message(ALICE, body='hello from Dino', direction='in'), what='the text in Atrium')
    assert message['from'] == ALICE
    # And ours to Dino: delivered at least.
    wait(lambda: dino.messages('hello from Dino')[0][4] in (1, 2), what='our receipt in Dino')


def test_correction_to_atrium():
    dino.key('Up')
    dino.key('End')
    dino.type(', corrected')
    dino.key('Return')
    message = wait(lambda: bob.message(ALICE, body='hello from Dino, corrected', direction='in'), what='the correction')
    assert message['edited'] is True
    assert bob.message(ALICE, body='hello from Dino') is None


def test_correction_to_dino():
    sent = bob.run('send', ALICE, 'The truck leavs at nine', '--wait')[0]
    wait(lambda: dino.messages('The truck leavs at nine'), what='the text in Dino')
    bob.run('edit', str(sent['id']), 'The truck leaves at nine')
    wait(lambda: dino.try_query('SELECT 1 FROM message_correction c JOIN message m ON m.id = c.message_id WHERE m.body = ?',
                                'The truck leaves at nine'), what='the correction in Dino')


def test_reaction_to_dino():
    message = bob.message(ALICE, body='hello from Dino, corrected')
    bob.run('react', str(message['id']), '👍')
    wait(lambda: any('👍' in row[0] for row in dino.try_query('SELECT emojis FROM reaction')), what='the reaction in Dino')


def test_file_to_dino():
    content = os.urandom(70000)
    path = os.path.join(folder, 'cold-chain-week-47.bin')
    with open(path, 'wb') as out:
        out.write(content)
    bob.run('send', ALICE, '', '--file', path, '--wait')

    def arrived():
        rows = dino.try_query('SELECT path FROM file_transfer WHERE direction = 0 AND state = 2')
        for (name,) in rows:
            candidates = [name] if name and os.path.isabs(name) else []
            for root, _, names in os.walk(os.path.dirname(dino.database_path)):
                candidates += [os.path.join(root, n) for n in names if name and n == os.path.basename(name)]
            for candidate in candidates:
                with open(candidate, 'rb') as source:
                    if hashlib.sha256(source.read()).digest() == hashlib.sha256(content).digest():
                        return True
        return False
    # A person clicks on the file; Dino fetches small pictures alone by itself. The newest row is the lowest one.
    wait(lambda: dino.try_query('SELECT 1 FROM file_transfer WHERE direction = 0'), what='the file in Dino')
    dino.click(480, 600)
    wait(arrived, what='the same bytes in Dino')


def test_file_to_atrium():
    content = ('片段 ' * 2000).encode()
    path = os.path.join(folder, 'report.txt')
    with open(path, 'wb') as out:
        out.write(content)
    dino.click(700, 660)                         # the entry has the focus
    dino.key('ctrl+u')
    wait(lambda: len(dino.xdotool('search', '--onlyvisible', '--class', 'dino').split()) > 1, what='the file chooser')
    dino.type(path)
    dino.key('Return')

    def sent():
        if not dino.try_query('SELECT 1 FROM file_transfer WHERE direction = 1'):
            dino.key('Return')                   # first the chooser, then “Send”
        return dino.try_query('SELECT 1 FROM file_transfer WHERE direction = 1')
    wait(sent, what='Dino to send the file')

    def arrived():
        for message in bob.run('messages', ALICE):
            for entry in message.get('files') or []:
                if message['direction'] == 'in' and entry['name'].endswith('.txt') and entry.get('path'):
                    with open(entry['path'], 'rb') as source:
                        if source.read() == content:
                            return True
        return False
    wait(arrived, what='the same bytes in Atrium')


if __name__ == '__main__':
    dino_window.enter_namespace()
    tap.main(globals(), setup, teardown)
