#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window as people use it: alice before it, bob somewhere else, a real server between them."""
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
        session = scenes.office(relay=True)
    except servers.NotInstalled as reason:
        raise tap.Skip(str(reason)) from None
    desktop.sign_in('bob', session.describe(), BOB)


def teardown():
    for part in (desktop, session):
        if part is not None:
            part.close()


def bob(*arguments):
    return desktop.ctl('bob', *arguments)


def bob_has(text, seconds=60):
    """Bob fetches until he has the message."""
    def look():
        bob('sync')
        return any(m['body'] == text for m in bob('messages', ALICE, '--limit', '50'))
    wait(look, seconds, '%r at bob' % text)


def test_first_run():
    """Work address and password, nothing else: the organisation has set where the server is."""
    global app
    facts = session.describe()
    app = desktop.start('alice', settings={'server': "'%s'" % facts['starttls'], 'ca-file': "'%s'" % facts['ca']})
    app.wait_for('Sign in to Atrium')
    app.shot('first-run')
    app.type('Work address', ALICE)
    app.type('Password', 'not my password')
    app.click('Sign in', exact=True)
    app.wait_for('The name or the password is wrong.')
    app.type('Password', facts['users'][ALICE])
    app.click('Sign in', exact=True)
    app.wait_gone('Sign in to Atrium')
    app.find('New message or room')
    assert desktop.ctl('alice', 'status')[0]['account'] == ALICE


def test_send():
    scenes.open_chat(app, 'Bob Larsen')
    scenes.write(app, 'Hello Bob, 你好')
    bob_has('Hello Bob, 你好')
    app.wait_for('Sent')


def test_receive():
    bob('send', ALICE, 'Good morning Alice', '--wait')
    app.wait_for('Good morning Alice')
    app.wait_for('Bob Larsen')


def test_second_start_presents_the_first():
    import subprocess
    done = subprocess.run([uitest.program('atrium'), '--profile', 'alice'], stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == 0
    app.alive()


def test_receive_while_scrolled_up():
    for number in range(60):
        bob('send', ALICE, 'line %02d of the long report' % number)
    bob('sync')
    app.wait_for('line 59 of the long report', 120)
    messages = app.find('Messages', exact=True)
    newest = app.picture_of(messages)
    app.point_at(messages)
    app.xdotool('click', '--repeat', '8', '--delay', '20', '4')
    app.find('To the newest message')
    reading = app.picture_of(messages)
    assert reading != newest, 'the wheel does not scroll'
    bob('send', ALICE, 'while you were reading', '--wait')
    app.wait_for('while you were reading')   # in the chat list
    assert app.picture_of(messages) == reading, 'the text moved away under the reader'
    app.click('To the newest message')
    app.wait_gone('To the newest message')
    assert app.picture_of(messages) != reading, 'the newest message is not in sight'


def test_search_two_characters():
    bob('send', ALICE, '明天上午十点在三号会议室讨论预算', '--wait')
    app.wait_for('明天上午十点在三号会议室讨论预算')
    app.keys('ctrl+shift+f')
    app.type('Search all messages', '预算')
    app.find('讨论预算')
    app.shot('search')
    app.keys('Return')
    app.wait_gone('Search all messages')
    app.wait_for('明天上午十点在三号会议室讨论预算')


def test_offline_writing():
    session.relay.cut()
    scenes.write(app, 'written on the train')
    app.wait_for('Waiting on this computer')
    app.wait_for('Offline', 90)
    app.shot('offline')
    session.relay.heal()
    bob_has('written on the train', 120)
    app.wait_gone('Waiting on this computer', 120)
    assert [m['body'] for m in bob('messages', ALICE, '--limit', '50')].count('written on the train') == 1


def test_file():
    path = desktop.path('report.txt')
    with open(path, 'w', encoding='utf-8') as out:
        out.write('the report\n' * 100)
    app.click('Attach')
    app.click('File…')
    # GTK's own dialog: a path typed into it opens the location entry.
    dialog = wait(lambda: [w for w in app.xdotool('search', '--onlyvisible', '--pid', str(app.process.pid)).split()
                           if w != app.window()], 60, 'the file dialog')
    app.xdotool('windowfocus', '--sync', dialog[0])
    app.xdotool('type', '--delay', '20', path)
    app.xdotool('key', 'Return')
    app.wait_for('report.txt')
    app.type('Message entry', 'here it is')
    app.keys('Return')

    def arrived():
        bob('sync')
        return any(f['name'] == 'report.txt' for m in bob('messages', ALICE) for f in m.get('files') or [])
    wait(arrived, 120, 'the file at bob')
    app.shot('file')


def test_quit():
    app.quit()


def test_restart_keeps_everything():
    """No sign-in, no network needed: what was there is there."""
    global app
    session.relay.cut()
    app = desktop.start('alice')
    app.find('New message or room')
    scenes.open_chat(app, 'Bob Larsen')
    app.wait_for('here it is')
    session.relay.heal()
    app.quit()


tap.main(globals(), setup, teardown)
