#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""fault.py --seed N [--kind prosody|ejabberd] [--messages 2000] [--faults 40]

Two accounts write to each other while everything breaks: the programs are killed (the one that is online and the one
that writes), the server is killed, the network is cut and half-open, the disk refuses writes for a while. In the end
both sides must have each message exactly once, in the order in which its author wrote it. Everything follows from the
seed; a failure prints it, and keeps the folder.

What counts as written: "send" ended with status 0. A "send" that said no is tried again with the same text, so a half
kept promise would show as a double. A "send" that was killed in the middle may have been written or not, but never twice.
"""
import argparse
import collections
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), '..', 'servers'))
import atrium             # noqa: E402
import servers            # noqa: E402

FAULTS = ('kill-watch', 'kill-watch', 'kill-send', 'kill-server', 'restart-server', 'cut', 'stall', 'disk')
SETTLE_SECONDS = 900      # a deadline only ends a broken run; it is moved on by every message that arrives


class Run:
    def __init__(self, arguments):
        self.random = random.Random(arguments.seed)
        self.arguments = arguments
        self.folder = tempfile.mkdtemp(prefix='atrium-fault-')
        self.session = servers.Session(arguments.kind, users=('alice', 'bob'), relay=True,
                                       groups={'Team': {'alice': 'Alice', 'bob': 'Bob'}})
        self.people = []
        self.written = collections.OrderedDict()     # text → (author, "yes" or "maybe")
        self.heal_at = []                            # (message number, what to do then)
        self.counts = collections.Counter()
        facts = self.session.describe()
        for name in ('alice', 'bob'):
            fault = os.path.join(self.folder, name + '.disk-off')
            person = atrium.Profile(self.folder, name, {'ATRIUM_STORE_FAULTS': fault})
            person.fault = fault
            person.sign_in(facts, name + '@work.test')
            person.watch()
            person.online()
            self.people.append(person)
        self.people[0].peer, self.people[1].peer = self.people[1], self.people[0]

    def note(self, text):
        print('# %s' % text, flush=True)

    def send(self, person, text, kill):
        """Writes one message, whatever it takes."""
        command = person.command('send', person.peer.address, text, timeout=60)
        while True:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                     text=True, env=person.environment)
            if kill is not None:
                try:
                    child.communicate(timeout=kill)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.communicate()
                    self.written[text] = (person.name, 'maybe')
                    self.counts['send killed'] += 1
                    return
            words = child.communicate()[1]
            if child.returncode == 0:
                self.written[text] = (person.name, 'yes')
                return
            self.counts['send refused'] += 1
            if not os.path.exists(person.fault):
                raise AssertionError('send of %r failed with %d without a reason: %s' % (text, child.returncode, words))
            # The disk was off: that is a refusal as it should be. Somebody frees space, and the person tries again.
            if self.counts['send refused'] % 3 == 0:
                os.unlink(person.fault)

    def fault(self, number):
        """One thing breaks now; what has to be mended is mended some messages later."""
        kind = self.random.choice(FAULTS)
        person = self.random.choice(self.people)
        later = number + self.random.randint(1, 25)
        self.counts[kind] += 1
        if kind == 'kill-watch':
            person.stop(kill=True)
            self.heal_at.append((later, 'watch', person))
        elif kind == 'kill-send':
            return self.random.uniform(0.0, 0.12)
        elif kind == 'kill-server':
            self.session.server.kill()
            self.heal_at.append((later, 'server', None))
        elif kind == 'restart-server':
            self.session.restart()
        elif kind in ('cut', 'stall'):
            getattr(self.session.relay, kind)()
            self.heal_at.append((later, 'wire', None))
        elif kind == 'disk':
            with open(person.fault, 'w', encoding='ascii'):
                pass
            self.heal_at.append((later, 'disk', person))
        return None

    def mend(self, number):
        for entry in [e for e in self.heal_at if e[0] <= number]:
            self.heal_at.remove(entry)
            _, what, person = entry
            if what == 'watch' and person.watching is None:
                person.watch()
            elif what == 'server' and self.session.server_is_down():
                self.session.server.start()
            elif what == 'wire':
                self.session.relay.heal()
            elif what == 'disk' and os.path.exists(person.fault):
                os.unlink(person.fault)

    def exchange(self):
        total = self.arguments.messages
        faults = set(self.random.sample(range(total), min(self.arguments.faults, total)))
        for number in range(total):
            self.mend(number)
            kill = None
            if number in faults:
                # One fault of the server or the wire at a time; the others may overlap.
                kill = self.fault(number)
            person = self.people[self.random.randrange(2)]
            for each in self.people:
                # A watch that died by itself (no disk) is started again as a person would.
                if each.watching is not None and each.watching.poll() is not None:
                    each.watching = None
                    self.counts['watch ended by itself'] += 1
                    self.heal_at.append((number + 1, 'watch', each))
            self.send(person, '%s %05d' % (person.name, number), kill)
        self.mend(float('inf'))

    def listed(self, person):
        """The texts of the chat on one side, in its order."""
        return [m['body'] for m in person.all_messages(person.peer.address)]

    def settle(self):
        """Until both outboxes are empty and nothing new arrives."""
        for person in self.people:
            if person.watching is None or person.watching.poll() is not None:
                person.watching = None
                person.watch()
        sure = {text for text, (_, how) in self.written.items() if how == 'yes'}
        deadline, before = time.monotonic() + SETTLE_SECONDS, None
        while True:
            state = [(p.run('status')[0]['outbox'], len(self.listed(p))) for p in self.people]
            lists = [set(self.listed(p)) for p in self.people]
            if all(count == 0 for count, _ in state) and all(sure <= have for have in lists) and lists[0] == lists[1]:
                return
            if state != before:
                deadline, before = time.monotonic() + SETTLE_SECONDS, state
            elif time.monotonic() > deadline:
                return               # the check says what is missing
            time.sleep(1)

    def check(self):
        problems = []
        for person in self.people:
            have = self.listed(person)
            counts = collections.Counter(have)
            problems += ['%s has %r %d times' % (person.name, text, n) for text, n in counts.items() if n > 1]
            problems += ['%s lacks %r' % (person.name, text) for text, (_, how) in self.written.items()
                         if how == 'yes' and text not in counts]
            problems += ['%s has %r, which nobody wrote' % (person.name, text) for text in counts if text not in self.written]
            for author in ('alice', 'bob'):
                own = [text for text in have if text.startswith(author)]
                if own != sorted(own):
                    wrong = next(b for a, b in zip(own, own[1:]) if a > b)
                    problems.append('%s has the messages of %s out of order at %r' % (person.name, author, wrong))
        first, second = (set(self.listed(p)) for p in self.people)
        problems += ['only one side has %r' % text for text in first ^ second]
        for person in self.people:
            waiting = person.run('outbox')
            problems += ['the outbox of %s still has %s' % (person.name, entry) for entry in waiting]
        return problems

    def close(self, keep):
        for person in self.people:
            try:
                person.stop(kill=True)
            except AssertionError:
                pass
        self.session.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seed', type=int, action='append')
    parser.add_argument('--kind', choices=('prosody', 'ejabberd'), default='prosody')
    parser.add_argument('--messages', type=int, default=2000)
    parser.add_argument('--faults', type=int, default=40)
    arguments = parser.parse_args()
    seeds = arguments.seed or [1]
    print('1..%d' % len(seeds), flush=True)
    if not os.access(atrium.CTL, os.X_OK):
        print('\n'.join('ok %d # SKIP atriumctl is not built' % n for n in range(1, len(seeds) + 1)))
        return 0
    failed = False
    for number, seed in enumerate(seeds, 1):
        arguments.seed = seed
        try:
            run = Run(arguments)
        except servers.NotInstalled as reason:
            print('ok %d seed %d # SKIP %s' % (number, seed, reason), flush=True)
            continue
        problems = ['the run did not reach its end']
        try:
            run.exchange()
            run.settle()
            problems = run.check()
        except (AssertionError, atrium.Failed, servers.ServerError, subprocess.SubprocessError) as error:
            problems = ['%s: %s' % (type(error).__name__, error)]
        finally:
            run.close(keep=bool(problems))
        run.note('seed %d: %d written, %s' % (seed, len(run.written), dict(run.counts)))
        for problem in problems[:50]:
            run.note(problem)
        if problems:
            run.note('kept: %s; again with: tests/integration/fault.py --seed %d --kind %s --messages %d --faults %d'
                     % (run.folder, seed, arguments.kind, arguments.messages, arguments.faults))
            failed = True
        print('%s %d seed %d, %s, %d messages' % ('not ok' if problems else 'ok', number, seed, arguments.kind,
                                                  arguments.messages), flush=True)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
