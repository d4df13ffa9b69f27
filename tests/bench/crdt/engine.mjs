// SPDX-License-Identifier: GPL-3.0-or-later
// usage: node --expose-gc engine.mjs ENGINE TRACE.json.gz [V1_FILE]
// Runs one engine through the phases of crdt-bench and prints one JSON object. With V1_FILE
// (Yjs only) writes the update of the whole session there.
import fs from 'node:fs'
import zlib from 'node:zlib'

const [engine, path, v1file] = process.argv.slice(2)
const trace = JSON.parse(zlib.gunzipSync(fs.readFileSync(path)))
const agents = trace.numAgents > 1 ? trace.numAgents : 1
const out = {}

function phase (name, repeats, f) {
  let result
  for (let i = 0; i < repeats; i++) {
    const cpu = process.cpuUsage(); const start = performance.now()
    result = f()
    const ms = performance.now() - start; const used = process.cpuUsage(cpu)
    const cpuMs = (used.user + used.system) / 1000
    const old = out[name]
    out[name] = { ms: Math.min(ms, old?.ms ?? Infinity), cpu_ms: Math.min(cpuMs, old?.cpu_ms ?? Infinity) }
  }
  return result
}
const check = (text, name) => { if (text !== trace.endContent) throw new Error(`${engine}: wrong text after ${name}`) }

// One face for all: make, edit (returns nothing), text, take updates, apply, encode.
const engines = {
  async yjs () {
    const Y = await import('yjs')
    return {
      make: id => { const d = new Y.Doc(); d.clientID = id; return d },
      edit: (d, patches) => d.transact(() => { const t = d.getText('text'); for (const [p, n, s] of patches) { if (n) t.delete(p, n); if (s) t.insert(p, s) } }),
      text: d => d.getText('text').toString(),
      listen: (d, f) => d.on('update', (u, origin) => { if (origin !== 'net') f(u) }),
      apply: (d, u) => Y.applyUpdate(d, u, 'net'),
      v1: d => Y.encodeStateAsUpdate(d),
      v2: d => Y.encodeStateAsUpdateV2(d),
      applyV2: (d, u) => Y.applyUpdateV2(d, u, 'net')
    }
  },
  async ywasm () {
    const Y = await import('ywasm')
    return {
      make: id => { const d = new Y.YDoc({ clientID: id }); d.getText('text'); return d },
      edit: (d, patches) => { const t = d.getText('text'); const tx = d.beginTransaction(null); for (const [p, n, s] of patches) { if (n) t.delete(p, n, tx); if (s) t.insert(p, s, undefined, tx) } tx.commit(); tx.free() },
      text: d => d.getText('text').toString(undefined),
      listen: (d, f) => d.onUpdate(f),
      apply: (d, u) => Y.applyUpdate(d, u, null),
      v1: d => Y.encodeStateAsUpdate(d),
      v2: d => Y.encodeStateAsUpdateV2(d),
      applyV2: (d, u) => Y.applyUpdateV2(d, u, null)
    }
  },
  async loro () {
    const { LoroDoc } = await import('loro-crdt')
    return {
      make: id => { const d = new LoroDoc(); d.setPeerId(BigInt(id)); return d },
      edit: (d, patches) => { const t = d.getText('text'); for (const [p, n, s] of patches) { if (n) t.delete(p, n); if (s) t.insert(p, s) } d.commit() },
      text: d => d.getText('text').toString(),
      listen: (d, f) => d.subscribeLocalUpdates(f),
      apply: (d, u) => d.import(u),
      v1: d => d.export({ mode: 'update' }),
      v2: d => d.export({ mode: 'snapshot' }),
      applyV2: (d, u) => d.import(u)
    }
  },
  async diamond () {
    const { createRequire } = await import('node:module')
    const { Doc } = createRequire(import.meta.url)('diamond-types-node')
    return {
      make: id => { const d = new Doc('agent' + id); return d },
      edit: (d, patches) => { for (const [p, n, s] of patches) { if (n) d.del(p, n); if (s) d.ins(p, s) } },
      text: d => d.get(),
      patch: d => { const from = d.getLocalVersion(); return () => d.getPatchSince(from) },
      apply: (d, u) => d.mergeBytes(u),
      v1: d => d.toBytes()
    }
  }
}

const e = await engines[engine]()
// Once, as a program that opens a document does it: just-in-time compilers have no time to warm up.
const repeats = 1
let doc; let updates = []
if (agents === 1) {
  doc = phase('local_txn_each', repeats, () => { const d = e.make(1); for (const t of trace.txns) e.edit(d, t.patches); return d })
  check(e.text(doc), 'local_txn_each')
  doc = phase('local_txn_each_updates', 1, () => {
    const d = e.make(1); updates = []
    if (e.listen) e.listen(d, u => updates.push(u))
    for (const t of trace.txns) {
      const take = e.patch?.(d)
      e.edit(d, t.patches)
      if (take) updates.push(take())
    }
    return d
  })
} else if (e.listen) {
  doc = phase('session_replay', 1, () => {
    const docs = []; const has = []; const made = []; let sink
    for (let a = 0; a < agents; a++) { const d = e.make(a + 1); e.listen(d, u => sink && sink.push(u)); docs.push(d); has.push(new Uint8Array(trace.txns.length)) }
    const bring = (a, wanted) => {
      const stack = [...wanted]; const order = []
      while (stack.length) { const i = stack.pop(); if (has[a][i]) continue; has[a][i] = 1; order.push(i); stack.push(...trace.txns[i].parents) }
      order.sort((x, y) => x - y)
      for (const i of order) for (const u of made[i]) e.apply(docs[a], u)
    }
    trace.txns.forEach((t, i) => {
      sink = null; bring(t.agent, t.parents)
      sink = made[i] = []; e.edit(docs[t.agent], t.patches); has[t.agent][i] = 1
    })
    sink = null
    const all = trace.txns.map((_, i) => i)
    for (let a = 0; a < agents; a++) { bring(a, all); check(e.text(docs[a]), 'session_replay') }
    updates = made.flat()
    return docs[0]
  })
}
if (doc) {
  const d = phase('remote_one_by_one', 1, () => { const d = e.make(1000); for (const u of updates) e.apply(d, u); return d })
  check(e.text(d), 'remote_one_by_one')
  const v1 = phase('encode_v1', repeats, () => e.v1(doc))
  out.encode_v1.bytes = v1.length
  const load = f => phase(f, repeats, () => {
    let d
    if (engine === 'diamond') { const { fromBytes } = e; d = fromBytes ? fromBytes(v1) : e.make(1000); e.apply(d, v1) } else { d = e.make(1000); e.apply(d, v1) }
    return e.text(d)
  })
  check(load('load_v1'), 'load_v1')
  if (e.v2) {
    const v2 = phase('encode_v2', repeats, () => e.v2(doc))
    out.encode_v2.bytes = v2.length
    check(phase('load_v2', repeats, () => { const d = e.make(1000); e.applyV2(d, v2); return e.text(d) }), 'load_v2')
  }
  if (engine === 'yjs') {
    const settle = () => { for (let i = 0; i < 4; i++) globalThis.gc?.() }
    settle()
    const before = process.memoryUsage().heapUsed
    const kept = e.make(1000); e.apply(kept, v1)
    settle()
    out.mem_load = { bytes: process.memoryUsage().heapUsed - before }
    if (e.text(kept) !== trace.endContent) throw new Error('lost')
    if (v1file) fs.writeFileSync(v1file, v1)
  }
}
console.log(JSON.stringify(out))
