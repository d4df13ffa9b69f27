#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything with the keyboard alone: real key presses, no action and no text set from outside."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import uitest             # noqa: E402
import scenes             # noqa: E402
import servers            # noqa: E402
import tap                # noqa: E402
from tap import wait      # noqa: E402

ALICE, BOB = 'alice@work.test', 'bob@work.test'
desktop = session = app = None


def setup():
    global desktop, session
    if not os.access(uitest.program('atrium'), os.X_OK):
        raise tap.Skip('atrium is not built')
    desktop = uitest.Desktop()
    try:
        session = scenes.office()
    except servers.NotInstalled as reason:
        raise tap.Skip(str(reason)) from None
    desktop.sign_in('bob', session.describe(), BOB)


def teardown():
    for part in (desktop, session):
        if part is not None:
            part.close()


def focus_name():
    node = app.focused()
    return '' if node is None else uitest.name_of(node) or uitest.name_of(node.parent)


def test_sign_in():
    global app
    facts = session.describe()
    app = desktop.start('alice', settings={'server': "'%s'" % facts['starttls'], 'ca-file': "'%s'" % facts['ca']})
    app.wait_for('Sign in to Atrium')
    # The one thing that is asked first has the focus.
    app.type_keys(ALICE)
    app.keys('Return')
    app.type_keys(facts['users'][ALICE])
    app.keys('Return')
    app.wait_gone('Sign in to Atrium')
    app.find('New message or room')


def test_go_to_a_person_and_write():
    app.keys('ctrl+k')
    app.find('Go to people, chats, messages')
    app.type_keys('bob')
    app.wait_for('Bob Larsen')
    app.keys('Return')
    app.find('Message entry')
    app.type_keys('typed by hand')
    app.keys('Return')
    app.wait_for('typed by hand')
    wait(lambda: desktop.ctl('bob', 'sync') is not None
         and any(m['body'] == 'typed by hand' for m in desktop.ctl('bob', 'messages', ALICE)), 60, 'it at bob')


def test_new_line_and_edit():
    app.type_keys('first')
    app.keys('shift+Return')
    app.type_keys('second')
    assert app.text('Message entry') == 'first\nsecond', app.text('Message entry')
    app.keys('Return')
    app.wait_for('second')
    app.keys('Up')
    wait(lambda: app.text('Message entry') == 'first\nsecond', 60, 'the last message in the entry')
    app.keys('ctrl+a')
    app.type_keys('better')
    app.keys('Return')
    app.wait_for('better')
    app.wait_for('edited')


def test_tab_is_no_trap():
    """Tab leaves the entry, and goes round without getting stuck."""
    seen = []
    for _ in range(40):
        app.keys('Tab')
        seen.append(focus_name())
    assert len(set(seen)) > 5, seen
    assert any(name != 'Message entry' for name in seen[:2]), seen


def test_regions():
    names = []
    for _ in range(6):
        app.keys('F6')
        names.append(focus_name())
    assert len(set(names)) >= 3, names


def test_sections():
    app.keys('ctrl+1')
    app.wait_for('Mentions and unread chats') if app.has('Mentions and unread chats') else app.wait_for('Nothing waiting')
    app.keys('ctrl+3')
    app.find('Search people')
    app.keys('ctrl+2')
    app.find('New message or room')


def test_search_here():
    app.keys('ctrl+k')
    app.type_keys('bob')
    app.wait_for('Bob Larsen')
    app.keys('Return')
    app.keys('ctrl+f')
    app.find('Search in this chat')
    app.type_keys('typed')
    app.keys('Return')
    app.wait_for('1 of 1')
    app.keys('Escape')


def test_preferences_and_shortcuts():
    app.keys('ctrl+comma')
    app.wait_for('Appearance')
    app.keys('Escape')
    app.keys('ctrl+question')
    app.wait_for('Go to anything')
    app.keys('Escape')


def test_quit():
    app.quit()


tap.main(globals(), setup, teardown)
