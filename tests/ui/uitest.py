# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the real window through the accessibility bus, on a private display, bus, keyring and home.

    desktop = uitest.Desktop()          # Xvfb, session bus, accessibility, keyring, notifications; once a process
    app = desktop.start('alice')        # atrium --profile alice
    app.click('Sign in')
    app.type('Message entry', 'Hello')
    app.wait_for('Hello')
    app.shot('conversation')            # a picture in $ATRIUM_PICTURES

Nothing sleeps: every step waits for what it needs. Names are the accessible names of widgets, in English."""
import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, 'tests', 'servers'))
import tap               # noqa: E402
from tap import wait     # noqa: E402

BUS_CONFIG = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><keep_umask/><listen>unix:dir=%(dir)s</listen><auth>EXTERNAL</auth>
<servicedir>%(dir)s/services</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
'''
NEEDED = {'localedef': 'libc-bin', 'Xvfb': 'xvfb', 'dbus-daemon': 'dbus', 'xdotool': 'xdotool', 'import': 'imagemagick'}


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def build_dir():
    return os.environ.get('ATRIUM_BUILD_DIR') or os.path.join(TOP, '_build', 'test')


def program(name):
    """The program under test: from the build folder, or from the prefix in $ATRIUM_PREFIX."""
    prefix = os.environ.get('ATRIUM_PREFIX')
    if prefix:
        return os.path.join(prefix, 'bin', name)
    return os.path.join(build_dir(), 'src', {'atrium': 'app', 'atriumctl': 'ctl'}[name], name)


class Desktop:
    """What a session of a person is, for tests: made before pyatspi is imported, because that connects to the bus."""

    def __init__(self, width=1400, height=950, keyring=True):
        missing = [package for command, package in NEEDED.items() if shutil.which(command) is None]
        try:
            import gi  # noqa: F401
        except ImportError:
            missing.append('python3-gi')
        if not os.path.isdir('/usr/lib/python3/dist-packages/pyatspi'):
            missing.append('python3-pyatspi')
        if missing:
            raise tap.Skip('not installed: ' + ', '.join(missing))
        self.width, self.height = width, height
        self.children = []
        self.apps = []
        self.notifications = []
        self.folder = tempfile.mkdtemp(prefix='atrium-ui-')
        try:
            self.start_session(keyring)
        except BaseException:
            self.close()
            raise

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def spawn(self, arguments, **more):
        log = open(self.path(os.path.basename(arguments[0]) + '.log'), 'ab')
        child = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=more.pop('stdout', log), stderr=log,
                                 start_new_session=True, preexec_fn=die_with_parent, **more)
        log.close()
        self.children.append(child)
        return child

    def start_session(self, keyring):
        for name in ('home', 'run', 'bus/services', 'home/.config', 'home/.local/share', 'home/.cache'):
            os.makedirs(self.path(name), mode=0o700)
        for name in ('DISPLAY', 'WAYLAND_DISPLAY', 'GTK_A11Y', 'G_DEBUG', 'DBUS_SESSION_BUS_ADDRESS', 'AT_SPI_BUS_ADDRESS',
                     'GNOME_KEYRING_CONTROL', 'XDG_CURRENT_DESKTOP', 'GTK_IM_MODULE'):
            os.environ.pop(name, None)
        os.environ.update({
            'HOME': self.path('home'),
            'XDG_RUNTIME_DIR': self.path('run'),
            'XDG_CONFIG_HOME': self.path('home', '.config'),
            'XDG_CACHE_HOME': self.path('home', '.cache'),
            'XDG_DATA_HOME': self.path('home', '.local', 'share'),
            'XDG_STATE_HOME': self.path('home', '.local', 'state'),
            'GDK_BACKEND': 'x11',
            'GSK_RENDERER': 'cairo',
            'ADW_DISABLE_PORTAL': '1',
            'GSETTINGS_BACKEND': 'keyfile',
            'NO_AT_BRIDGE': '0',
        })
        prefix = os.environ.get('ATRIUM_PREFIX')
        if prefix:
            os.environ['XDG_DATA_DIRS'] = os.path.join(prefix, 'share') + ':/usr/local/share:/usr/share'
            os.environ.pop('GSETTINGS_SCHEMA_DIR', None)
            os.environ.pop('ATRIUM_LOCALE_DIR', None)
        else:
            os.environ['GSETTINGS_SCHEMA_DIR'] = os.path.join(build_dir(), 'data')
            os.environ['ATRIUM_LOCALE_DIR'] = os.path.join(build_dir(), 'po')
        self.speak('en')

        number, write = os.pipe()
        os.set_inheritable(write, True)
        # Without -noreset the server begins anew when its last client goes, and throws out who is just coming.
        self.spawn(['Xvfb', '-displayfd', str(write), '-screen', '0', '%dx%dx24' % (self.width, self.height), '-nolisten',
                    'tcp', '-noreset'], pass_fds=(write,))
        os.close(write)
        with os.fdopen(number) as source:
            display = source.readline().strip()
        if not display:
            raise tap.Skip('Xvfb does not start')
        os.environ['DISPLAY'] = ':' + display

        services = '/usr/share/dbus-1/services'
        shutil.copy(os.path.join(services, 'org.a11y.Bus.service'), self.path('bus', 'services'))
        with open(self.path('bus', 'session.conf'), 'w', encoding='utf-8') as out:
            out.write(BUS_CONFIG % {'dir': self.path('bus')})
        bus = self.spawn(['dbus-daemon', '--config-file=' + self.path('bus', 'session.conf'), '--nofork', '--print-address=1'],
                         stdout=subprocess.PIPE)
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = bus.stdout.readline().decode().strip()
        # (its output stays open: the bus would die of a closed pipe)

        if keyring and shutil.which('gnome-keyring-daemon'):
            daemon = subprocess.Popen(['gnome-keyring-daemon', '--foreground', '--unlock', '--components=secrets'],
                                      stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                      stderr=open(self.path('keyring.log'), 'ab'),
                                      start_new_session=True, preexec_fn=die_with_parent)
            self.children.append(daemon)
            daemon.stdin.write(b'test')
            daemon.stdin.close()
            wait(lambda: self.has_name('org.freedesktop.secrets'), 30, 'the keyring')
        self.own_notifications()

    def speak(self, language):
        """The language of programs that start from now on: "en" or "zh_CN". The locale is made here: few machines have it."""
        if language == 'en':
            os.environ.update({'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en'})
            os.environ.pop('LOCPATH', None)
            return
        folder = self.path('locale')
        if not os.path.isdir(folder):
            os.makedirs(folder)
            subprocess.run(['localedef', '-i', language, '-f', 'UTF-8', os.path.join(folder, language + '.UTF-8')],
                           check=True, stdin=subprocess.DEVNULL)
        os.environ.update({'LC_ALL': language + '.UTF-8', 'LANGUAGE': language, 'LOCPATH': folder})

    @staticmethod
    def has_name(name):
        from gi.repository import Gio, GLib
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        return bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner',
                             GLib.Variant('(s)', (name,)), None, Gio.DBusCallFlags.NONE, -1, None)[0]

    def own_notifications(self):
        """A notification daemon that only remembers. It runs on a thread of its own."""
        from gi.repository import Gio, GLib
        xml = '''<node><interface name="org.freedesktop.Notifications">
          <method name="GetCapabilities"><arg type="as" direction="out"/></method>
          <method name="GetServerInformation"><arg type="s" direction="out"/><arg type="s" direction="out"/>
            <arg type="s" direction="out"/><arg type="s" direction="out"/></method>
          <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
            <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
            <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
          <method name="CloseNotification"><arg type="u" direction="in"/></method>
          <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
          <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
        </interface></node>'''
        ready = threading.Event()

        def run():
            context = GLib.MainContext()
            context.push_thread_default()
            bus = Gio.DBusConnection.new_for_address_sync(
                os.environ['DBUS_SESSION_BUS_ADDRESS'],
                Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
            bus.set_exit_on_close(False)
            self.notification_bus = bus

            def call(_bus, _sender, _path, _interface, method, arguments, invocation):
                arguments = arguments.unpack()
                if method == 'GetCapabilities':
                    answer = GLib.Variant('(as)', (['actions', 'body', 'persistence'],))
                elif method == 'GetServerInformation':
                    answer = GLib.Variant('(ssss)', ('test', 'test', '1', '1.2'))
                elif method == 'Notify':
                    identity = arguments[1] or len(self.notifications) + 1
                    self.notifications.append({'id': identity, 'title': arguments[3], 'body': arguments[4],
                                               'actions': arguments[5], 'closed': False})
                    answer = GLib.Variant('(u)', (identity,))
                else:
                    for one in self.notifications:
                        if one['id'] == arguments[0]:
                            one['closed'] = True
                    answer = None
                invocation.return_value(answer)

            interface = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]
            bus.register_object('/org/freedesktop/Notifications', interface, call, None, None)
            bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                          GLib.Variant('(su)', ('org.freedesktop.Notifications', 0)), None, Gio.DBusCallFlags.NONE, -1, None)
            ready.set()
            GLib.MainLoop.new(context, False).run()

        threading.Thread(target=run, daemon=True).start()
        assert ready.wait(30), 'no notification service'

    def notification(self, text):
        """Waits for a notification with @text in its title or body."""
        return wait(lambda: next((n for n in self.notifications if text in n['title'] + n['body']), None), 60,
                    'a notification with %r' % text)

    def ctl(self, profile, *arguments, status=0, timeout=180):
        """Runs atriumctl on a profile; returns its JSON lines."""
        done = subprocess.run([program('atriumctl'), '--profile', profile, '--json'] + list(arguments),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=timeout)
        assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{')]

    def sign_in(self, profile, facts, address):
        """Signs a profile in without the window."""
        password = self.path(address + '.password')
        with open(password, 'w', encoding='utf-8') as out:
            out.write(facts['users'][address] + '\n')
        return self.ctl(profile, 'sign-in', address, '--password-file', password, '--server', facts['starttls'],
                        '--ca', facts['ca'])

    def start(self, profile, *arguments, settings=None):
        """atrium --profile @profile; waits for its window. @settings: key → value text, set before the start."""
        for key, value in (settings or {}).items():
            subprocess.run(['gsettings', 'set', 'org.atriumworkspace.Atrium', key, value], check=True)
        app = App(self, profile, arguments)
        self.apps.append(app)
        return app

    def close(self):
        for app in self.apps:
            app.kill()
        for child in reversed(self.children):
            if child.poll() is None:
                child.terminate()
        for child in self.children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if os.environ.get('ATRIUM_KEEP_UI') is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


def walk(node, depth=0):
    """Every accessible below @node that can be reached. Trees change underneath: what vanished is left out."""
    if node is None or depth > 60:
        return
    yield node
    try:
        count = node.childCount
    except Exception:
        return
    for index in range(count):
        try:
            child = node.getChildAtIndex(index)
        except Exception:
            continue
        yield from walk(child, depth + 1)


def name_of(node):
    try:
        return node.name or ''
    except Exception:
        return ''


def is_showing(node):
    """GTK 4.8 sets "showing" on windows only; on the rest "visible", and a size when it is on the screen."""
    import pyatspi
    try:
        if not node.getState().contains(pyatspi.STATE_VISIBLE):
            return False
        extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        return extents.width > 1 and extents.height > 1
    except Exception:
        return False


class App:
    """One running window."""

    def __init__(self, desktop, profile, arguments=(), command=None):
        """@command: another program than atrium, for tests of this driver."""
        self.desktop = desktop
        self.profile = profile
        self.log = desktop.path('atrium-%s.log' % profile)
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(command or [program('atrium'), '--profile', profile] + list(arguments),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                            preexec_fn=die_with_parent)
        self.root = None
        self.connect()

    def connect(self):
        import pyatspi

        def mine():
            assert self.process.poll() is None, 'atrium ended with status %s: %s' % (self.process.returncode, self.last_words())
            desktop = pyatspi.Registry.getDesktop(0)
            for index in range(desktop.childCount):
                candidate = desktop.getChildAtIndex(index)
                if candidate is not None and candidate.get_process_id() == self.process.pid and candidate.childCount:
                    return candidate
            return None
        self.root = wait(mine, 120, 'the window of %s' % self.profile)

    def last_words(self):
        with open(self.log, encoding='utf-8', errors='replace') as log:
            return log.read()[-2000:]

    def alive(self):
        assert self.process.poll() is None, 'atrium ended with status %s: %s' % (self.process.returncode, self.last_words())

    # Finding

    def nodes(self):
        """All accessibles as they are now. What the library remembers is thrown away first: it learns of new children only
        from events, and this program runs no main loop."""
        from gi.repository import GLib
        context = GLib.MainContext.default()
        while context.iteration(False):
            pass
        with contextlib.suppress(Exception):
            self.root.clear_cache()
        return walk(self.root)

    def find_now(self, name, role=None, showing=True, exact=False):
        """The first accessible of that role whose name has (or is) @name; None if there is none."""
        for node in self.nodes():
            try:
                if role is not None and node.getRole() != role:
                    continue
                own = name_of(node)
                if (own == name if exact else name in own) and (not showing or is_showing(node)):
                    return node
            except Exception:
                continue
        return None

    def find(self, name, role=None, seconds=60, showing=True, exact=False):
        def look():
            self.alive()
            return self.find_now(name, role, showing, exact)
        try:
            return wait(look, seconds, '%r in the window' % name)
        except AssertionError:
            raise AssertionError('%r is not in the window; it has:\n%s' % (name, self.tree())) from None

    def wait_for(self, text, seconds=60):
        return self.find(text, seconds=seconds)

    def wait_gone(self, text, seconds=60):
        wait(lambda: self.find_now(text) is None, seconds, '%r to go' % text)

    def has(self, text):
        return self.find_now(text) is not None

    def tree(self):
        lines = []
        for node in self.nodes():
            try:
                if is_showing(node) and (name_of(node) or node.getRoleName() == 'text'):
                    lines.append('  %s: %s' % (node.getRoleName(), name_of(node)[:100]))
            except Exception:
                continue
        return '\n'.join(lines[:400]) + '\n' + self.last_words()

    # Acting

    def click(self, what, role=None, exact=False):
        """Activates a button, row, switch or menu item: the node itself, or the first below it that can be."""
        def act():
            self.alive()
            node = self.find_now(what, role, True, exact) if isinstance(what, str) else what
            if node is None:
                return False
            for candidate in list(walk(node))[:12] + [node.parent]:
                try:
                    action = candidate.queryAction()
                    if action.nActions > 0:
                        return action.doAction(0)
                except Exception:
                    continue
            return False
        try:
            wait(act, 60, 'something to click named %r' % (what,))
        except AssertionError:
            raise AssertionError('cannot click %r; there is:\n%s' % (what, self.tree())) from None

    def point_at(self, what):
        """Moves the pointer to the middle of a node."""
        import pyatspi
        node = self.find(what) if isinstance(what, str) else what
        extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        x, y = self.origin()
        self.xdotool('mousemove', str(x + extents.x + extents.width // 2), str(y + extents.y + extents.height // 2))

    def click_at(self, what, button=1):
        """A real pointer click on the middle of a node: for rows of lists, which offer no action."""
        self.point_at(what)
        self.xdotool('click', str(button))

    def editable(self, name):
        """The node that takes text: the named one or one below it."""
        for node in walk(self.find(name)):
            try:
                node.queryEditableText()
                return node
            except Exception:
                continue
        return None

    def type(self, name, text):
        """Puts @text, of any language, into a text entry in place of what is there."""
        def act():
            node = self.editable(name)
            return node is not None and node.queryEditableText().setTextContents(text)
        wait(act, 60, 'a text entry named %r' % name)

    def text(self, name):
        node = self.editable(name).queryText()
        return node.getText(0, node.characterCount)

    # Keyboard, window, pictures

    def xdotool(self, *arguments):
        done = subprocess.run(['xdotool'] + list(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=60)
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout

    def window(self):
        """The X window of the main window: the largest visible one of the process."""
        def look():
            best, area = None, 0
            done = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(self.process.pid)],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            for identity in done.stdout.split():
                size = re.search(r'WIDTH=(\d+)\nHEIGHT=(\d+)', self.xdotool('getwindowgeometry', '--shell', identity))
                if size and int(size[1]) * int(size[2]) > area:
                    best, area = identity, int(size[1]) * int(size[2])
            return best
        return wait(look, 60, 'a visible window')

    def origin(self):
        at = re.search(r'X=(-?\d+)\nY=(-?\d+)', self.xdotool('getwindowgeometry', '--shell', self.window()))
        return int(at[1]), int(at[2])

    def focus(self):
        """There is no window manager: the keyboard goes where it is told."""
        self.xdotool('windowfocus', '--sync', self.window())

    def keys(self, *keys):
        """Real key presses: 'ctrl+k', 'Tab', 'Return'…"""
        self.focus()
        self.xdotool('key', '--delay', '30', *keys)

    def type_keys(self, text):
        """Latin text, key by key."""
        self.focus()
        self.xdotool('type', '--delay', '20', text)

    def resize(self, width, height):
        window = self.window()

        # Asked again each time: without a window manager the first answer is the least size of the layout before.
        def there():
            self.xdotool('windowsize', window, str(width), str(height))
            size = re.search(r'WIDTH=(\d+)\nHEIGHT=(\d+)', self.xdotool('getwindowgeometry', '--shell', window))
            return size and (int(size[1]), int(size[2])) == (width, height)
        wait(there, 30, 'the window to become %d×%d' % (width, height))

    def focused(self):
        """The accessible that has the keyboard focus, or None."""
        import pyatspi
        last = None
        for node in self.nodes():
            try:
                if node.getState().contains(pyatspi.STATE_FOCUSED):
                    last = node
            except Exception:
                continue
        return last

    def settle(self):
        """Waits until the window draws the same picture twice."""
        window, last = self.window(), None

        def same():
            nonlocal last
            now = subprocess.run(['import', '-silent', '-window', window, 'rgb:-'], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, timeout=60).stdout
            equal = now == last and bool(now)
            last = now
            if not equal:
                time.sleep(0.15)
            return equal
        with contextlib.suppress(AssertionError):   # a caret or spinner may go on for ever: take it as it is
            wait(same, 5, 'a still picture')

    def shot(self, name):
        """A picture of the window, kept in $ATRIUM_PICTURES (or _build/pictures)."""
        folder = os.environ.get('ATRIUM_PICTURES') or os.path.join(TOP, '_build', 'pictures')
        os.makedirs(folder, exist_ok=True)
        self.settle()
        path = os.path.join(folder, name + '.png')
        subprocess.run(['import', '-silent', '-window', self.window(), path], check=True, stdin=subprocess.DEVNULL, timeout=60)
        return path

    def picture_of(self, node):
        """What is drawn in the left half of @node, where no button floats, once it stands still. GTK 4.8 tells old places of
        rows that are scrolled out, so the picture alone knows what is in sight."""
        import pyatspi
        extents = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        self.settle()
        crop = '%dx%d+%d+%d' % (extents.width * 2 // 5, extents.height, extents.x, extents.y)
        return subprocess.run(['import', '-silent', '-window', self.window(), '-crop', crop, 'rgb:-'], check=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60).stdout

    # The end

    def quit(self):
        """As a person does: Ctrl+Q, and waits."""
        self.keys('ctrl+q')
        wait(lambda: self.process.poll() is not None, 60, 'atrium to end')
        assert self.process.returncode == 0, self.last_words()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
