#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-doap.py TOP: data/atrium.doap says what src/xmpp does.

The first comment of a file (after the licence) names the XEPs it implements. Every one is in the DOAP file, and every
one in the DOAP file is in such a comment."""
import os
import re
import sys
from xml.etree import ElementTree as ET

TOP = sys.argv.pop(1)
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, 'tests', 'servers'))
import tap   # noqa: E402

DOAP = '{http://usefulinc.com/ns/doap#}'
XMPP = '{https://linkmauve.fr/ns/xmpp-doap#}'
RDF = '{http://www.w3.org/1999/02/22-rdf-syntax-ns#}'


def in_code():
    found = {}
    folder = os.path.join(TOP, 'src', 'xmpp')
    for name in sorted(os.listdir(folder)):
        if not name.endswith(('.c', '.h')):
            continue
        with open(os.path.join(folder, name), encoding='utf-8') as source:
            comments = [c for c in re.findall(r'/\*.*?\*/', source.read(), re.S) if 'SPDX-License-Identifier' not in c]
        for number in re.findall(r'XEP-(\d{4})', comments[0]) if comments else []:
            found.setdefault(number, []).append(name)
    return found


def in_doap():
    root = ET.parse(os.path.join(TOP, 'data', 'atrium.doap')).getroot()
    found = []
    for element in root.iter(XMPP + 'SupportedXep'):
        link = element.find(XMPP + 'xep').get(RDF + 'resource')
        assert re.fullmatch(r'https://xmpp\.org/extensions/xep-\d{4}\.html', link), link
        assert element.findtext(XMPP + 'status') in ('complete', 'partial'), link
        assert re.fullmatch(r'[0-9.]+', element.findtext(XMPP + 'version')), link
        found.append(link[-9:-5])
    return found


def test_code_is_listed():
    code, doap = in_code(), in_doap()
    missing = {n: f for n, f in code.items() if n not in doap}
    assert code and not missing, 'not in data/atrium.doap: %s' % missing


def test_list_is_in_code():
    code, doap = in_code(), in_doap()
    assert doap and not [n for n in doap if n not in code], 'no file implements %s' % [n for n in doap if n not in code]
    assert doap == sorted(set(doap)), 'not sorted, or listed twice'


tap.main(globals())
