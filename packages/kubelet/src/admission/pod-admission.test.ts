import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Pod } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'

import { PodAdmission } from './pod-admission.ts'

const node = { metadata: { name: 'n' }, spec: {}, status: { allocatable: { cpu: '1', pods: '110' } } }
const client = { get: async () => node } as unknown as Client
const podOf = (uid: string): Pod =>
  ({ metadata: { uid }, spec: { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] } }) as unknown as Pod

test('[N15] a pod that has ended counts no more, and is not asked again', async () => {
  const admission = new PodAdmission(client, 'n')
  assert.equal(await admission.admit(podOf('a')), undefined)
  assert.equal((await admission.admit(podOf('b')))?.reason, 'OutOfcpu')
  admission.release('a')
  assert.ok(admission.has('a'))
  assert.equal(await admission.admit(podOf('b')), undefined)
  admission.release('unknown')
  assert.ok(!admission.has('unknown'))
})
