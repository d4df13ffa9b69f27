# SPDX-License-Identifier: GPL-3.0-or-later
"""One profile of Atrium as a test holds it: through atriumctl, on a data folder of its own."""
import json
import os
import subprocess
import threading

import tap
from servers import atrium_server
from tap import wait

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BUILD = os.environ.get('ATRIUM_BUILD_DIR') or os.path.join(TOP, '_build', 'test')
CTL = os.path.join(BUILD, 'src', 'ctl', 'atriumctl')
os.environ.setdefault('GSETTINGS_SCHEMA_DIR', os.path.join(BUILD, 'data'))
os.environ.setdefault('GSETTINGS_BACKEND', 'memory')


class Failed(Exception):
    """atriumctl said no: .status and .reason."""

    def __init__(self, arguments, status, stderr):
        super().__init__('atriumctl %s: %d, %s' % (' '.join(arguments), status, stderr.strip()))
        self.status = status
        try:
            self.reason = json.loads(stderr.strip().splitlines()[-1]).get('reason')
        except (ValueError, IndexError, AttributeError):
            self.reason = None


def require():
    if not os.access(CTL, os.X_OK):
        raise tap.Skip('atriumctl is not built')


class Profile:
    def __init__(self, folder, name, environment=None):
        self.name = name
        self.data = os.path.join(folder, name)
        self.folder = folder
        self.environment = dict(os.environ, **(environment or {}))
        self.watching = None
        self.events = []
        self.reader = None

    def command(self, *arguments, timeout=120):
        return [CTL, '--data-dir', self.data, '--json', '--timeout', str(timeout)] + [str(a) for a in arguments]

    def run(self, *arguments, timeout=120):
        """The JSON lines that a verb printed; Failed when its exit status is not 0."""
        done = subprocess.run(self.command(*arguments, timeout=timeout), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env=self.environment, timeout=timeout + 240)
        if done.returncode != 0:
            raise Failed([str(a) for a in arguments], done.returncode, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]

    def sign_in(self, facts, address, server='starttls'):
        secret = os.path.join(self.folder, self.name + '.password')
        atrium_server.write_private(secret, facts['users'][address] + '\n')
        self.address = address
        return self.run('sign-in', address, '--password-file', secret, '--server', facts.get(server, server), '--ca', facts['ca'])

    def watch(self):
        """Starts "watch", which keeps the profile online, and collects its events."""
        log = open(os.path.join(self.folder, self.name + '.watch.log'), 'ab')
        self.watching = subprocess.Popen(self.command('watch'), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         stderr=log, text=True, env=self.environment,
                                         preexec_fn=atrium_server.die_with_parent)
        log.close()

        def read(stream):
            for line in stream:
                try:
                    self.events.append(json.loads(line))
                except ValueError:
                    self.events.append({'event': 'broken', 'line': line})
        self.reader = threading.Thread(target=read, args=(self.watching.stdout,), daemon=True)
        self.reader.start()

    def online(self, seconds=60):
        wait(lambda: self.run('status')[0]['state'] == 'online', seconds, '%s to be online' % self.name)

    def event(self, seconds=60, **wanted):
        return wait(lambda: next((e for e in list(self.events) if all(e.get(k) == v for k, v in wanted.items())), None),
                    seconds, 'the event %s' % wanted)

    def stop(self, kill=False):
        if self.watching is not None:
            self.watching.kill() if kill else self.watching.terminate()
            try:
                self.watching.wait(60)
            except subprocess.TimeoutExpired:
                self.watching.kill()
                self.watching.wait()
                raise AssertionError('"watch" does not end when asked to') from None
            self.reader.join(10)
            self.watching = None

    def alone(self, *arguments):
        """Runs a verb that must be online itself: what else holds the connection of this profile lets go meanwhile."""
        watching = self.watching is not None
        self.stop()
        try:
            return self.run(*arguments)
        finally:
            if watching:
                self.watch()
                self.online()

    def messages(self, chat, limit=100):
        """Oldest first; none while there is no such chat."""
        try:
            return self.run('messages', chat, '--limit', limit)
        except Failed as error:
            if error.reason == 'not-found':
                return []
            raise

    def all_messages(self, chat):
        """Every message of a chat, page by page, oldest first."""
        pages = []
        before = None
        while True:
            page = self.run('messages', chat, '--limit', 500, *(['--before', before] if before else []))
            if not page:
                break
            pages.insert(0, page)
            before = page[0]['id']
        return [message for page in pages for message in page]

    def message(self, chat, seconds=60, **wanted):
        """Waits for a message of @chat with these values; the newest such."""
        def look():
            return next((m for m in reversed(self.messages(chat)) if all(m.get(k) == v for k, v in wanted.items())), None)
        try:
            return wait(look, seconds, 'a message')
        except AssertionError:
            raise AssertionError('%s has no message with %s from %s; it has %s'
                                 % (self.name, wanted, chat, self.messages(chat)[-5:])) from None

    def send(self, chat, text, *more, wait_for_server=False):
        """Returns the JSON line of the sent message."""
        return self.run('send', chat, text, *more, *(['--wait'] if wait_for_server else []))[0]
