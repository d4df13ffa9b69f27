#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window with one of each thing that the driver can do, for test-driver.py."""
import gi

gi.require_version('Gtk', '4.0')
from gi.repository import Gio, Gtk   # noqa: E402


def activate(application):
    window = Gtk.ApplicationWindow(application=application, default_width=600, default_height=400)
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    entry = Gtk.Entry()
    entry.update_property([Gtk.AccessibleProperty.LABEL], ['Message entry'])
    said = Gtk.Label(label='nothing')
    hidden = Gtk.Label(label='not to be seen', visible=False)
    send = Gtk.Button(label='Send')
    send.connect('clicked', lambda _: said.set_label(entry.get_text()))
    entry.connect('activate', lambda _: said.set_label('entered ' + entry.get_text()))
    notify = Gtk.Button(label='Notify')

    def on_notify(_):
        notification = Gio.Notification.new('From the sample')
        notification.set_body('你好')
        application.send_notification('one', notification)
    notify.connect('clicked', on_notify)
    for child in (entry, send, said, hidden, notify):
        box.append(child)
    window.set_child(box)
    window.present()


app = Gtk.Application(application_id='org.example.Sample')
app.connect('activate', activate)
action = Gio.SimpleAction.new('quit', None)
action.connect('activate', lambda *_: app.quit())
app.add_action(action)
app.set_accels_for_action('app.quit', ['<Control>q'])
app.run([])
