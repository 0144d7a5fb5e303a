import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { writeAtomically } from './atomic-writer.ts'
import { type Payload, projectData, safePath, VolumeError } from './payload.ts'

const payload = (files: Record<string, string>, mode = 0o644): Payload =>
  new Map(Object.entries(files).map(([path, text]) => [path, { content: Buffer.from(text), mode }]))

void describe('the files of a volume', () => {
  let root: string
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'quarterdeck-volume-'))
  })
  after(() => rm(root, { recursive: true, force: true }))

  void test('[V1] are links through one link that is turned at once; what is no longer there goes, with what a killed writer left', async () => {
    const folder = join(root, 'v')
    await writeAtomically(folder, payload({ a: '1', 'sub/b': '2', 'sub/c': '3' }))
    const first = await readlink(join(folder, '..data'))
    assert.equal(await readFile(join(folder, 'sub/b'), 'utf8'), '2')
    await mkdir(join(folder, '..left_by_a_killed_writer'))
    await writeAtomically(folder, payload({ a: 'new', d: '4' }, 0o400))
    assert.notEqual(await readlink(join(folder, '..data')), first)
    assert.deepEqual((await readdir(folder)).filter((name) => !name.startsWith('..2')).toSorted(), ['..data', 'a', 'd'])
    assert.equal((await readdir(folder)).length, 4)
    assert.equal(await readFile(join(folder, 'a'), 'utf8'), 'new')
    assert.equal((await stat(join(folder, 'a'))).mode & 0o777, 0o400)
  })

  void test('are all keys, or the chosen ones at their paths', () => {
    const data = new Map([['k', Buffer.from('v')]])
    const options = { items: undefined, defaultMode: 0o644, optional: false, described: 'configmap "c"' }
    assert.deepEqual([...projectData(data, options).keys()], ['k'])
    assert.deepEqual(
      [...projectData(data, { ...options, items: [{ key: 'k', path: 'x/y', mode: 0o600 }] })],
      [['x/y', { content: Buffer.from('v'), mode: 0o600 }]],
    )
    assert.throws(() => projectData(undefined, options), new VolumeError('configmap "c" not found'))
    assert.throws(() => projectData(data, { ...options, items: [{ key: 'z', path: 'z' }] }), /non-existent config key: z/)
    assert.equal(projectData(undefined, { ...options, optional: true }).size, 0)
  })

  for (const path of ['/etc/passwd', '../up', 'a/../../b', '', 'a//b', '..data'])
    void test(`[V2] never at ${JSON.stringify(path)}`, () => assert.throws(() => safePath(path), VolumeError))
})
