#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Atrium (bob) and Dino in a real window (alice) write to each other through a real Prosody, both ways: text, Chinese,
corrections, reactions, files."""
import hashlib
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', '..', 'servers'))
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import atrium                                   # noqa: E402
import dino as dino_window                      # noqa: E402
import servers                                  # noqa: E402
import tap                                      # noqa: E402
from tap import wait                            # noqa: E402

PICTURES = os.environ.get('ATRIUM_PICTURES')
ALICE = 'alice@work.test'
BOB = 'bob@work.test'

server = None
dino = None
bob = None
folder = None


def setup():
    global server, dino, bob, folder
    atrium.require()
    dino_window.prepare_network('work.test')
    folder = tempfile.mkdtemp(prefix='atrium-dino-')
    try:
        server = servers.Session('prosody', groups={'Warehouse': {'alice': 'Alice Moreno', 'bob': 'Bob Larsen'}})
    except servers.NotInstalled as reason:
        raise tap.Skip(str(reason)) from None
    facts = server.describe()
    dino_window.trust('work.test', facts['ca'], folder)
    dino_window.forward(5222, facts['ports']['xmpp'])
    bob = atrium.Profile(folder, 'bob')
    bob.sign_in(facts, BOB)
    bob.watch()
    bob.online()
    dino = dino_window.Dino(folder, ALICE, server.passwords['alice'], 'Alice Moreno')
    dino.open_conversation(BOB)
    dino.start()
    bob.event(event='presence', address=ALICE, presence='available')


def teardown():
    if dino is not None:
        if PICTURES:
            dino.screenshot(os.path.join(PICTURES, 'interop-dino.png'))
        dino.close()
    if bob is not None:
        bob.stop(kill=True)
    if server is not None:
        server.close()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def test_text_to_dino():
    bob.send(ALICE, 'Good morning from Atrium', wait_for_server=True)
    wait(lambda: dino.messages('Good morning from Atrium'), what='the text in Dino')
    assert dino.messages('Good morning from Atrium')[0][2] == BOB
    # Dino's receipt (XEP-0184) comes back.
    wait(lambda: bob.message(ALICE, body='Good morning from Atrium')['state'] in ('delivered', 'read'), what='the receipt')


def test_chinese_to_dino():
    text = '三号冷库昨晚升到 6.2 °C，已经恢复正常 👍'
    bob.send(ALICE, text, wait_for_server=True)
    wait(lambda: dino.messages(text), what='the text in Dino')


def test_text_to_atrium():
    dino.type('hello from Dino')
    dino.key('Return')
    message = bob.message(ALICE, body='hello from Dino', direction='in')
    assert message['from'] == ALICE
    # And ours to Dino: delivered at least.
    wait(lambda: dino.messages('hello from Dino')[0][4] in (1, 2), what='our receipt in Dino')


def test_correction_to_atrium():
    dino.key('Up')
    dino.key('End')
    dino.type(', corrected')
    dino.key('Return')
    assert bob.message(ALICE, body='hello from Dino, corrected', direction='in')['edited'] is True
    assert not [m for m in bob.messages(ALICE) if m['body'] == 'hello from Dino']


def test_correction_to_dino():
    sent = bob.send(ALICE, 'The truck leavs at nine', wait_for_server=True)
    wait(lambda: dino.messages('The truck leavs at nine'), what='the text in Dino')
    bob.run('edit', sent['id'], 'The truck leaves at nine')
    wait(lambda: dino.try_query('SELECT 1 FROM message_correction c JOIN message m ON m.id = c.message_id WHERE m.body = ?',
                                'The truck leaves at nine'), what='the correction in Dino')


def test_reaction_to_dino():
    # To one that was never corrected: Dino 0.4 finds a corrected one by the id of its last correction only, and we name the
    # message itself.
    dino.type('the second truck too')
    dino.key('Return')
    bob.run('react', bob.message(ALICE, body='the second truck too', direction='in')['id'], '👍')
    wait(lambda: any('👍' in row[0] for row in dino.try_query('SELECT emojis FROM reaction')), what='the reaction in Dino')


def test_file_to_dino():
    content = os.urandom(70000)
    path = os.path.join(folder, 'cold-chain-week-47.bin')
    with open(path, 'wb') as out:
        out.write(content)
    bob.run('send', ALICE, '', '--file', path, '--wait')

    def arrived():
        # Direction 0 is received, state 0 complete. Dino fetches files as small as this one by itself.
        rows = dino.try_query('SELECT path FROM file_transfer WHERE direction = 0 AND state = 0')
        for (name,) in rows:
            candidates = [name] if name and os.path.isabs(name) else []
            for root, _, names in os.walk(os.path.dirname(dino.database_path)):
                candidates += [os.path.join(root, n) for n in names if name and n == os.path.basename(name)]
            for candidate in candidates:
                with open(candidate, 'rb') as source:
                    if hashlib.sha256(source.read()).digest() == hashlib.sha256(content).digest():
                        return True
        return False
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
        for message in bob.messages(ALICE):
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
