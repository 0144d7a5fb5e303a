import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { V1PodSpec, V1ResourceRequirements } from '../generated/types.ts'
import { qualityOfServiceOf } from './quality-of-service.ts'

const both = (cpu: string, memory: string) => ({ cpu, memory })
const of = (...resources: V1ResourceRequirements[]): V1PodSpec => ({
  containers: resources.map((r, i) => ({ name: `c${i}`, image: 'i', resources: r })),
})
const full = { limits: both('1', '1Gi'), requests: both('1000m', '1024Mi') }

const cases: [what: string, spec: V1PodSpec, expected: string][] = [
  ['without resources', of({}), 'BestEffort'],
  ['with nothing but zeros', of({ requests: both('0', '0') }), 'BestEffort'],
  ['with other resources only', of({ requests: { 'ephemeral-storage': '1Gi' } }), 'BestEffort'],
  ['with a request', of({ requests: { cpu: '1' } }), 'Burstable'],
  ['with equal limits and requests, written differently', of(full), 'Guaranteed'],
  ['with one container that has none', of(full, {}), 'Burstable'],
  ['with requests below the limits', of({ limits: both('1', '1Gi'), requests: both('1', '512Mi') }), 'Burstable'],
  ['with a limit of one resource only', of({ limits: { cpu: '1' }, requests: { cpu: '1' } }), 'Burstable'],
  ['with an init container that has none', { ...of(full), initContainers: [{ name: 'i', image: 'i' }] }, 'Burstable'],
  ['that declares them for the pod as a whole', { ...of({}), resources: full }, 'Guaranteed'],
  ['that requests for the pod as a whole', { ...of({}), resources: { requests: { cpu: '1' } } }, 'Burstable'],
]
for (const [what, spec, expected] of cases) test(`a pod ${what} is ${expected}`, () => assert.equal(qualityOfServiceOf(spec), expected))
