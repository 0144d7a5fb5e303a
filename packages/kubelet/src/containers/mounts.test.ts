import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import type { Pod, V1Volume, V1VolumeMount } from '@quarterdeck/api'

import { writeAtomically } from '../volumes/atomic-writer.ts'
import { ContainerConfigError } from './environment.ts'
import { mountsOf } from './mounts.ts'

let volume: string
before(async () => {
  volume = await mkdtemp(join(tmpdir(), 'quarterdeck-mounts-'))
  await chmod(volume, 0o2777)
})
after(() => rm(volume, { recursive: true }))

async function hostPathOf(mount: Partial<V1VolumeMount>, source: Partial<V1Volume> = { emptyDir: {} }): Promise<string> {
  const pod = { metadata: { name: 'p', namespace: 'a', uid: 'u' }, spec: { volumes: [{ name: 'v', ...source }] } } as unknown as Pod
  const context = { pod, volumes: new Map([['v', volume]]), environment: new Map([['WHO', 'me']]), ownFiles: new Map() }
  const [made] = await mountsOf(context, { name: 'c', volumeMounts: [{ name: 'v', mountPath: '/m', ...mount }] })
  return made!.hostPath
}

test('[V2] a subPath names a file of a ConfigMap, at any depth', async () => {
  const content = Buffer.from('x')
  await writeAtomically(
    volume,
    new Map([
      ['key', { content, mode: 0o644 }],
      ['deep/er/key', { content, mode: 0o644 }],
    ]),
  )
  for (const subPath of ['key', 'deep/er/key']) {
    const path = await hostPathOf({ subPath }, { configMap: { name: 'conf' } })
    assert.ok(path.startsWith(volume) && path.endsWith(`/${subPath}`), path)
    assert.ok((await stat(path)).isFile())
  }
})

test('[V5] a folder that is made for a subPath has the mode of its volume', async () => {
  const path = await hostPathOf({ subPathExpr: 'for/$(WHO)' })
  assert.equal(path, join(volume, 'for/me'))
  assert.equal((await stat(path)).mode & 0o7777, 0o2777)
})

test('[V2] a subPath does not lead out of its volume', async () => {
  await symlink('/etc', join(volume, 'out'))
  await symlink('..', join(volume, 'up'))
  for (const subPath of ['out', 'out/passwd', 'up', 'up/new', 'a/../../b', '/etc']) {
    await assert.rejects(hostPathOf({ subPath }), ContainerConfigError, subPath)
  }
})
