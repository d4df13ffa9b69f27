#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A colleague who uses somebody else's program: slixmpp, told what to do.

  bot.py --facts JSON --password-file FILE ADDRESS [VERB…]

Signs in to the server that JSON (a line of servers.py or "atrium-server status --json") describes. With a verb it does
that one thing, prints its answer and ends; without, it obeys one JSON command a line, {"do": VERB, …}, on standard input,
and prints one JSON line for each answer and for everything that arrives.
"""
import argparse
import asyncio
import json
import logging
import os
import ssl
import sys
import uuid
from xml.etree import ElementTree as ET

import slixmpp
from slixmpp.xmlstream import matcher
from slixmpp.xmlstream.handler import CoroutineCallback

NS = {
    'correct': 'urn:xmpp:message-correct:0',
    'reactions': 'urn:xmpp:reactions:0',
    'retract': 'urn:xmpp:message-retract:1',
    'receipts': 'urn:xmpp:receipts',
    'markers': 'urn:xmpp:chat-markers:0',
    'reply': 'urn:xmpp:reply:0',
    'sid': 'urn:xmpp:sid:0',
    'oob': 'jabber:x:oob',
    'delay': 'urn:xmpp:delay',
    'chatstates': 'http://jabber.org/protocol/chatstates',
}


class Bot(slixmpp.ClientXMPP):
    def __init__(self, address, password, facts):
        super().__init__(address, password)
        self.facts = facts
        self.done = asyncio.get_event_loop().create_future()
        for plugin in ('xep_0030', 'xep_0045', 'xep_0054', 'xep_0060', 'xep_0085', 'xep_0163', 'xep_0184', 'xep_0198',
                       'xep_0199', 'xep_0249', 'xep_0280', 'xep_0313', 'xep_0333', 'xep_0363'):
            self.register_plugin(plugin)
        self['xep_0184'].auto_ack = True
        self.ca_certs = facts['ca']
        self.use_proxy = False
        self.add_event_handler('session_start', self.on_session)
        self.add_event_handler('failed_auth', lambda _: self.say(event='failed'))
        self.add_event_handler('disconnected', lambda _: self.say(event='disconnected'))
        self.add_event_handler('presence_subscribe', lambda p: self.say(event='subscribe', **{'from': p['from'].bare}))
        self.register_handler(CoroutineCallback('any message', matcher.MatchXPath('{jabber:client}message'), self.on_message))
        self.online = asyncio.get_event_loop().create_future()

    @staticmethod
    def say(**what):
        print(json.dumps(what, ensure_ascii=False), flush=True)

    async def on_session(self, _):
        self.send_presence()
        await self.get_roster()
        if not self.online.done():
            self.online.set_result(True)
        self.say(event='online')

    async def on_message(self, message):
        """Everything that a test may want to know of a message, by its own reading of the XML."""
        xml = message.xml

        def child(name, key):
            return xml.find('{%s}%s' % (NS[key], name))

        said = {'event': 'message', 'from': message['from'].full, 'type': message['type'], 'id': message['id']}
        body = xml.find('{jabber:client}body')
        if body is not None:
            said['body'] = body.text or ''
        for name, key, attribute in (('replace', 'correct', 'id'), ('received', 'receipts', 'id'),
                                     ('displayed', 'markers', 'id'), ('retract', 'retract', 'id'),
                                     ('reply', 'reply', 'id'), ('delay', 'delay', 'stamp')):
            element = child(name, key)
            if element is not None:
                said[name] = element.get(attribute) or True
        reactions = child('reactions', 'reactions')
        if reactions is not None:
            said['reactions'] = {'to': reactions.get('id'), 'emoji': [e.text for e in reactions]}
        oob = child('x', 'oob')
        if oob is not None:
            said['url'] = oob.findtext('{jabber:x:oob}url')
        ids = [e.get('id') for e in xml.findall('{%s}stanza-id' % NS['sid'])]
        if ids:
            said['stanza_id'] = ids[-1]
        origin = child('origin-id', 'sid')
        if origin is not None:
            said['origin_id'] = origin.get('id')
        self.say(**said)
        if child('request', 'receipts') is not None and message['type'] != 'groupchat' and body is not None:
            pass    # xep_0184 answers by itself

    def message(self, to, room=False, body=None, **elements):
        """Sends a message with the extra elements; returns its id."""
        message = self.make_message(mto=to, mtype='groupchat' if room else 'chat')
        identity = str(uuid.uuid4())
        message['id'] = identity
        if body is not None:
            message['body'] = body
        for element in elements.values():
            message.xml.append(element)
        ET.SubElement(message.xml, '{%s}origin-id' % NS['sid'], {'id': identity})
        message.send()
        return identity

    async def do_roster(self, **_):
        return {'online': True, 'roster': {j: {'name': self.client_roster[j]['name'], 'groups': self.client_roster[j]['groups'],
                                               'subscription': self.client_roster[j]['subscription']}
                                           for j in self.client_roster}}

    async def do_send(self, to, body, room=False, receipt=True):
        extra = {} if room or not receipt else {'request': ET.Element('{%s}request' % NS['receipts']),
                                                'markable': ET.Element('{%s}markable' % NS['markers'])}
        return {'id': self.message(to, room, body, **extra)}

    async def do_correct(self, to, target, body, room=False):
        return {'id': self.message(to, room, body, replace=ET.Element('{%s}replace' % NS['correct'], {'id': target}))}

    async def do_react(self, to, target, emoji, room=False):
        reactions = ET.Element('{%s}reactions' % NS['reactions'], {'id': target})
        for one in emoji:
            ET.SubElement(reactions, '{%s}reaction' % NS['reactions']).text = one
        return {'id': self.message(to, room, None, reactions=reactions,
                                   store=ET.Element('{urn:xmpp:hints}store'))}

    async def do_retract(self, to, target, room=False):
        return {'id': self.message(to, room, 'This person attempted to retract a previous message.',
                                   retract=ET.Element('{%s}retract' % NS['retract'], {'id': target}),
                                   store=ET.Element('{urn:xmpp:hints}store'))}

    async def do_displayed(self, to, target):
        return {'id': self.message(to, False, None, displayed=ET.Element('{%s}displayed' % NS['markers'], {'id': target}))}

    async def do_file(self, to, path, room=False, type='application/octet-stream'):
        """Uploads by XEP-0363 and sends the address as older programs do: body and out-of-band data alike."""
        # Told where: the search of slixmpp 1.8 hands coroutines to asyncio.wait (), which Python 3.11 refuses.
        self['xep_0363'].upload_service = self.facts['upload']
        url = await self['xep_0363'].upload_file(path, content_type=type, timeout=60)
        oob = ET.Element('{%s}x' % NS['oob'])
        ET.SubElement(oob, '{%s}url' % NS['oob']).text = url
        return {'id': self.message(to, room, url, oob=oob), 'url': url}

    async def do_join(self, room, nick):
        await self['xep_0045'].join_muc_wait(room, nick, maxstanzas=0, timeout=60)
        return {'room': room}

    async def do_make_room(self, room, nick):
        await self['xep_0045'].join_muc_wait(room, nick, maxstanzas=0, timeout=60)
        form = await self['xep_0045'].get_room_config(room)
        form['type'] = 'submit'
        await self['xep_0045'].set_room_config(room, form)
        return {'room': room}

    async def do_leave(self, room, nick):
        self['xep_0045'].leave_muc(room, nick)
        return {}

    async def do_invite(self, room, to, reason=''):
        self['xep_0249'].send_invitation(to, room, reason=reason)
        return {}

    async def do_subscribe(self, to):
        self.send_presence(pto=to, ptype='subscribe')
        return {}

    async def do_subscribed(self, to):
        self.send_presence(pto=to, ptype='subscribed')
        return {}

    async def do_raw(self, xml):
        """Any stanza: what a forger sends."""
        self.send_raw(xml)
        return {}

    async def do_presence(self, type=None, show=None):
        self.send_presence(ptype=type, pshow=show)
        return {}

    async def do_quit(self):
        await self.disconnect(wait=5)
        return {}

    async def obey(self, command):
        try:
            tag = command.pop('tag', None)
            answer = await getattr(self, 'do_' + command.pop('do').replace('-', '_'))(**command)
            self.say(event='answer', tag=tag, **answer)
        except Exception as error:   # whatever the library throws is the answer
            self.say(event='answer', tag=tag, error='%s: %s' % (type(error).__name__, error))

    async def listen(self):
        reader = asyncio.StreamReader(limit=1 << 22)
        await self.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            command = json.loads(line)
            last = command['do'] == 'quit'
            await self.obey(command)
            if last:
                return


async def run(bot, verb):
    await asyncio.wait_for(bot.online, 120)
    if verb:
        print(json.dumps(await getattr(bot, 'do_' + verb[0])(*verb[1:]), ensure_ascii=False), flush=True)
    else:
        await bot.listen()
    await bot.disconnect(wait=5)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--facts', required=True)
    parser.add_argument('--password-file', required=True)
    parser.add_argument('address')
    parser.add_argument('verb', nargs='*')
    arguments = parser.parse_args()
    logging.basicConfig(level=os.environ.get('BOT_LOG', 'ERROR'), stream=sys.stderr)
    facts = json.loads(arguments.facts)
    os.environ['SSL_CERT_FILE'] = facts['ca']   # for aiohttp, which uploads
    with open(arguments.password_file, encoding='utf-8') as source:
        password = source.readline().rstrip('\n')
    bot = Bot(arguments.address, password, facts)
    host, _, port = facts['starttls'].split('//')[1].rpartition(':')
    bot.connect((host, int(port)), disable_starttls=False)
    bot.loop.run_until_complete(run(bot, arguments.verb))


main()
