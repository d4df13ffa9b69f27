#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-policy.py TOP BUILD: what README.md tells administrators works: the files in it are put into a dconf database of
our own, and the settings then have these values and cannot be changed."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = sys.argv.pop(1)
BUILD = sys.argv.pop(1)
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, 'tests', 'servers'))
import tap   # noqa: E402

SCHEMA = 'org.atriumworkspace.Atrium'
work = tempfile.mkdtemp(prefix='atrium-')


def setup():
    for program in ('dconf', 'gsettings', 'dbus-run-session'):
        if shutil.which(program) is None:
            raise tap.Skip(program + ' is not installed')


def teardown():
    shutil.rmtree(work, ignore_errors=True)


def blocks():
    """(kind, text) of the fenced blocks under "Policy"."""
    with open(os.path.join(TOP, 'README.md'), encoding='utf-8') as source:
        text = source.read()
    section = text[text.index('### Policy'):text.index('### What leaves')]
    return re.findall(r'```(\w*)\n(.*?)```', section, re.S)


def gsettings(*arguments, profile=None):
    environment = {'PATH': os.environ['PATH'], 'HOME': work, 'XDG_CONFIG_HOME': os.path.join(work, 'config'),
                   'XDG_RUNTIME_DIR': work, 'XDG_CACHE_HOME': os.path.join(work, 'cache'),
                   'GSETTINGS_SCHEMA_DIR': os.path.join(BUILD, 'data'), 'GSETTINGS_BACKEND': 'dconf', 'LC_ALL': 'C.UTF-8'}
    if profile:
        environment['DCONF_PROFILE'] = profile
    done = subprocess.run(['dbus-run-session', '--', 'gsettings'] + list(arguments), env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0 or arguments[0] == 'set', done.stderr
    return done.stdout.strip()


def test_override():
    kind, text = blocks()[0]
    assert kind == 'ini' and text.startswith('[%s]' % SCHEMA), text
    folder = os.path.join(work, 'schemas')
    os.makedirs(folder)
    shutil.copy(os.path.join(TOP, 'data', SCHEMA + '.gschema.xml'), folder)
    with open(os.path.join(folder, '50_site.gschema.override'), 'w', encoding='utf-8') as out:
        out.write(text)
    done = subprocess.run(['glib-compile-schemas', '--strict', folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0 and not done.stdout, done.stdout


def test_locks():
    (kind, defaults), (_, locks) = blocks()[1:3]
    assert kind == 'ini'
    folder = os.path.join(work, 'site.d')
    os.makedirs(os.path.join(folder, 'locks'))
    with open(os.path.join(folder, '00-atrium'), 'w', encoding='utf-8') as out:
        out.write(defaults)
    with open(os.path.join(folder, 'locks', 'atrium'), 'w', encoding='utf-8') as out:
        out.write(locks)
    subprocess.run(['dconf', 'compile', os.path.join(work, 'site'), folder], check=True, stdin=subprocess.DEVNULL)
    profile = os.path.join(work, 'profile')
    with open(profile, 'w', encoding='utf-8') as out:
        out.write('user-db:user\nfile-db:%s\n' % os.path.join(work, 'site'))
    values = dict(re.findall(r'^([a-z-]+)=(.*)$', defaults, re.M))
    assert values
    for key, value in values.items():
        assert gsettings('get', SCHEMA, key, profile=profile) == value, key
    locked = [line.rsplit('/', 1)[1] for line in locks.split() if line]
    assert locked
    for key in locked:
        assert gsettings('writable', SCHEMA, key, profile=profile) == 'false', key
        gsettings('set', SCHEMA, key, 'true' if values[key] == 'false' else "'other'", profile=profile)
        assert gsettings('get', SCHEMA, key, profile=profile) == values[key], key
    assert gsettings('writable', SCHEMA, 'compact-rows', profile=profile) == 'true'


tap.main(globals(), setup, teardown)
