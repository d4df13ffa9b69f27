#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-flatpak.py TOP: the manifest is whole, asks for no more than it needs, and pins what it fetches."""
import json
import os
import re
import sys

TOP = sys.argv.pop(1)
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, 'tests', 'servers'))
import tap   # noqa: E402

APP = 'org.atriumworkspace.Atrium'
# Each with its reason. No file system at all: files come and go through the portal.
ALLOWED = {
    '--share=network': 'the server',
    '--share=ipc': 'shared memory of X11',
    '--socket=wayland': 'the window',
    '--socket=fallback-x11': 'the window',
    '--socket=pulseaudio': 'voice messages and sounds',
    '--device=dri': 'drawing',
    '--talk-name=org.freedesktop.secrets': 'the password',
    '--talk-name=org.kde.StatusNotifierWatcher': 'the status icon',
}


def manifest():
    with open(os.path.join(TOP, 'flatpak', APP + '.json'), encoding='utf-8') as source:
        return json.load(source)


def test_names():
    data = manifest()
    assert data['id'] == APP and data['command'] == 'atrium'
    assert os.path.exists(os.path.join(TOP, 'data', APP + '.desktop.in'))
    assert os.path.exists(os.path.join(TOP, 'data', 'icons/hicolor/scalable/apps', APP + '.svg'))


def test_permissions():
    asked = manifest()['finish-args']
    assert len(asked) == len(set(asked))
    assert set(asked) <= set(ALLOWED), set(asked) - set(ALLOWED)
    # With access to dconf the organisation's defaults and locks would not reach the sandbox.
    assert not [a for a in asked if 'dconf' in a or 'filesystem' in a or a == '--socket=session-bus']


def test_sources_are_pinned():
    for module in manifest()['modules']:
        for source in module['sources']:
            if source['type'] == 'dir':
                assert module['name'] == 'atrium'
                continue
            assert source['url'].startswith('https://'), source
            assert re.fullmatch(r'[0-9a-f]{64}', source['sha256']), source


tap.main(globals())
