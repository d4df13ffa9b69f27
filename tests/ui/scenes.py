# SPDX-License-Identifier: GPL-3.0-or-later
"""The office that UI tests and pictures play in: a private server, four people, their rooms, and what is said there."""
import os
import sys

import uitest
from tap import wait

sys.path.insert(0, os.path.join(uitest.TOP, 'tests', 'servers'))
import servers            # noqa: E402

DOMAIN = 'work.test'
NAMES = {'alice': 'Alice Moreno', 'bob': 'Bob Larsen', 'carol': '王芳', 'dave': '张伟'}
GROUPS = {'Operations': {'alice': NAMES['alice'], 'bob': NAMES['bob']}, '产品部': {'carol': NAMES['carol'], 'dave': NAMES['dave']}}
ROOM = 'Cold store 3'


def office(kind='prosody', relay=False):
    """A running server with these people."""
    return servers.Session(kind, users=tuple(NAMES), groups=GROUPS, relay=relay)


def fill(desktop, facts, people=('alice', 'bob')):
    """Signs people in and gives them a few chats to look at."""
    address = {name: '%s@%s' % (name, DOMAIN) for name in NAMES}
    for name in people:
        desktop.sign_in(name, facts, address[name])
    room = desktop.ctl('alice', 'room', 'new', ROOM, '--private', '--member', address['bob'])[0]['address']
    desktop.ctl('alice', 'sync')
    desktop.ctl('bob', 'room', 'join', room)
    desktop.ctl('bob', 'sync')
    for name, text in (('alice', 'Cold store 3 was at 6.2 °C during the night, the limit is 4.'),
                       ('bob', 'I looked at it at six. The door seal is torn, the compressor is *fine*.'),
                       ('alice', '请把疫苗移到二号库，谢谢。Bob orders the seal.'),
                       ('bob', 'Ordered, it comes tomorrow before ten.')):
        desktop.ctl(name, 'send', room, text, '--wait')
    desktop.ctl('bob', 'send', address['alice'], 'Do you have ten minutes before the call?', '--wait')
    for name in people:
        desktop.ctl(name, 'sync')
    return room


def open_chat(app, name):
    """Opens a chat by going to it with the keyboard, as a person would."""
    app.keys('ctrl+k')
    app.type('Go to people, chats, messages', name)
    app.wait_for(name)
    app.keys('Return')
    app.find('Message entry')


def write(app, text):
    """Writes into the open chat and sends with Enter."""
    app.type('Message entry', text)
    app.keys('Return')
    wait(lambda: app.text('Message entry') == '', 60, 'the entry to be empty')
    app.wait_for(text)
