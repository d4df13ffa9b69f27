# SPDX-License-Identifier: GPL-3.0-or-later
"""The test functions of a Python program as TAP: tap.main (globals ()) runs every test_…, in the order written."""
import os
import sys
import time
import traceback


class Skip(Exception):
    """This test cannot run here; its text says why."""


def wait(condition, seconds=60, what='the condition'):
    """Polls until @condition returns something true, and returns that. A deadline only ends a broken test: on a slow machine
    $ATRIUM_TEST_PATIENCE makes it so many times longer."""
    seconds *= float(os.environ.get('ATRIUM_TEST_PATIENCE', '1'))
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError('waited %d s for %s' % (seconds, what))
        time.sleep(0.05)


def main(names, setup=None, teardown=None):
    tests = [(n, f) for n, f in names.items() if n.startswith('test_') and callable(f)]
    if len(sys.argv) > 1 and not sys.argv[1].startswith('-'):
        tests = [t for t in tests if t[0] in sys.argv[1:]] or tests
    print('1..%d' % len(tests), flush=True)
    failed = False
    skip = None
    try:
        if setup is not None:
            setup()
    except Skip as reason:
        skip = reason
    try:
        for number, (name, function) in enumerate(tests, 1):
            if skip is not None:
                print('ok %d %s # SKIP %s' % (number, name, skip), flush=True)
                continue
            try:
                function()
                print('ok %d %s' % (number, name), flush=True)
            except Skip as reason:
                print('ok %d %s # SKIP %s' % (number, name, reason), flush=True)
            except BaseException as error:   # one broken test must not hide the others
                print('\n'.join('# ' + line for line in traceback.format_exc().splitlines()))
                print('not ok %d %s' % (number, name), flush=True)
                failed = True
                if isinstance(error, (KeyboardInterrupt, SystemExit)):
                    raise
    finally:
        if teardown is not None:
            teardown()
    sys.exit(1 if failed else 0)
