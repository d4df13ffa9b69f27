// SPDX-License-Identifier: GPL-3.0-or-later
// usage: node compare.mjs CRDT_BENCH TRACE.json.gz...
// Runs our engine and the others through the same sessions, in turn, each in a fresh process,
// three rounds, and prints the best times and how many times ours they are.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const [bench, ...traces] = process.argv.slice(2)
const rounds = Number(process.env.ROUNDS ?? 3)
const names = (process.env.ENGINES ?? 'yjs,ywasm,loro,diamond').split(',')
const limit = 600000
const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'crdt-compare-'))

function run (command, args) {
  const r = spawnSync(command, args, { encoding: 'utf8', timeout: limit, maxBuffer: 1 << 26 })
  if (r.status !== 0) return { error: (r.error?.code ?? r.stderr ?? '').toString().trim().split('\n').slice(-3).join(' ').slice(0, 200) }
  return JSON.parse(r.stdout.trim().split('\n').pop())
}
function best (into, from) {
  for (const [phase, v] of Object.entries(from)) {
    if (typeof v !== 'object') continue
    into[phase] ??= { ...v }
    for (const k of Object.keys(v)) if (v[k] < into[phase][k]) into[phase][k] = v[k]
  }
}
for (const trace of traces) {
  const results = { ours: {} }
  const sequential = path.join(temp, path.basename(trace) + '.v1')
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      if (results[name]?.error) continue
      const r = run(process.execPath, ['--expose-gc', path.join(here, 'engine.mjs'), name, trace, ...(name === 'yjs' ? [sequential] : [])])
      if (r.error) results[name] = r; else best(results[name] ??= {}, r)
    }
    const concurrent = results.yjs?.session_replay !== undefined
    const r = run(bench, fs.existsSync(sequential) && !concurrent ? [trace, sequential] : [trace])
    if (r.error) { console.error(`crdt-bench: ${r.error}`); process.exit(1) }
    best(results.ours, r)
  }
  console.log(`\n${path.basename(trace)} (cpu ms, and times ours)`)
  for (const phase of Object.keys(results.ours)) {
    const key = phase === 'mem_load' ? 'bytes' : 'cpu_ms'
    const ours = results.ours[phase][key]
    const cells = names.map(n => {
      if (results[n]?.error) return `${n} ${results[n].error}`
      const v = results[n]?.[phase]?.[key]
      return v === undefined ? `${n} –` : `${n} ${v.toFixed(key === 'bytes' ? 0 : 1)} (${(v / ours).toFixed(1)} ×)`
    })
    console.log(`  ${phase}: ours ${ours.toFixed(key === 'bytes' ? 0 : 2)} | ${cells.join(' | ')}`)
  }
}
fs.rmSync(temp, { recursive: true })
