// SPDX-License-Identifier: GPL-3.0-or-later
// Makes random editing sessions with the real Yjs and writes each as one line of JSON: what
// every replica did, which bytes Yjs made of it, and how all ends. crdt-replay does the same
// with our engine and compares.
//
// usage: node sessions.mjs FIRST_SEED COUNT
import * as Y from 'yjs'
import { fileURLToPath } from 'node:url'

const hex = u => Buffer.from(u).toString('hex')

function random (seed) { // mulberry32
  let a = seed >>> 0
  const next = () => {
    a = (a + 0x6D2B79F5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), a | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const r = n => Math.floor(next() * n)
  r.pick = list => list[r(list.length)]
  return r
}

const words = ['a', 'bc', 'hello', '中文', '汉', '😀', 'x😀y', '\n', 'é', 'line\n', '👩‍👩‍👧', ' ', '文字😀', '\u0000z']
const keys = ['k', 'l', 'm', '键']
const formats = [{ bold: true }, { bold: null }, { color: 'red' }, { color: 'blue' }, { color: null }, { bold: true, color: 'red' },
  { link: { href: 'u' } }, { link: null }, { italic: true }, { header: 1 }]
// Yjs writes into the attributes that it is given, and compares objects by identity.
const clone = v => v && JSON.parse(JSON.stringify(v))
const someFormat = r => clone(r.pick(formats))
const values = [null, true, 1, -5, 0.5, 0.1, 'text', '😀', [1, 'a'], { a: 1, b: [null] }, 4294967296, { 7: 1, x: 2 }]
const kinds = { array: Y.Array, map: Y.Map, text: Y.Text, fragment: Y.XmlFragment, xmltext: Y.XmlText }

const isText = t => t instanceof Y.Text
const isList = t => t instanceof Y.Array || t instanceof Y.XmlFragment
const make = (kind, name) => kind === 'element' ? new Y.XmlElement(name) : new kinds[kind]()

function at (doc, path) {
  const kind = { t: Y.Text, m: Y.Map, a: Y.Array, x: Y.XmlFragment }[path[0]]
  let type = doc.get(path[0], kind)
  for (const step of path.slice(1)) {
    if (typeof step === 'string') type = type instanceof Y.Map ? type.get(step) : type.getAttribute(step)
    else if (isText(type)) {
      let i = 0; let found = null
      for (const op of type.toDelta()) {
        if (typeof op.insert === 'string') i += op.insert.length
        else { if (i === step) found = op.insert; i++ }
      }
      type = found
    } else type = type.get(step)
  }
  return type
}

// All live types of a document with their paths.
function types (doc) {
  const out = []
  const visit = (type, path) => {
    out.push([type, path])
    if (path.length > 4) return
    if (isList(type)) type.toArray().forEach((v, i) => { if (v instanceof Y.AbstractType) visit(v, [...path, i]) })
    if (type instanceof Y.Map) type.forEach((v, k) => { if (v instanceof Y.AbstractType) visit(v, [...path, k]) })
    if (isText(type)) {
      let i = 0
      for (const op of type.toDelta()) {
        if (typeof op.insert === 'string') i += op.insert.length
        else { if (op.insert instanceof Y.AbstractType) visit(op.insert, [...path, i]); i++ }
      }
    }
  }
  visit(doc.get('t', Y.Text), ['t'])
  visit(doc.get('m', Y.Map), ['m'])
  visit(doc.get('a', Y.Array), ['a'])
  visit(doc.get('x', Y.XmlFragment), ['x'])
  return out
}

function edit (r, type, path, op) {
  const n = type.length
  if (isText(type)) {
    const i = r(n + 1)
    switch (r(type instanceof Y.XmlText ? 10 : 9)) {
      case 0: case 1: case 2: {
        const s = r.pick(words)
        type.insert(i, s)
        return ['insert', path, i, s]
      }
      case 3: {
        const s = r.pick(words); const f = someFormat(r)
        type.insert(i, s, clone(f))
        return ['insert', path, i, s, f]
      }
      case 4: case 5: {
        const l = Math.min(n - i, 1 + r(4))
        if (l === 0) return null
        type.delete(i, l)
        return ['delete', path, i, l]
      }
      case 6: case 7: {
        const l = Math.min(n - i, 1 + r(6))
        if (l === 0) return null
        const f = someFormat(r)
        type.format(i, l, clone(f))
        return ['format', path, i, l, f]
      }
      case 8: {
        if (r(2)) {
          const delta = []
          let left = n
          for (let k = 0; k < 1 + r(4); k++) {
            const c = r(4)
            if (c === 0) delta.push({ insert: r.pick(words) })
            else if (c === 1 && left > 0) { const l = 1 + r(Math.min(left, 4)); left -= l; delta.push(r(2) ? { retain: l } : { retain: l, attributes: someFormat(r) }) } else if (c === 2 && left > 0) { const l = 1 + r(Math.min(left, 3)); left -= l; delta.push({ delete: l }) } else delta.push({ insert: r.pick(words), attributes: someFormat(r) })
          }
          const copy = JSON.parse(JSON.stringify(delta))
          type.applyDelta(clone(delta))
          return ['delta', path, copy]
        }
        const f = r(2) ? someFormat(r) : undefined
        if (r(3) === 0 && path.length < 4) {
          type.insertEmbed(i, make('map'), clone(f))
          return f ? ['embedtype', path, i, 'map', f] : ['embedtype', path, i, 'map']
        }
        const e = { image: 'u' + r(5), n: r(3) }
        type.insertEmbed(i, e, clone(f))
        return f ? ['embed', path, i, e, f] : ['embed', path, i, e]
      }
      case 9: {
        const k = r.pick(keys); const v = r.pick(values)
        type.setAttribute(k, v)
        return ['set', path, k, v]
      }
    }
  }
  const xml = type instanceof Y.XmlFragment
  if (type instanceof Y.XmlElement && r(3) === 0) {
    const k = r.pick(keys)
    if (r(3) === 0) { type.removeAttribute(k); return ['unset', path, k] }
    const v = r.pick(['r', 'g', '中'])
    type.setAttribute(k, v)
    return ['set', path, k, v]
  }
  if (isList(type)) {
    const i = r(n + 1)
    const c = r(6)
    if (c < 2 && n > 0) {
      const p = r(n); const l = Math.min(n - p, 1 + r(3))
      type.delete(p, l)
      return ['remove', path, p, l]
    }
    if (xml || (c === 2 && path.length < 4)) {
      const kind = xml ? r.pick(['element', 'xmltext']) : r.pick(['map', 'array', 'text'])
      const name = kind === 'element' ? r.pick(['p', 'div']) : undefined
      if (r(3) === 0 && !xml) { type.push([make(kind, name)]); return ['listtype', path, -1, kind] }
      type.insert(i, [make(kind, name)])
      return name ? ['listtype', path, i, kind, name] : ['listtype', path, i, kind]
    }
    const vs = []
    for (let k = 0; k < 1 + r(3); k++) vs.push(r(8) === 0 ? new Uint8Array([1, 2, r(256)]) : r.pick(values))
    if (r(4) === 0) type.push(vs); else { type.insert(i, vs); return ['values', path, i, vs.map(pack)] }
    return ['values', path, -1, vs.map(pack)]
  }
  const k = r.pick(keys)
  const c = r(6)
  if (c === 0) { type.delete(k); return ['unset', path, k] }
  if (c === 1 && path.length < 4) {
    const kind = r.pick(['map', 'array', 'text'])
    type.set(k, make(kind))
    return ['settype', path, k, kind]
  }
  const v = r(8) === 0 ? new Uint8Array([9, r(256)]) : r.pick(values)
  type.set(k, v)
  return ['set', path, k, pack(v)]
}

// Bytes have no JSON form.
function pack (v) { return v instanceof Uint8Array ? { $bytes: hex(v) } : v }

function plain (doc) {
  const value = v => v instanceof Y.AbstractType ? json(v) : v instanceof Uint8Array ? { $bytes: hex(v) } : v
  const attributes = t => { const o = {}; for (const [k, v] of Object.entries(t.getAttributes())) o[k] = value(v); return o }
  const delta = t => {
    const out = []
    for (const op of t.toDelta()) {
      const attrs = op.attributes && Object.keys(op.attributes).length ? op.attributes : null
      const last = out[out.length - 1]
      if (typeof op.insert === 'string' && last && typeof last[0] === 'string' && same(last[1], attrs)) last[0] += op.insert
      else out.push([typeof op.insert === 'string' ? op.insert : { $embed: value(op.insert) }, attrs])
    }
    // A lone surrogate cannot be told apart from U+FFFD in UTF-8.
    for (const op of out) if (typeof op[0] === 'string') op[0] = op[0].toWellFormed ? op[0].toWellFormed() : op[0]
    return out
  }
  const json = t => {
    if (t instanceof Y.XmlText) return { attributes: attributes(t), delta: delta(t) }
    if (t instanceof Y.Text) return { delta: delta(t) }
    if (t instanceof Y.XmlElement) return { name: t.nodeName, attributes: attributes(t), children: t.toArray().map(value) }
    if (isList(t)) return t.toArray().map(value)
    const o = {}
    t.forEach((v, k) => { o[k] = value(v) })
    return o
  }
  return { t: json(doc.get('t', Y.Text)), m: json(doc.get('m', Y.Map)), a: json(doc.get('a', Y.Array)), x: json(doc.get('x', Y.XmlFragment)) }
}

const sorted = v => Array.isArray(v) ? v.map(sorted) : v && typeof v === 'object' ? Object.fromEntries(Object.keys(v).sort().map(k => [k, sorted(v[k])])) : v
const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))

export function session (seed) {
  const r = random(seed)
  const n = 2 + r(4)
  const script = []
  const replicas = []
  const log = [] // all updates, in order of creation
  const gc = r(4) !== 0
  const undo = r(2) === 0
  for (let i = 0; i < n; i++) {
    const doc = new Y.Doc({ gc })
    doc.clientID = 1 + r(5) * 1000000007 % 4294967291 + i
    const replica = { doc, inbox: [], made: [] }
    doc.on('update', (u, origin) => { if (origin !== 'net') replica.made.push(u) })
    for (const [name, kind] of [['t', Y.Text], ['m', Y.Map], ['a', Y.Array], ['x', Y.XmlFragment]]) doc.get(name, kind)
    if (undo) replica.undo = new Y.UndoManager(['t', 'm', 'a', 'x'].map(k => at(doc, [k])), { captureTimeout: 0, trackedOrigins: new Set(['user']) })
    replicas.push(replica)
    script.push(['doc', i, doc.clientID, gc, undo])
  }
  const send = (from, u) => {
    log.push(u)
    replicas.forEach((other, k) => { if (k !== from) other.inbox.push(u) })
  }
  const receive = (i, u) => {
    const replica = replicas[i]
    replica.made = []
    Y.applyUpdate(replica.doc, u, 'net')
    script.push(['apply', i, hex(u)])
    // What Yjs cleans up by itself after a remote change is a change of its own.
    for (const m of replica.made) { script.push(['apply', i, hex(m)]); send(i, m) }
  }
  for (let step = 0; step < 20 + r(40); step++) {
    const i = r(n)
    const replica = replicas[i]
    const c = r(10)
    if (c < 6) {
      const ops = []
      replica.made = []
      replica.doc.transact(() => {
        for (let k = 0; k < 1 + r(3); k++) {
          const [type, path] = r.pick(types(replica.doc))
          const op = edit(r, type, path)
          if (op) ops.push(op)
        }
      }, 'user')
      if (ops.length) script.push(['edit', i, ops, replica.made.map(hex)])
      replica.made.forEach(u => send(i, u))
    } else if (c === 6 && undo) {
      replica.made = []
      const redo = r(3) === 0
      if (redo) replica.undo.redo(); else replica.undo.undo()
      script.push([redo ? 'redo' : 'undo', i, replica.made.map(hex)])
      replica.made.forEach(u => send(i, u))
    } else {
      // Late, shuffled, repeated; what is lost comes with the exchange at the end.
      for (let k = r(6); k > 0 && replica.inbox.length; k--) {
        const p = r(4) ? 0 : r(replica.inbox.length)
        const u = replica.inbox[p]
        if (r(8)) replica.inbox.splice(p, 1)
        if (r(10)) receive(i, u)
      }
      if (r(6) === 0 && log.length > 2) {
        const some = [r.pick(log), r.pick(log), r.pick(log)]
        script.push(['merge', some.map(hex), hex(Y.mergeUpdates(some))])
      }
    }
  }
  // Everybody gets what he lacks, by state vector; twice, because cleaning up makes new updates.
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        if (i === k) continue
        const sv = Y.encodeStateVector(replicas[i].doc)
        const u = Y.encodeStateAsUpdate(replicas[k].doc, sv)
        script.push(['diff', k, hex(sv), hex(u)])
        receive(i, u)
      }
    }
  }
  const expect = plain(replicas[0].doc)
  for (let i = 0; i < n; i++) {
    const doc = replicas[i].doc
    const mine = plain(doc)
    // Where a surrogate pair has been cut, replicas of Yjs may differ in whether the halves were lost.
    const blur = v => JSON.parse(JSON.stringify(v).replace(/[\u{10000}-\u{10ffff}]/gu, '\ufffd\ufffd'))
    if (!same(blur(mine), blur(expect))) throw new Error(`seed ${seed}: Yjs itself does not agree\n${JSON.stringify(mine)}\n${JSON.stringify(expect)}`)
    script.push(['state', i, hex(Y.encodeStateVector(doc)), hex(Y.encodeStateAsUpdate(doc)), hex(Y.encodeStateAsUpdateV2(doc)), mine])
    for (let k = 0; k < 3; k++) {
      const t = r.pick([at(doc, ['t']), at(doc, ['a'])])
      const index = r(t.length + 1); const assoc = r(2) - 1
      const p = Y.createRelativePositionFromTypeIndex(t, index, assoc)
      const back = Y.createAbsolutePositionFromRelativePosition(p, doc)
      script.push(['position', i, t === at(doc, ['t']) ? 't' : 'a', index, assoc, hex(Y.encodeRelativePosition(p)), back ? back.index : -1])
    }
    script.push(['snapshot', i, hex(Y.encodeSnapshot(Y.snapshot(doc))), hex(Y.encodeSnapshotV2(Y.snapshot(doc)))])
  }
  replicas.forEach(x => x.doc.destroy())
  return { seed, script }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const first = Number(process.argv[2]); const count = Number(process.argv[3])
  const write = line => new Promise(resolve => process.stdout.write(line, resolve))
  for (let s = first; s < first + count; s++) await write(JSON.stringify(session(s)) + '\n')
}
