import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'

import type { PersistentVolume } from '@quarterdeck/api'

import { PodFolders } from '../pods/pod-folders.ts'
import { LocalVolumes } from './local-volumes.ts'
import { VolumeError } from './payload.ts'
import { VolumeUsers } from './volume-users.ts'

void describe('local volumes', () => {
  let dataDir: string
  let local: LocalVolumes
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'quarterdeck-local-'))
    local = new LocalVolumes(dataDir)
  })
  after(() => rm(dataDir, { recursive: true, force: true }))

  const volume = (name: string, path = join(local.folder, name)): PersistentVolume => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { local: { path } },
    status: {},
  })

  void test('[LP3] are made once, keep what is in them, and are removed with it, also when they are not there', async () => {
    const path = await local.ensure(volume('pvc-a'))
    assert.equal((await stat(path)).mode & 0o777, 0o777)
    await writeFile(join(path, 'f'), 'data')
    await local.ensure(volume('pvc-a'))
    assert.deepEqual(await readdir(path), ['f'])
    await local.remove(volume('pvc-a'))
    await local.remove(volume('pvc-a'))
    assert.deepEqual(await readdir(local.folder), [])
  })

  void test('[LP4] are never anywhere else', async () => {
    const elsewhere = join(dataDir, 'elsewhere')
    await mkdir(elsewhere)
    const wrong = [volume('pvc-b', elsewhere), volume('..', dataDir), volume('.', local.folder), volume('a/../../elsewhere', elsewhere)]
    for (const found of wrong) {
      await assert.rejects(local.remove(found), VolumeError)
      await assert.rejects(local.ensure(found), VolumeError)
    }
    assert.ok(await stat(elsewhere))
  })

  void test('[LP5] are in use by the pods whose folders link to them, whoever made the link', async () => {
    const folders = new PodFolders(dataDir)
    await folders.ensure('pod-1')
    await new VolumeUsers(folders).add('pod-1', 'data', '/v')
    const users = new VolumeUsers(folders)
    assert.equal(await users.has('pod-1', 'data', '/v'), true)
    assert.equal(await users.has('pod-1', 'data', '/w'), false)
    assert.deepEqual(await users.of('/v'), ['pod-1'])
    await folders.remove('pod-1')
    assert.deepEqual(await users.of('/v'), [])
  })
})
