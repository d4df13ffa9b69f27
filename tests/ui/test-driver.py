#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The driver itself, on a window of a few lines: when this fails, the other UI tests say nothing about Atrium."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import uitest             # noqa: E402
import tap                # noqa: E402
from tap import wait      # noqa: E402

desktop = app = None


def setup():
    global desktop, app
    desktop = uitest.Desktop()
    sample = os.path.join(os.path.dirname(os.path.realpath(__file__)), 'sample-window.py')
    app = uitest.App(desktop, 'sample', command=['/usr/bin/python3', sample])
    desktop.apps.append(app)


def teardown():
    if desktop is not None:
        desktop.close()


def test_type_and_click():
    app.type('Message entry', '你好 hello')
    assert app.text('Message entry') == '你好 hello'
    app.click('Send')
    app.wait_for('你好 hello')


def test_absent():
    assert not app.has('nowhere')
    assert not app.has('not to be seen')
    try:
        app.find('nowhere', seconds=1)
    except AssertionError as error:
        assert 'Send' in str(error)
    else:
        raise AssertionError('found what is not there')


def test_keys():
    app.type('Message entry', '')
    node = app.editable('Message entry')
    wait(lambda: app.keys('Tab') or (app.focused() is not None and app.focused().name == 'Message entry'), 30, 'the entry')
    assert node is not None
    app.type_keys('abc')
    app.keys('Return')
    app.wait_for('entered abc')


def test_resize_and_picture():
    os.environ['ATRIUM_PICTURES'] = tempfile.mkdtemp(prefix='atrium-')
    app.resize(360, 500)
    path = app.shot('sample')
    with open(path, 'rb') as picture:
        head = picture.read(24)
    assert head[:8] == b'\x89PNG\r\n\x1a\n' and int.from_bytes(head[16:20], 'big') == 360, head
    os.unlink(path)
    os.rmdir(os.path.dirname(path))


def test_notification():
    app.click('Notify')
    assert desktop.notification('From the sample')['body'] == '你好'


def test_keyring():
    assert desktop.has_name('org.freedesktop.secrets')


def test_quit():
    app.quit()


tap.main(globals(), setup, teardown)
