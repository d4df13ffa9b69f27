#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Private chat servers for tests: real Prosody, real ejabberd, coturn, and a wire that can be cut.

As a command it starts one server, prints one JSON line that says where everything is, and obeys one command a line on
standard input (each answered by one JSON line) until that closes or SIGTERM comes:

  kill | stop | start | restart     the server: SIGKILL, clean end, start again on the same ports and data
  cut | stall | heal | delay MS     the wire: reset and refuse; swallow everything (half-open); as new; slow down
  add-user NAME PASSWORD            one more account
  quit

Everything listens on 127.0.0.1, on free ports, with a certificate authority of its own, in a temporary folder that is
removed at the end. Exit status 77 when the server is not installed.
"""
import argparse
import asyncio
import atexit
import contextlib
import fcntl
import glob
import importlib.machinery
import importlib.util
import json
import os
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SKIP = 77


def load_atrium_server():
    """tools/atrium-server as a module: the tests run the very server that people run."""
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader('atrium_server', os.path.join(TOP, 'tools', 'atrium-server'))
    spec = importlib.util.spec_from_loader('atrium_server', loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


atrium_server = load_atrium_server()
ServerError = atrium_server.ServerError


class NotInstalled(Exception):
    """The program under test is not on this machine."""


reserved = []    # open lock files, held until the process ends


@atexit.register
def release_ports():
    for lock in reserved:
        with contextlib.suppress(OSError):
            os.unlink(lock.name)


def reserve_ports(count):
    """Free ports that no other test of this user takes meanwhile, also not between "free" and "listening"."""
    folder = os.path.join('/tmp', 'atrium-test-ports-%d' % os.getuid())
    os.makedirs(folder, mode=0o700, exist_ok=True)
    found = []
    while len(found) < count:
        port = atrium_server.free_ports('127.0.0.1', 1)[0]
        lock = open(os.path.join(folder, str(port)), 'w', encoding='ascii')
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        if not atrium_server.port_is_free('127.0.0.1', port):
            lock.close()
            continue
        reserved.append(lock)
        found.append(port)
    return found


def default_password(user):
    return user + '-password'


class Relay:
    """TCP forwarders whose wire can be cut, stalled or slowed.

    A stalled connection stays dead after heal (), as a half-open one does: only new connections get through."""

    def __init__(self, targets):
        self.targets = targets                  # name → port on 127.0.0.1
        self.ports = {}
        self.mode = 'open'
        self.delay = 0.0                        # seconds each way
        self.open = {}                          # id → connection
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.call(self.listen())

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    async def listen(self):
        self.servers = []
        ports = reserve_ports(len(self.targets))
        for (name, target), port in zip(self.targets.items(), ports):
            server = await asyncio.start_server(
                lambda reader, writer, target=target: self.accept(reader, writer, target), '127.0.0.1', port, limit=65536)
            self.servers.append(server)
            self.ports[name] = port

    async def accept(self, reader, writer, target):
        if self.mode == 'cut':
            self.reset(writer)
            return
        connection = {'writers': [writer], 'dead': self.mode == 'stall'}
        self.open[id(connection)] = connection
        try:
            try:
                far_reader, far_writer = await asyncio.open_connection('127.0.0.1', target, limit=65536)
            except OSError:
                self.reset(writer)
                return
            connection['writers'].append(far_writer)
            await asyncio.gather(self.pump(connection, reader, far_writer), self.pump(connection, far_reader, writer))
        finally:
            self.open.pop(id(connection), None)
            for end in connection['writers']:
                end.transport.abort()

    async def pump(self, connection, reader, writer):
        try:
            while True:
                data = await reader.read(65536)
                if connection['dead']:
                    if not data:
                        return
                    continue                    # swallowed; the other side is told nothing, not even the end
                if not data:
                    break
                if self.delay:
                    await asyncio.sleep(self.delay)
                if connection['dead']:
                    continue
                writer.write(data)
                await writer.drain()
            if not connection['dead'] and writer.can_write_eof():
                writer.write_eof()
        except (ConnectionError, OSError):
            for end in connection['writers']:
                self.reset(end)

    @staticmethod
    def reset(writer):
        raw = writer.get_extra_info('socket')
        try:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        except OSError:
            pass
        writer.transport.abort()

    async def set_mode(self, mode):
        self.mode = mode
        for connection in list(self.open.values()):
            if mode == 'cut':
                for end in connection['writers']:
                    self.reset(end)
            elif mode == 'stall':
                connection['dead'] = True

    def cut(self):
        self.call(self.set_mode('cut'))

    def stall(self):
        self.call(self.set_mode('stall'))

    def heal(self):
        self.call(self.set_mode('open'))

    def close(self):
        async def end():
            for server in self.servers:
                server.close()
            await self.set_mode('cut')
            tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self.call(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)


class Prosody:
    """A private Prosody, as atrium-server makes it."""

    kind = 'prosody'

    def __init__(self, folder, domain, ports=None, options=None):
        if shutil.which('prosody') is None or shutil.which('openssl') is None:
            raise NotInstalled('prosody is not installed')
        if not glob.glob('/usr/lib/*/lua/5.*/dbd/sqlite3.so'):
            raise NotInstalled('lua-dbi-sqlite3 is not installed')
        if ports is None:
            ports = dict(zip(('xmpp', 'xmpps', 'http', 'https'), reserve_ports(4)))
        self.server = atrium_server.Server.init(os.path.join(folder, 'prosody'), domain, ports=ports, options=options)

    def start(self):
        self.server.start()

    def stop(self):
        self.server.stop()

    def kill(self):
        self.server.kill()

    def add_user(self, user, password):
        self.server.add_user(user, password)

    def add_group(self, group, members):
        for user, name in members.items():
            self.server.set_groups('%s@%s' % (user, self.server.domain), name, [group])

    def describe(self):
        return dict(self.server.describe(), log=self.server.path('prosody.log'))


class Ejabberd:
    """A private ejabberd, run by erl itself: ejabberdctl changes user and looks at other servers of the machine.

    Without a node name there is no port mapper to share or to clean up; accounts are made over its HTTP interface."""

    kind = 'ejabberd'

    def __init__(self, folder, domain, ports=None, options=None):
        roots = sorted(glob.glob('/usr/lib/*/ejabberd-[0-9]*'))
        if not roots or shutil.which('erl') is None:
            raise NotInstalled('ejabberd is not installed')
        if not glob.glob('/usr/lib/*/p1_sqlite3-*') and not glob.glob('/usr/lib/*/*/p1_sqlite3-*') \
           and not glob.glob('/usr/lib/erlang/lib/sqlite3-*') and not glob.glob('/usr/lib/*/sqlite3-*'):
            raise NotInstalled('erlang-p1-sqlite3 is not installed')
        self.libraries = os.path.dirname(roots[-1])
        self.schema = os.path.join(roots[-1], 'priv', 'sql', 'lite.new.sql')
        if not os.path.exists(self.schema):
            self.schema = '/usr/share/ejabberd/sql/lite.new.sql'
        self.folder = os.path.join(folder, 'ejabberd')
        self.domain = domain
        self.options = options or {}
        self.ports = ports or dict(zip(('xmpp', 'xmpps', 'http', 'https'), reserve_ports(4)))
        self.process = None
        for name in ('home', 'spool', 'logs', 'upload'):
            os.makedirs(os.path.join(self.folder, name), mode=0o700)
        tls = os.path.join(self.folder, 'tls')
        atrium_server.make_ca(tls, 'Private authority of ' + domain)
        atrium_server.make_certificate(tls, domain, [])
        with open(os.path.join(tls, 'ejabberd.pem'), 'w', encoding='ascii') as out:
            for name in ('server.crt', 'server.key', 'ca.crt'):
                with open(os.path.join(tls, name), encoding='ascii') as part:
                    out.write(part.read())
        database = sqlite3.connect(os.path.join(self.folder, 'ejabberd.sqlite'))
        database.execute('PRAGMA journal_mode = WAL')
        with open(self.schema, encoding='utf-8') as schema:
            database.executescript(schema.read())
        database.close()
        turn = self.options.get('turn')
        service = '      - {host: "%s", port: %d, type: %s, transport: udp, restricted: %s}\n'
        atrium_server.write_private(os.path.join(self.folder, 'ejabberd.yml'), self.fill({
            'DOMAIN': domain,
            'DIR': self.folder,
            'CERTIFICATE': os.path.join(tls, 'ejabberd.pem'),
            'CA': os.path.join(tls, 'ca.crt'),
            'PUBLIC_AUTHORITY': '127.0.0.1',
            'PUBLIC_PORT': self.options.get('public_port', self.ports['https']),
            'PORT_XMPP': self.ports['xmpp'],
            'PORT_XMPPS': self.ports['xmpps'],
            'PORT_HTTP': self.ports['http'],
            'PORT_HTTPS': self.ports['https'],
            'SCRAM_HASH': self.options.get('password_hash', 'SHA-256').lower().replace('-', '').replace('sha1', 'sha'),
            'RATE': self.options.get('rate', 20000000),
            'UPLOAD_LIMIT': self.options.get('upload_limit', 64 * 1024 * 1024),
            'TURN': '' if turn is None else '  mod_stun_disco:\n    secret: "%s"\n    services:\n' % turn['secret']
                    + service % (turn['host'], turn['port'], 'stun', 'false')
                    + service % (turn['host'], turn['port'], 'turn', 'true'),
        }))

    @staticmethod
    def fill(values):
        with open(os.path.join(HERE, 'ejabberd.yml.in'), encoding='utf-8') as source:
            text = source.read()
        for name, value in values.items():
            text = text.replace('@%s@' % name, str(value))
        return text

    def start(self):
        environment = dict(os.environ, HOME=os.path.join(self.folder, 'home'), ERL_LIBS=self.libraries,
                           EJABBERD_CONFIG_PATH=os.path.join(self.folder, 'ejabberd.yml'),
                           EJABBERD_LOG_PATH=os.path.join(self.folder, 'logs', 'ejabberd.log'),
                           EJABBERD_PID_PATH=os.path.join(self.folder, 'pid'),
                           ERL_CRASH_DUMP=os.path.join(self.folder, 'logs', 'crash.dump'),
                           ERL_MAX_PORTS='32000', ERL_MAX_ETS_TABLES='1400')
        with open(os.path.join(self.folder, 'logs', 'console.log'), 'ab') as console:
            self.process = subprocess.Popen(
                ['erl', '+K', 'true', '+S', '2', '+sbwt', 'none', '-mnesia', 'dir',
                 '"%s"' % os.path.join(self.folder, 'spool'), '-s', 'ejabberd', '-noinput'],
                cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                start_new_session=True, preexec_fn=atrium_server.die_with_parent)
        deadline = time.monotonic() + 120
        while not (all(atrium_server.answers('127.0.0.1', port) for port in self.ports.values()) and self.api_answers()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                status = self.process.poll()
                self.kill()
                with open(os.path.join(self.folder, 'logs', 'console.log'), errors='replace') as console:
                    raise ServerError('ejabberd did not start (status %s): %s' % (status, console.read()[-2000:]))
            time.sleep(0.1)

    def api(self, command, **values):
        request = urllib.request.Request('http://127.0.0.1:%d/api/%s' % (self.ports['http'], command),
                                         json.dumps(values).encode(), {'Content-Type': 'application/json'})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ServerError('ejabberd %s: %s' % (command, error.read().decode(errors='replace'))) from None

    def api_answers(self):
        try:
            return self.api('status') is not None
        except (ServerError, OSError, ValueError):
            return False

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def add_user(self, user, password):
        self.api('register', user=user, host=self.domain, password=password)

    def add_group(self, group, members):
        identity = 'g' + group.encode().hex()
        self.api('srg_create', group=identity, host=self.domain, label=group, description=group, display=identity)
        for user, name in members.items():
            # Shared roster groups show people by the name in their vCards.
            self.api('set_vcard', user=user, host=self.domain, name='FN', content=name)
            self.api('srg_user_add', user=user, host=self.domain, group=identity, grouphost=self.domain)

    def describe(self):
        return {
            'domain': self.domain,
            'dir': self.folder,
            'ca': os.path.join(self.folder, 'tls', 'ca.crt'),
            'host': '127.0.0.1',
            'ports': self.ports,
            'starttls': 'xmpp://127.0.0.1:%d' % self.ports['xmpp'],
            'tls': 'xmpps://127.0.0.1:%d' % self.ports['xmpps'],
            'websocket': 'wss://127.0.0.1:%d/ws' % self.ports['https'],
            'websocket_plain': 'ws://127.0.0.1:%d/ws' % self.ports['http'],
            'rooms': 'rooms.' + self.domain,
            'pubsub': 'pubsub.' + self.domain,
            'upload': 'upload.' + self.domain,
            'log': os.path.join(self.folder, 'logs', 'ejabberd.log'),
        }


class Coturn:
    """A private relay for calls; its users come from XEP-0215."""

    def __init__(self, folder, domain):
        if shutil.which('turnserver') is None:
            raise NotInstalled('coturn is not installed')
        self.folder = os.path.join(folder, 'turn')
        os.makedirs(self.folder)
        self.domain = domain
        self.facts = {'host': '127.0.0.1', 'port': reserve_ports(1)[0], 'secret': os.urandom(16).hex()}
        self.process = None

    def start(self):
        with open(os.path.join(self.folder, 'turn.log'), 'ab') as log:
            self.process = subprocess.Popen(
                ['turnserver', '-n', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1',
                 '--listening-port=%d' % self.facts['port'], '--no-tls', '--no-dtls', '--no-cli', '--use-auth-secret',
                 '--static-auth-secret=' + self.facts['secret'], '--realm=' + self.domain, '--allow-loopback-peers',
                 '--min-port=42000', '--max-port=42999', '--log-file=stdout', '--pidfile=' + os.path.join(self.folder, 'pid'),
                 '--db=' + os.path.join(self.folder, 'turn.db')],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=atrium_server.die_with_parent)
        deadline = time.monotonic() + 30
        while not atrium_server.answers('127.0.0.1', self.facts['port']):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServerError('coturn did not start; see ' + self.folder)
            time.sleep(0.05)

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None


class Session:
    """One server with everything a test wants around it; a context manager."""

    def __init__(self, kind='prosody', users=('alice', 'bob'), groups=None, relay=False, turn=False, domain='work.test',
                 options=None):
        """@users: names, or name → password. @groups: department → {user: shown name}."""
        self.folder = tempfile.mkdtemp(prefix='atrium-')
        self.relay = self.turn = self.server = None
        options = dict(options or {})
        self.passwords = dict(users) if isinstance(users, dict) else {u: default_password(u) for u in users}
        try:
            if turn:
                self.turn = Coturn(self.folder, domain)
                self.turn.start()
                options['turn'] = self.turn.facts
            ports = dict(zip(('xmpp', 'xmpps', 'http', 'https'), reserve_ports(4)))
            if relay:
                self.relay = Relay(ports)
                options['public_port'] = self.relay.ports['https']
            self.server = {'prosody': Prosody, 'ejabberd': Ejabberd}[kind](self.folder, domain, ports, options)
            if kind == 'prosody':
                # Its groups are a file: written before the start they need no reload.
                self.add_groups(groups or {})
                self.server.start()
                self.add_users()
            else:
                self.server.start()
                self.add_users()
                self.add_groups(groups or {})
        except BaseException:
            self.close()
            raise

    def add_users(self):
        for user, password in self.passwords.items():
            self.server.add_user(user, password)

    def add_groups(self, groups):
        for group, members in groups.items():
            self.server.add_group(group, members)

    def describe(self):
        facts = dict(self.server.describe(), kind=self.server.kind, turn=self.turn.facts if self.turn else None,
                     users={'%s@%s' % (u, self.server.describe()['domain']): p for u, p in self.passwords.items()})
        if self.relay:
            ports = self.relay.ports
            path = facts['websocket_plain'].rsplit('/', 1)[1]
            facts['direct'] = {k: facts[k] for k in ('starttls', 'tls', 'websocket_plain')}
            facts['direct']['websocket'] = 'wss://127.0.0.1:%d/%s' % (facts['ports']['https'], path)
            facts.update(starttls='xmpp://127.0.0.1:%d' % ports['xmpp'], tls='xmpps://127.0.0.1:%d' % ports['xmpps'],
                         websocket='wss://127.0.0.1:%d/%s' % (ports['https'], path),
                         websocket_plain='ws://127.0.0.1:%d/%s' % (ports['http'], path))
        return facts

    def restart(self):
        self.server.stop()
        self.server.start()

    def server_is_down(self):
        part = self.server.server if self.server.kind == 'prosody' else self.server
        return part.process is None

    def close(self):
        if self.relay is not None:
            self.relay.close()
        if self.server is not None:
            self.server.kill() if self.server.kind == 'ejabberd' else self.server.stop()
        if self.turn is not None:
            self.turn.stop()
        if os.environ.get('ATRIUM_KEEP_SERVERS') is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


def obey(session, line):
    """One command; returns what to answer."""
    words = line.split()
    verb, rest = words[0], words[1:]
    if verb in ('kill', 'stop', 'start'):
        getattr(session.server, verb)()
    elif verb == 'restart':
        session.restart()
    elif verb in ('cut', 'stall', 'heal'):
        if session.relay is None:
            raise ServerError('started without --relay')
        getattr(session.relay, verb)()
    elif verb == 'delay':
        session.relay.delay = float(rest[0]) / 1000
    elif verb == 'add-user':
        session.server.add_user(rest[0], rest[1])
    else:
        raise ServerError('no such command: %s' % verb)
    return {'ok': True}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('kind', choices=('prosody', 'ejabberd'))
    parser.add_argument('--user', action='append', default=[], metavar='NAME[:PASSWORD]')
    parser.add_argument('--group', action='append', default=[], metavar='GROUP=USER,USER')
    parser.add_argument('--domain', default='work.test')
    parser.add_argument('--relay', action='store_true', help='put a wire that can be cut before every port')
    parser.add_argument('--turn', action='store_true', help='a coturn too')
    parser.add_argument('--password-hash', default='SHA-256', choices=('SHA-1', 'SHA-256'))
    parser.add_argument('--rate', help='limit of each client, as the server writes it')
    parser.add_argument('--upload-limit', type=int, help='bytes')
    arguments = parser.parse_args()

    users = {}
    for entry in arguments.user or ['alice', 'bob']:
        name, _, password = entry.partition(':')
        users[name] = password or default_password(name)
    groups = {}
    for entry in arguments.group:
        group, _, members = entry.partition('=')
        groups[group] = {m: m.capitalize() for m in members.split(',')}
    options = {'password_hash': arguments.password_hash}
    if arguments.rate:
        options['rate'] = arguments.rate
    if arguments.upload_limit:
        options['upload_limit'] = arguments.upload_limit

    signal.signal(signal.SIGTERM, lambda *unused: sys.exit(0))
    try:
        session = Session(arguments.kind, users, groups, arguments.relay, arguments.turn, arguments.domain, options)
    except NotInstalled as error:
        print(json.dumps({'skip': str(error)}), flush=True)
        return SKIP
    except ServerError as error:
        print(json.dumps({'error': str(error)}), flush=True)
        return 1
    with session:
        print(json.dumps(session.describe(), ensure_ascii=False), flush=True)
        for line in sys.stdin:
            if line.strip() == 'quit':
                break
            try:
                answer = obey(session, line)
            except (ServerError, OSError, ValueError, IndexError, AttributeError) as error:
                answer = {'error': str(error)}
            print(json.dumps(answer), flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
