#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-two-people.py KIND TRANSPORT: everything of chat, between two accounts, through a real server.

KIND: prosody or ejabberd. TRANSPORT: starttls, tls or websocket."""
import hashlib
import json
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'servers'))
import atrium             # noqa: E402
import servers            # noqa: E402
import tap                # noqa: E402
from tap import wait      # noqa: E402

KIND, TRANSPORT = sys.argv[1:3]
del sys.argv[1:3]
ALICE, BOB, CAROL = ('%s@work.test' % name for name in ('alice', 'bob', 'carol'))

folder = tempfile.mkdtemp(prefix='atrium-')
session = alice = bob = None


def setup():
    global session, alice, bob
    atrium.require()
    try:
        session = servers.Session(KIND, users=('alice', 'bob', 'carol'),
                                  groups={'工程部': {'alice': 'Alice Moreno', 'bob': '张伟', 'carol': 'Carol Diaz'}})
    except servers.NotInstalled as reason:
        raise tap.Skip(str(reason)) from None
    facts = session.describe()
    alice = atrium.Profile(folder, 'alice')
    bob = atrium.Profile(folder, 'bob')
    alice.sign_in(facts, ALICE, TRANSPORT)
    bob.sign_in(facts, BOB, TRANSPORT)
    for person in (alice, bob):
        person.watch()
        person.online()


def teardown():
    for person in (alice, bob):
        if person is not None:
            person.stop(kill=True)
    if session is not None:
        session.close()
    shutil.rmtree(folder, ignore_errors=True)


def test_status():
    status = alice.run('status')[0]
    assert status['account'] == ALICE and status['outbox'] == 0 and not status.get('error'), status


def test_roster():
    """The department is there without anybody having added anybody."""
    def colleagues():
        return {p['address']: p for p in alice.run('people')}
    people = wait(lambda: (lambda p: p if BOB in p and CAROL in p else None)(colleagues()), 60, 'the people')
    assert people[BOB]['groups'] == ['工程部'], people
    # Who is there is known to the program that is online; another one on the profile says "unknown".
    alice.event(event='presence', address=BOB, presence='available')
    assert colleagues()[CAROL]['presence'] in ('offline', 'unknown'), colleagues()[CAROL]


def test_message():
    text = 'Guten Morgen, 早上好 👋 <b>&amp;</b>'
    sent = alice.send(BOB, text, wait_for_server=True)
    got = bob.message(ALICE, body=text, direction='in')
    assert got['from'] == ALICE and got['chat'] == ALICE, got
    mine = alice.message(BOB, body=text, direction='out')
    assert mine['id'] == sent['id']
    wait(lambda: alice.message(BOB, body=text)['state'] in ('delivered', 'read'), 60, 'the receipt')


def test_unread_and_read():
    alice.send(BOB, 'please read', wait_for_server=True)
    bob.message(ALICE, body='please read')
    chat = next(c for c in bob.run('chats') if c['address'] == ALICE)
    assert chat['unread'] >= 1 and chat['kind'] == 'person', chat
    bob.run('read', ALICE)
    assert next(c for c in bob.run('chats') if c['address'] == ALICE)['unread'] == 0
    wait(lambda: alice.message(BOB, body='please read')['state'] == 'read', 60, 'the read mark')


def test_edit():
    sent = alice.send(BOB, 'the meeting is at nin', wait_for_server=True)
    bob.message(ALICE, body='the meeting is at nin')
    alice.run('edit', sent['id'], 'the meeting is at nine')
    assert bob.message(ALICE, body='the meeting is at nine')['edited'] is True
    assert not [m for m in bob.messages(ALICE) if m['body'] == 'the meeting is at nin']


def test_retract():
    sent = alice.send(BOB, 'wrong window', wait_for_server=True)
    there = bob.message(ALICE, body='wrong window')
    alice.run('retract', sent['id'])
    wait(lambda: next(m for m in bob.messages(ALICE) if m['id'] == there['id'])['retracted'], 60, 'the retraction')
    assert 'wrong window' not in json.dumps(bob.messages(ALICE))


def test_react():
    sent = alice.send(BOB, 'lunch?', wait_for_server=True)
    got = bob.message(ALICE, body='lunch?')
    bob.run('react', got['id'], '👍')
    wait(lambda: next(m for m in alice.messages(BOB) if m['id'] == sent['id'])['reactions'] == {'👍': [BOB]}, 60, 'the reaction')


def test_reply():
    alice.send(BOB, 'which room?', wait_for_server=True)
    got = bob.message(ALICE, body='which room?')
    bob.send(ALICE, 'the blue one', '--reply-to', got['id'], wait_for_server=True)
    answer = alice.message(BOB, body='the blue one', direction='in')
    asked = alice.message(BOB, body='which room?')
    assert answer['reply_to'] == asked['id'], (answer, asked)


def test_file():
    content = os.urandom(300000)
    path = os.path.join(folder, '会议 记录.bin')
    with open(path, 'wb') as out:
        out.write(content)
    alice.run('send', BOB, 'the minutes', '--file', path, '--wait')

    def arrived():
        for message in bob.messages(ALICE):
            for entry in message.get('files') or []:
                if entry['size'] == len(content) and entry.get('path'):
                    with open(entry['path'], 'rb') as source:
                        return hashlib.sha256(source.read()).digest() == hashlib.sha256(content).digest() and entry
        return False
    entry = wait(arrived, 120, 'the file')
    assert entry['name'] == '会议 记录.bin', entry
    assert os.path.realpath(entry['path']).startswith(os.path.realpath(bob.data) + '/'), entry


def test_second_device():
    """What alice writes and reads on one device is on the other one too."""
    other = atrium.Profile(folder, 'alice-laptop')
    other.sign_in(session.describe(), ALICE, TRANSPORT)
    other.watch()
    try:
        other.online()
        alice.send(BOB, 'written at my desk', wait_for_server=True)
        assert other.message(BOB, body='written at my desk')['direction'] == 'out'
        bob.send(ALICE, 'for both', wait_for_server=True)
        for device in (alice, other):
            device.message(BOB, body='for both', direction='in')
            wait(lambda device=device: next(c for c in device.run('chats') if c['address'] == BOB)['unread'] >= 1, 60, 'unread')
        alice.run('read', BOB)
        wait(lambda: next(c for c in other.run('chats') if c['address'] == BOB)['unread'] == 0, 60, 'read on the other device')
    finally:
        other.stop()


def test_room():
    room = alice.alone('room', 'new', '产品 发布', '--private', '--member', BOB)[0]['address']
    assert room.endswith('@rooms.work.test'), room
    bob.alone('room', 'join', room)
    assert any(c['address'] == room and c['kind'] == 'room' for c in bob.run('chats')), bob.run('chats')
    assert {BOB, ALICE} <= {m['address'] for m in bob.alone('room', 'members', room)}
    alice.send(room, 'welcome 欢迎', wait_for_server=True)
    got = bob.message(room, body='welcome 欢迎', direction='in')
    assert got['from'] == ALICE and got['chat'] == room, got
    bob.send(room, 'thank you', wait_for_server=True)
    assert alice.message(room, body='thank you')['from'] == BOB
    # Everybody has each of them once, also the writer.
    for person in (alice, bob):
        bodies = [m['body'] for m in person.messages(room)]
        assert bodies.count('welcome 欢迎') == 1 and bodies.count('thank you') == 1, bodies
    # Edits and reactions work in rooms as well.
    mine = alice.message(room, body='welcome 欢迎')
    bob.run('react', bob.message(room, body='welcome 欢迎')['id'], '🎉')
    wait(lambda: '🎉' in (alice.message(room, body='welcome 欢迎')['reactions'] or {}), 60, 'the reaction')
    alice.run('edit', mine['id'], 'welcome, all')
    assert bob.message(room, body='welcome, all')['edited'] is True


def test_private_room_refuses_others():
    room = next(c['address'] for c in alice.run('chats') if c['kind'] == 'room')
    carol = atrium.Profile(folder, 'carol')
    carol.sign_in(session.describe(), CAROL, TRANSPORT)
    try:
        carol.run('room', 'join', room)
        raise AssertionError('carol came in')
    except atrium.Failed as error:
        assert error.status in (1, 5), error


def test_search():
    alice.send(BOB, '明天上午十点在三号会议室讨论预算', wait_for_server=True)
    hits = alice.run('search', '预算')
    assert any('预算' in h['snippet'] for h in hits if h['kind'] == 'message'), hits
    assert any(h['kind'] == 'person' for h in alice.run('search', 'zw', '--in', 'people')), 'zw does not find 张伟'


def test_offline_writing():
    """Written with the program down and sent later, once, in order."""
    alice.stop()
    for number in range(5):
        alice.send(BOB, 'offline %d' % number)
    assert all(m['state'] == 'queued' for m in alice.messages(BOB) if m['body'].startswith('offline ')), alice.messages(BOB)[-6:]
    assert alice.run('status')[0]['outbox'] >= 5
    alice.run('sync')
    assert alice.run('status')[0]['outbox'] == 0
    bob.message(ALICE, body='offline 4')
    assert [m['body'] for m in bob.messages(ALICE) if m['body'].startswith('offline ')] == ['offline %d' % n for n in range(5)]
    alice.watch()
    alice.online()


def test_catch_up():
    """A day away: everything that came meanwhile is there after one "sync", once and in order."""
    alice.stop()
    for number in range(60):
        bob.send(ALICE, 'meanwhile %d' % number)
    wait(lambda: bob.run('status')[0]['outbox'] == 0, 120, 'the outbox of bob')
    alice.run('sync')
    got = [m['body'] for m in alice.messages(BOB, 200) if m['body'].startswith('meanwhile ')]
    assert got == ['meanwhile %d' % n for n in range(60)], got
    alice.watch()
    alice.online()


def test_errors_are_told():
    try:
        alice.run('send', 'not an address@@', 'x')
        raise AssertionError('accepted')
    except atrium.Failed as error:
        assert error.status in (1, 2) and 'Traceback' not in str(error), error
    stranger = atrium.Profile(folder, 'nobody')
    try:
        stranger.run('sync')
        raise AssertionError('accepted')
    except atrium.Failed as error:
        assert error.status == 3, error
    wrong = atrium.Profile(folder, 'wrong')
    facts = dict(session.describe(), users={ALICE: 'not her password'})
    try:
        wrong.sign_in(facts, ALICE, TRANSPORT)
        raise AssertionError('accepted')
    except atrium.Failed as error:
        assert error.status in (1, 5) and 'password' in str(error).lower(), error


def test_nothing_secret_is_printed():
    for verb in (('status',), ('diagnose',), ('policy',)):
        assert 'alice-password' not in json.dumps(alice.alone(*verb)), verb


tap.main(globals(), setup, teardown)
