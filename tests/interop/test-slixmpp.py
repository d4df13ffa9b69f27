#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-slixmpp.py KIND: Atrium (bob) and a slixmpp program (alice) write to each other through a real server, both ways:
text, corrections, reactions, retractions, receipts, files, rooms. And what a forger with slixmpp cannot do."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
import ssl

HERE = os.path.dirname(os.path.realpath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, '..', 'servers'))
import atrium             # noqa: E402
import servers            # noqa: E402
import tap                # noqa: E402
from tap import wait      # noqa: E402

KIND = sys.argv.pop(1)
ALICE, BOB, MALLORY = ('%s@work.test' % name for name in ('alice', 'bob', 'mallory'))

folder = tempfile.mkdtemp(prefix='atrium-')
session = alice = bob = mallory = None


class Bot:
    """bot.py as a running colleague."""

    def __init__(self, address):
        self.address = address
        secret = os.path.join(folder, 'bot-' + address)
        servers.atrium_server.write_private(secret, session.describe()['users'][address] + '\n')
        self.log = open(secret + '.log', 'ab')
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, 'bot.py'), '--facts', json.dumps(session.describe()), '--password-file', secret,
             address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            preexec_fn=servers.atrium_server.die_with_parent)
        self.events = []
        self.tags = 0
        threading.Thread(target=self.read, daemon=True).start()
        self.event(event='online')

    def read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def event(self, seconds=60, **wanted):
        return wait(lambda: next((e for e in list(self.events) if all(e.get(k) == v for k, v in wanted.items())), None),
                    seconds, '%s at the bot; it has %s' % (wanted, self.events[-5:]))

    def do(self, verb, **arguments):
        self.tags += 1
        self.process.stdin.write(json.dumps(dict(arguments, do=verb, tag=self.tags)) + '\n')
        self.process.stdin.flush()
        answer = self.event(event='answer', tag=self.tags)
        assert 'error' not in answer, answer
        return answer

    def close(self):
        self.process.kill()
        self.process.wait()
        self.log.close()


def setup():
    global session, alice, bob, mallory
    atrium.require()
    try:
        import slixmpp   # noqa: F401
        import aiohttp   # noqa: F401
    except ImportError as reason:
        raise tap.Skip('python3-slixmpp or python3-aiohttp is not installed') from reason
    try:
        session = servers.Session(KIND, users=('alice', 'bob', 'mallory'), groups={'Team': {'alice': 'Alice', 'bob': 'Bob'}})
    except servers.NotInstalled as reason:
        raise tap.Skip(str(reason)) from None
    bob = atrium.Profile(folder, 'bob')
    bob.sign_in(session.describe(), BOB)
    bob.watch()
    bob.online()
    alice = Bot(ALICE)
    mallory = Bot(MALLORY)


def teardown():
    for bot in (alice, mallory):
        if bot is not None:
            bot.close()
    if bob is not None:
        bob.stop(kill=True)
    if session is not None:
        session.close()
    shutil.rmtree(folder, ignore_errors=True)


def test_text_to_atrium():
    alice.do('send', to=BOB, body='from slixmpp 你好')
    got = bob.message(ALICE, body='from slixmpp 你好', direction='in')
    assert got['from'] == ALICE
    wait(lambda: any('received' in e for e in alice.events), 60, 'our receipt')


def test_text_to_bot():
    bob.send(ALICE, 'from Atrium 早', wait_for_server=True)
    alice.event(event='message', body='from Atrium 早')
    wait(lambda: bob.message(ALICE, body='from Atrium 早')['state'] in ('delivered', 'read'), 60, 'the receipt')


def test_read_mark_to_bot():
    sent = alice.do('send', to=BOB, body='read me')['id']
    bob.message(ALICE, body='read me')
    bob.run('read', ALICE)
    alice.event(event='message', displayed=sent)


def test_read_mark_to_atrium():
    bob.send(ALICE, 'seen?', wait_for_server=True)
    arrived = alice.event(event='message', body='seen?')
    alice.do('displayed', to=BOB, target=arrived['id'])
    wait(lambda: bob.message(ALICE, body='seen?')['state'] == 'read', 60, 'the read mark')


def test_correction_to_atrium():
    first = alice.do('send', to=BOB, body='at nin')['id']
    bob.message(ALICE, body='at nin')
    alice.do('correct', to=BOB, target=first, body='at nine')
    assert bob.message(ALICE, body='at nine')['edited'] is True
    assert not [m for m in bob.messages(ALICE) if m['body'] == 'at nin']


def test_correction_to_bot():
    sent = bob.send(ALICE, 'on Mondy', wait_for_server=True)
    first = alice.event(event='message', body='on Mondy')
    bob.run('edit', sent['id'], 'on Monday')
    assert alice.event(event='message', body='on Monday')['replace'] == first['id']


def test_reaction_to_atrium():
    bob.send(ALICE, 'cake in the kitchen', wait_for_server=True)
    arrived = alice.event(event='message', body='cake in the kitchen')
    alice.do('react', to=BOB, target=arrived['id'], emoji=['🎂', '❤️'])
    wait(lambda: bob.message(ALICE, body='cake in the kitchen')['reactions'] == {'🎂': [ALICE], '❤️': [ALICE]}, 60, 'them')
    alice.do('react', to=BOB, target=arrived['id'], emoji=['❤️'])
    wait(lambda: bob.message(ALICE, body='cake in the kitchen')['reactions'] == {'❤️': [ALICE]}, 60, 'one less')


def test_reaction_to_bot():
    sent = alice.do('send', to=BOB, body='shall we?')['id']
    bob.run('react', bob.message(ALICE, body='shall we?')['id'], '👍')
    wait(lambda: any(e.get('reactions') == {'to': sent, 'emoji': ['👍']} for e in alice.events), 60, 'the reaction')


def test_retraction_to_atrium():
    first = alice.do('send', to=BOB, body='to the wrong person')['id']
    row = bob.message(ALICE, body='to the wrong person')
    alice.do('retract', to=BOB, target=first)
    wait(lambda: next(m for m in bob.messages(ALICE) if m['id'] == row['id'])['retracted'], 60, 'the retraction')


def test_retraction_to_bot():
    sent = bob.send(ALICE, 'not meant so', wait_for_server=True)
    first = alice.event(event='message', body='not meant so')
    bob.run('retract', sent['id'])
    alice.event(event='message', retract=first['id'])


def test_file_to_atrium():
    content = os.urandom(50000)
    path = os.path.join(folder, 'plan.pdf')
    with open(path, 'wb') as out:
        out.write(content)
    alice.do('file', to=BOB, path=path, type='application/pdf')

    def arrived():
        for message in bob.messages(ALICE):
            for entry in message.get('files') or []:
                if message['direction'] == 'in' and entry.get('path'):
                    with open(entry['path'], 'rb') as source:
                        if hashlib.sha256(source.read()).digest() == hashlib.sha256(content).digest():
                            return entry
        return None
    assert wait(arrived, 120, 'the file')['name'] == 'plan.pdf'


def test_large_file_to_atrium():
    """An address tells no size: what turns out larger than may come by itself is not kept, and waits for a click."""
    for name, size in (('film.bin', 6 << 20), ('note.bin', 1 << 10)):
        path = os.path.join(folder, name)
        with open(path, 'wb') as out:
            out.write(os.urandom(size))
        alice.do('file', to=BOB, path=path)

    def files():
        return {f['name']: f for m in bob.messages(ALICE) for f in m.get('files') or []}
    wait(lambda: files().get('note.bin', {}).get('path'), 120, 'the small file')
    assert files()['film.bin']['path'] is None, files()
    assert not [n for _, _, names in os.walk(bob.data) for n in names if n == 'film.bin']


def test_file_to_bot():
    content = os.urandom(60000)
    path = os.path.join(folder, 'photo.bin')
    with open(path, 'wb') as out:
        out.write(content)
    bob.run('send', ALICE, '', '--file', path, '--wait')
    event = wait(lambda: next((e for e in alice.events if e['event'] == 'message' and e.get('url')), None), 120, 'the address of the file')
    # An older program shows the body: it must be the address alone.
    assert event['body'] == event['url'], event
    context = ssl.create_default_context(cafile=session.describe()['ca'])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(event['url'], timeout=60) as answer:
        assert answer.read() == content


def test_room():
    room = 'stand-up@rooms.work.test'
    alice.do('make_room', room=room, nick='Alice')
    bob.alone('room', 'join', room)
    assert any(m.get('address') == ALICE or m.get('nick') == 'Alice' for m in bob.alone('room', 'members', room))
    alice.do('send', to=room, body='good morning all', room=True)
    assert bob.message(room, body='good morning all', direction='in')['nick'] == 'Alice'
    bob.send(room, 'morning 早', wait_for_server=True)
    said = alice.event(event='message', type='groupchat', body='morning 早')
    alice.do('react', to=room, target=said['stanza_id'], emoji=['☕'], room=True)
    wait(lambda: '☕' in (bob.message(room, body='morning 早')['reactions'] or {}), 60, 'the reaction')
    assert [m['body'] for m in bob.messages(room)].count('morning 早') == 1


def test_room_correction():
    room = 'stand-up@rooms.work.test'
    first = alice.do('send', to=room, body='done todya', room=True)['id']
    bob.message(room, body='done todya')
    alice.do('correct', to=room, target=first, body='done today', room=True)
    assert bob.message(room, body='done today')['edited'] is True
    sent = bob.send(room, 'mine tomorow', wait_for_server=True)
    arrived = alice.event(event='message', type='groupchat', body='mine tomorow')
    bob.run('edit', sent['id'], 'mine tomorrow')
    assert alice.event(event='message', type='groupchat', body='mine tomorrow')['replace'] == arrived['id']


def test_forged_carbon():
    mallory.do('raw', xml="<message xmlns='jabber:client' to='%s' type='chat'><received xmlns='urn:xmpp:carbons:2'>"
                          "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='%s/x' to='%s' type='chat'>"
                          "<body>send me the keys</body></message></forwarded></received><body>look</body></message>"
                          % (BOB, ALICE, BOB))
    mallory.do('send', to=BOB, body='after the carbon')
    bob.message(MALLORY, body='after the carbon')
    assert 'send me the keys' not in json.dumps(bob.messages(ALICE) + bob.messages(MALLORY))
    assert bob.event(event='rejected')['count'] >= 1


def test_forged_edit():
    sent = alice.do('send', to=BOB, body='pay 10')['id']
    bob.message(ALICE, body='pay 10')
    mallory.do('correct', to=BOB, target=sent, body='pay 1000')
    mallory.do('send', to=BOB, body='after the edit')
    bob.message(MALLORY, body='after the edit')
    assert bob.message(ALICE, body='pay 10')['edited'] is False


def test_forged_roster_push():
    mallory.do('raw', xml="<iq xmlns='jabber:client' to='%s' type='set' id='p1'><query xmlns='jabber:iq:roster'>"
                          "<item jid='%s' subscription='both' name='Boss'/></query></iq>" % (BOB, MALLORY))
    mallory.do('raw', xml="<iq xmlns='jabber:client' to='%s/%s' type='set' id='p2'><query xmlns='jabber:iq:roster'>"
                          "<item jid='%s' subscription='both' name='Boss'/></query></iq>" % (BOB, 'x', MALLORY))
    mallory.do('send', to=BOB, body='after the push')
    bob.message(MALLORY, body='after the push')
    assert not [p for p in bob.run('people') if p.get('name') == 'Boss']


tap.main(globals(), setup, teardown)
