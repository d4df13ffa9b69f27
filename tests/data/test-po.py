#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-po.py TOP: no string is forgotten.

po/POTFILES lists every file with translatable text and no other; zh_CN has each string, none fuzzy, with formats that
fit; and it uses the words of po/zh_CN.glossary."""
import os
import re
import subprocess
import sys
import tempfile

TOP = sys.argv.pop(1)
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TOP, 'tests', 'servers'))
import tap   # noqa: E402

PO = os.path.join(TOP, 'po')
C_TEXT = re.compile(r'\b(_|N_|C_|NC_|Q_|ngettext|g_dngettext|g_dpgettext2?)\s*\(\s*(GETTEXT_PACKAGE\s*,\s*)?"')
# What meson's "glib" preset passes.
KEYWORDS = ['--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2', '--keyword=g_dcgettext:2',
            '--keyword=g_dngettext:2,3', '--keyword=g_dpgettext2:2c,3', '--flag=N_:1:pass-c-format',
            '--flag=C_:2:pass-c-format', '--flag=NC_:2:pass-c-format', '--flag=g_dngettext:2:pass-c-format',
            '--flag=g_strdup_printf:1:c-format', '--flag=g_string_printf:2:c-format',
            '--flag=g_string_append_printf:2:c-format', '--flag=g_error_new:3:c-format', '--flag=g_set_error:4:c-format']


def files_with_text():
    found = set()
    for folder, folders, names in os.walk(os.path.join(TOP, 'src')):
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(('.c', '.h')):
                with open(path, encoding='utf-8') as source:
                    if C_TEXT.search(source.read()):
                        found.add(os.path.relpath(path, TOP))
            elif name.endswith('.ui'):
                with open(path, encoding='utf-8') as source:
                    if re.search(r'translatable="(yes|true|1)"', source.read()):
                        found.add(os.path.relpath(path, TOP))
    for name in os.listdir(os.path.join(TOP, 'data')):
        if name.endswith(('.desktop.in', '.metainfo.xml.in', '.gschema.xml')):
            found.add('data/' + name)
    return found


def listed():
    with open(os.path.join(PO, 'POTFILES'), encoding='utf-8') as source:
        return [line.strip() for line in source if line.strip() and not line.startswith('#')]


def run(*arguments):
    done = subprocess.run(arguments, cwd=TOP, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, env=dict(os.environ, LC_ALL='C.UTF-8'))
    assert done.returncode == 0, '%s: %s' % (arguments[0], done.stdout)
    return done.stdout


def unquote(lines):
    return ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', lines)).replace('\\"', '"').replace('\\n', '\n').replace('\\\\', '\\')


def entries(text):
    """(context, msgid, [msgstr…]) of each entry of a .po file."""
    for block in re.split(r'\n\s*\n', text):
        block = '\n'.join(line for line in block.splitlines() if not line.startswith('#'))
        part = {}
        for match in re.finditer(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:"(?:[^"\\]|\\.)*"\s*)+)', block, re.M):
            part[match[1]] = unquote(match[2])
        if part.get('msgid'):
            yield part.get('msgctxt'), part['msgid'], [v for k, v in part.items() if k.startswith('msgstr')]


def template():
    folder = tempfile.mkdtemp(prefix='atrium-')
    path = os.path.join(folder, 'atrium.pot')
    run('xgettext', '--from-code=UTF-8', '--add-comments', '--output=' + path, *KEYWORDS, *listed())
    return path


def languages():
    with open(os.path.join(PO, 'LINGUAS'), encoding='utf-8') as source:
        return source.read().split()


def test_potfiles():
    names = listed()
    found = files_with_text()
    assert len(names) == len(set(names)), 'a file is listed twice'
    assert set(names) == found, 'missing: %s; too many: %s' % (sorted(found - set(names)), sorted(set(names) - found))
    assert names == sorted(names), 'po/POTFILES is not sorted'


def test_complete():
    assert 'zh_CN' in languages()
    pot = template()
    for language in languages():
        po = os.path.join(PO, language + '.po')
        merged = pot + '.' + language
        run('msgmerge', '--quiet', '--no-fuzzy-matching', '--output-file=' + merged, po, pot)
        with open(po, encoding='utf-8') as source:
            assert '#, fuzzy' not in source.read(), '%s has fuzzy entries' % po
        missing = list(entries(run('msgattrib', '--untranslated', '--no-obsolete', merged)))
        # An entry with a plural is translated only when all its forms are.
        assert not missing, '%d strings are not translated: %s' % (len(missing), '; '.join(m[1] for m in missing[:2000]))
        obsolete = run('msgattrib', '--only-obsolete', merged).strip()
        assert not obsolete, '%s has strings that nobody uses any more:\n%s' % (po, obsolete)


def test_formats():
    for language in languages():
        run('msgfmt', '--check', '--output-file=/dev/null', os.path.join(PO, language + '.po'))


def test_glossary():
    """Each line of the glossary: English word = translation [or another]; a string with the word uses one of them."""
    with open(os.path.join(PO, 'zh_CN.po'), encoding='utf-8') as source:
        strings = list(entries(source.read()))
    assert strings
    wrong = []
    with open(os.path.join(PO, 'zh_CN.glossary'), encoding='utf-8') as source:
        for line in source:
            line = line.split('#')[0].strip()
            if not line:
                continue
            word, _, meanings = line.partition('=')
            meanings = [m.strip() for m in meanings.split('|')]
            pattern = re.compile(r'\b%s\b' % re.escape(word.strip()), re.IGNORECASE)
            for _, english, chinese in strings:
                if pattern.search(english) and not any(m in c for c in chinese for m in meanings):
                    wrong.append('%s: %r is %r' % (word.strip(), english, chinese))
    assert not wrong, '\n'.join(wrong)


def test_chinese_typography():
    """Full-width punctuation between Chinese characters; no straight quotation marks round Chinese."""
    with open(os.path.join(PO, 'zh_CN.po'), encoding='utf-8') as source:
        strings = list(entries(source.read()))
    # Search words and addresses have punctuation of their own.
    bad = [c for _, english, all_forms in strings for c in all_forms
           if not english.endswith(';') and '//' not in english and re.search(r'[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\.(\s|$)|"[^"]*[\u4e00-\u9fff][^"]*"|\.\.\.', c)]
    assert not bad, '\n'.join(bad)


tap.main(globals())
