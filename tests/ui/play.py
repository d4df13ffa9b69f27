#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""play.py [--prefix DIR]: a short conversation between two windows on a virtual display, with pictures.

What "tools/run" shows on a machine without a display."""
import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import uitest             # noqa: E402
import scenes             # noqa: E402
import servers            # noqa: E402
import tap                # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--prefix')
    arguments = parser.parse_args()
    if arguments.prefix:
        os.environ['ATRIUM_PREFIX'] = arguments.prefix
    os.environ.setdefault('ATRIUM_PICTURES', os.path.join(uitest.TOP, '_build', 'pictures'))
    with uitest.Desktop() as desktop, scenes.office() as session:
        facts = session.describe()
        print('Signing in…', flush=True)
        scenes.fill(desktop, facts)
        alice = desktop.start('alice')
        bob = desktop.start('bob')
        for person, name in ((alice, 'Bob Larsen'), (bob, 'Alice Moreno')):
            scenes.open_chat(person, name)
        lines = [(alice, bob, 'Good morning! Is the cold store all right?'),
                 (bob, alice, 'Yes, 3.4 °C since six. The new seal is in.'),
                 (alice, bob, '太好了，谢谢！'),
                 (bob, alice, 'See you at ten 👋')]
        for number, (writer, reader, text) in enumerate(lines, 1):
            scenes.write(writer, text)
            reader.wait_for(text)
            writer.shot('play-%d-writer' % number)
            reader.shot('play-%d-reader' % number)
            print('  %s' % text, flush=True)
        for person in (alice, bob):
            person.quit()
    print('Pictures are in %s' % os.environ['ATRIUM_PICTURES'])


try:
    main()
except tap.Skip as reason:
    sys.exit('tools/run: %s' % reason)
except (AssertionError, servers.ServerError) as error:
    sys.exit('tools/run: %s' % error)
