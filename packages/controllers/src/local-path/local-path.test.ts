import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Node, PersistentVolumeClaim } from '@quarterdeck/api'

import { metaOf } from '../testing/objects.ts'
import { claimOf, storageClassOf } from '../testing/storage.ts'
import { planLocalPathVolume } from './plan-local-path-volume.ts'

const storageClass = storageClassOf('local-path', { provisioner: 'quarterdeck.dev/local-path' })
const selected = { annotations: { 'volume.kubernetes.io/selected-node': 'n' } }
const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: metaOf('n', {
    annotations: { 'quarterdeck.dev/local-volumes': '/var/q/local-volumes' },
    labels: { 'kubernetes.io/hostname': 'host-n' },
  }),
  spec: {},
  status: {},
}
const wants = (spec: PersistentVolumeClaim['spec'] = {}): PersistentVolumeClaim => claimOf('d', spec, { meta: { ...selected, uid: 'u' } })

test('[LP1] the volume is a folder on the selected node, named after the claim, and only that node can reach it', () => {
  const planned = planLocalPathVolume({ claim: wants(), storageClass, node })
  assert.ok('volume' in planned)
  const { metadata, spec } = planned.volume
  assert.equal(metadata.name, 'pvc-u')
  assert.deepEqual(metadata.finalizers, ['quarterdeck.dev/local-path'])
  assert.equal(metadata.annotations?.['pv.kubernetes.io/provisioned-by'], 'quarterdeck.dev/local-path')
  assert.equal(metadata.labels?.['quarterdeck.dev/node'], 'n')
  assert.equal(spec?.local?.path, '/var/q/local-volumes/pvc-u')
  assert.equal(spec?.claimRef?.uid, 'u')
  assert.deepEqual(spec?.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values, ['host-n'])
})

describe('[LP2] no local volume is made', () => {
  const cases: [what: string, claim: PersistentVolumeClaim, node: Node | undefined, problem: RegExp, needsOtherNode: boolean][] = [
    ['for many nodes', wants({ accessModes: ['ReadWriteMany'] }), node, /access mode ReadWriteMany is not supported/, false],
    ['as a block device', wants({ volumeMode: 'Block' }), node, /volumeMode Block is not supported/, false],
    ['for a selector', wants({ selector: {} }), node, /Selector is not supported/, false],
    ['from a source', wants({ dataSource: { kind: 'PersistentVolumeClaim', name: 'x' } }), node, /data source/, false],
    ['without a node', claimOf('d'), undefined, /no node was selected/, false],
    ['on a node that is gone', wants(), undefined, /Failed to get target node: node "n" not found/, true],
    ['on a node that keeps none', wants(), { ...node, metadata: metaOf('n') }, /keeps no local volumes/, true],
  ]
  for (const [what, claim, on, problem, needsOtherNode] of cases)
    test(what, () => {
      const planned = planLocalPathVolume({ claim, storageClass, node: on })
      assert.ok('problem' in planned)
      assert.match(planned.problem, problem)
      assert.equal(planned.needsOtherNode, needsOtherNode)
    })
})
