// SPDX-License-Identifier: GPL-3.0-or-later
// usage: node cjk.mjs TRACE.json.gz OUT.json.gz
// Makes a Chinese-and-emoji session of a recorded one: the same key presses, but each letter is
// a Chinese character and each digit and bracket an emoji of two UTF-16 units. Positions and
// deletions count UTF-16 units in the result.
import fs from 'node:fs'
import zlib from 'node:zlib'

const trace = JSON.parse(zlib.gunzipSync(fs.readFileSync(process.argv[2])))
const turn = c => /[a-zA-Z]/.test(c) ? String.fromCharCode(0x4E00 + c.charCodeAt(0) * 37)
  : /[0-9()[\]{}<>]/.test(c) ? String.fromCodePoint(0x1F600 + c.charCodeAt(0) % 64) : c
const units = [] // of each character of the document
let text = []
for (const txn of trace.txns) {
  for (const patch of txn.patches) {
    const [at, deleted, inserted] = patch
    let before = 0
    for (let i = 0; i < at; i++) before += units[i]
    let gone = 0
    for (let i = at; i < at + deleted; i++) gone += units[i]
    const turned = [...inserted].map(turn)
    units.splice(at, deleted, ...turned.map(c => c.length))
    text.splice(at, deleted, ...turned)
    patch[0] = before; patch[1] = gone; patch[2] = turned.join('')
  }
}
trace.endContent = text.join('')
fs.writeFileSync(process.argv[3], zlib.gzipSync(JSON.stringify(trace)))
