# SPDX-License-Identifier: GPL-3.0-or-later
"""Dino 0.4 in a real window, driven as a person would: keys, mouse and what its own database says afterwards.

Dino finds servers by name only and trusts the system's authorities only. So the test runs in a network and mount
namespace of its own (enter_namespace), where the test's domain is 127.0.0.1, port 5222 leads to the private server, and
the private authority stands in the system's list. Nothing of the machine outside is changed.
"""
import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

from tap import Skip, wait

MARKER = 'ATRIUM_DINO_NAMESPACE'
BUNDLE = '/etc/ssl/certs/ca-certificates.crt'


def enter_namespace():
    """Starts this very program again inside new namespaces. Returns only there; exits otherwise."""
    if os.environ.get(MARKER):
        return
    for program in ('dino-im', 'Xvfb', 'xdotool', 'unshare', 'dbus-run-session', 'ip'):
        if shutil.which(program) is None and shutil.which(program, path='/usr/sbin:/sbin') is None:
            print('1..0 # SKIP %s is not installed' % program)
            sys.exit(0)
    flags = ['--mount', '--net'] + ([] if os.geteuid() == 0 else ['--user', '--map-root-user'])
    if subprocess.run(['unshare', *flags, 'true'], capture_output=True).returncode != 0:
        print('1..0 # SKIP this machine allows no namespaces')
        sys.exit(0)
    os.environ[MARKER] = '1'
    os.execvp('unshare', ['unshare', *flags, sys.executable, *sys.argv])


def prepare_network(domain):
    """Loopback, plus one address that is none: name look-ups ask for a configured network."""
    path = dict(os.environ, PATH=os.environ.get('PATH', '') + ':/usr/sbin:/sbin')
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True, env=path)
    if subprocess.run(['ip', 'link', 'add', 'test0', 'type', 'dummy'], capture_output=True, env=path).returncode != 0:
        subprocess.run(['ip', 'link', 'add', 'test0', 'type', 'veth', 'peer', 'name', 'test1'], check=True, env=path)
    subprocess.run(['ip', 'address', 'add', '192.0.2.1/24', 'dev', 'test0'], check=True, env=path)
    subprocess.run(['ip', 'link', 'set', 'test0', 'up'], check=True, env=path)


def bind_over(target, content, folder):
    """Lays @content over the system file @target, in this namespace only."""
    path = os.path.join(folder, os.path.basename(target))
    with open(path, 'wb') as out:
        out.write(content)
    subprocess.run(['mount', '--bind', path, os.path.realpath(target)], check=True)


def forward(port, target):
    """127.0.0.1:@port leads to 127.0.0.1:@target until the process ends."""
    async def pump(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    async def accept(reader, writer):
        far_reader, far_writer = await asyncio.open_connection('127.0.0.1', target)
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    started = threading.Event()

    def serve():
        loop = asyncio.new_event_loop()
        loop.run_until_complete(asyncio.start_server(accept, '127.0.0.1', port))
        started.set()
        loop.run_forever()

    threading.Thread(target=serve, daemon=True).start()
    started.wait()


def trust(domain, authority, folder):
    with open('/etc/hosts', 'rb') as hosts:
        bind_over('/etc/hosts', hosts.read() + ('\n127.0.0.1 %s\n' % ' '.join(
            [domain, 'upload.' + domain, 'rooms.' + domain, 'pubsub.' + domain])).encode(), folder)
    with open(BUNDLE, 'rb') as bundle, open(authority, 'rb') as ours:
        bind_over(BUNDLE, bundle.read() + b'\n' + ours.read(), folder)


class Dino:
    """One Dino with one account, on a display and a message bus of its own."""

    def __init__(self, folder, address, password, name):
        self.folder = os.path.join(folder, 'dino')
        self.address = address
        self.processes = []
        self.window = None
        home = os.path.join(self.folder, 'home')
        run = os.path.join(self.folder, 'run')
        os.makedirs(home)
        os.makedirs(run, mode=0o700)
        self.environment = dict(os.environ, HOME=home, XDG_RUNTIME_DIR=run, XDG_CONFIG_HOME=home + '/.config',
                                XDG_CACHE_HOME=home + '/.cache', XDG_DATA_HOME=home + '/.local/share', LANG='C.UTF-8',
                                LC_ALL='C.UTF-8', GDK_BACKEND='x11', GSK_RENDERER='cairo', ADW_DISABLE_PORTAL='1',
                                GTK_USE_PORTAL='0', GTK_A11Y='none', GSETTINGS_BACKEND='memory')
        # Dino warns about its own boxes; that must end our programs only.
        self.environment.pop('G_DEBUG', None)
        self.database_path = home + '/.local/share/dino/dino.db'
        self.start_display()
        # The first start makes the database; the account goes in while Dino is not looking.
        process = self.launch()
        wait(lambda: os.path.exists(self.database_path) and self.try_query("SELECT 1 FROM sqlite_master WHERE name='reaction'"),
             what='the database of Dino')
        self.end(process)
        database = sqlite3.connect(self.database_path)
        with database:
            database.execute("INSERT INTO account (id, bare_jid, resourcepart, password, alias, enabled, roster_version,"
                             " mam_earliest_synced) VALUES (1, ?, 'dino.test', ?, ?, 1, '', 0)", (address, password, name))
        database.close()

    def start_display(self):
        read, write = os.pipe()
        self.processes.append(subprocess.Popen(
            ['Xvfb', '-displayfd', str(write), '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], pass_fds=[write],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))
        os.close(write)
        with os.fdopen(read) as pipe:
            self.environment['DISPLAY'] = ':' + pipe.readline().strip()

    def launch(self):
        log = open(os.path.join(self.folder, 'dino.log'), 'ab')
        return subprocess.Popen(['dbus-run-session', '--', 'dino-im'], env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=log, stderr=log, start_new_session=True)

    @staticmethod
    def end(process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def open_conversation(self, address):
        """Before start (): a conversation that is open when Dino comes up."""
        database = sqlite3.connect(self.database_path)
        now = int(time.time())
        with database:
            database.execute('INSERT OR IGNORE INTO jid (bare_jid) VALUES (?)', (address,))
            identity, = database.execute('SELECT id FROM jid WHERE bare_jid = ?', (address,)).fetchone()
            database.execute('INSERT INTO conversation (account_id, jid_id, active, active_last_changed, last_active, type,'
                             ' encryption, notification, send_typing, send_marker) VALUES (1, ?, 1, ?, ?, 0, 0, 0, 1, 1)',
                             (identity, now, now))
        database.close()

    def start(self):
        self.processes.append(self.launch())
        self.window = wait(lambda: self.xdotool('search', '--onlyvisible', '--class', 'dino', check=False), what='the window')
        self.window = self.window.split()[-1]
        self.xdotool('windowfocus', '--sync', self.window)

    def xdotool(self, *arguments, check=True):
        return subprocess.run(['xdotool', *arguments], env=self.environment, check=check, capture_output=True,
                              text=True).stdout.strip()

    def type(self, text):
        self.xdotool('type', '--delay', '15', text)

    def key(self, *keys):
        self.xdotool('key', *keys)

    def click(self, x, y):
        # Two moves: the second one makes the widget under the pointer notice it.
        self.xdotool('mousemove', str(x - 3), str(y), 'mousemove', str(x), str(y))
        self.xdotool('click', '1')

    def query(self, statement, *values):
        database = sqlite3.connect('file:%s?mode=ro' % self.database_path, uri=True)
        try:
            return database.execute(statement, values).fetchall()
        finally:
            database.close()

    def try_query(self, statement, *values):
        try:
            return self.query(statement, *values)
        except sqlite3.Error:
            return []

    def messages(self, body):
        """[(id, stanza id, who wrote it, direction 0 in / 1 out, Dino's delivery mark)] of all messages with this text."""
        return self.try_query('SELECT m.id, m.stanza_id, j.bare_jid, NOT m.direction, m.marked FROM message m'
                              ' JOIN jid j ON j.id = m.counterpart_id WHERE m.body = ?', body)

    def screenshot(self, path):
        if shutil.which('import'):
            subprocess.run(['import', '-window', 'root', path], env=self.environment, check=False)

    def close(self):
        for process in reversed(self.processes):
            self.end(process)
