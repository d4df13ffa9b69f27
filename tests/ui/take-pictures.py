#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of every screen in light, dark, narrow and Chinese, in $ATRIUM_PICTURES (_build/pictures). A test too: each
screen must come up with its words and end without a complaint."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import uitest             # noqa: E402
import scenes             # noqa: E402
import servers            # noqa: E402
import tap                # noqa: E402

desktop = session = None
STYLES = {
    'light': ({'appearance': "'light'"}, (1280, 800), 'en'),
    'dark': ({'appearance': "'dark'"}, (1280, 800), 'en'),
    'narrow': ({'appearance': "'light'"}, (360, 720), 'en'),
    'zh': ({'appearance': "'light'"}, (1280, 800), 'zh_CN'),
}
# English name of what must be there → its Chinese, for the screens that wait for words.
WORDS = {'New message or room': '新消息或新群聊', 'Message entry': '消息输入框', 'Search people': '搜索联系人', 'Appearance': '外观'}


def setup():
    global desktop, session
    if not os.access(uitest.program('atrium'), os.X_OK):
        raise tap.Skip('atrium is not built')
    desktop = uitest.Desktop()
    try:
        session = scenes.office()
    except servers.NotInstalled as reason:
        raise tap.Skip(str(reason)) from None
    scenes.fill(desktop, session.describe())


def teardown():
    for part in (desktop, session):
        if part is not None:
            part.close()


def tour(style):
    settings, size, language = STYLES[style]
    desktop.speak(language)

    def word(english):
        return WORDS[english] if language == 'zh_CN' else english
    fresh = desktop.start('fresh_' + style, settings=settings)
    fresh.resize(*size)
    fresh.shot('first-run-' + style)
    fresh.kill()
    app = desktop.start('alice', settings=settings)
    app.find(word('New message or room'))
    app.resize(*size)
    app.keys('ctrl+1')
    app.shot('today-' + style)
    app.keys('ctrl+2')
    app.shot('chats-' + style)
    app.keys('ctrl+k')
    app.type_keys('cold')
    app.shot('palette-' + style)
    app.keys('Return')
    app.find(word('Message entry'))
    app.shot('conversation-' + style)
    app.keys('F9')
    app.shot('members-' + style)
    app.keys('F9')
    app.keys('ctrl+3')
    app.find(word('Search people'))
    app.shot('people-' + style)
    app.keys('ctrl+comma')
    app.find(word('Appearance'))
    app.shot('preferences-' + style)
    app.keys('Escape')
    app.quit()
    desktop.speak('en')


def test_light():
    tour('light')


def test_dark():
    tour('dark')


def test_narrow():
    tour('narrow')


def test_chinese():
    tour('zh')


tap.main(globals(), setup, teardown)
