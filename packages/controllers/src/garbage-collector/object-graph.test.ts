import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { builtInKinds, type Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { blockingDependents, foregroundFinalizer, ObjectGraph, orphanFinalizer } from './object-graph.ts'

const kind = builtInKinds.find(({ plural }) => plural === 'configmaps') as Kind

const object = (uid: string, owners: string[] = [], extra: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: uid,
    namespace: 'default',
    uid,
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    ownerReferences: owners.map((owner) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid: owner, blockOwnerDeletion: true })),
    ...extra,
  },
})

const deleting = (finalizer: string) => ({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [finalizer] })

describe('the graph of owners', () => {
  test('[GC1] the dependents of an object that is gone are verified', () => {
    const graph = new ObjectGraph()
    graph.observe(kind, object('owner'))
    assert.deepEqual([...graph.observe(kind, object('dependent', ['owner'])).verify], [])
    assert.deepEqual([...graph.remove('owner').verify], ['dependent'])
  })

  test('[GC2] an object whose owner was never seen is verified', () => {
    const graph = new ObjectGraph()
    assert.deepEqual([...graph.observe(kind, object('dependent', ['owner'])).verify], ['dependent'])
  })

  test('[GC3] foreground deletion verifies the owner and its dependents, and the owner again when a dependent is gone', () => {
    const graph = new ObjectGraph()
    graph.observe(kind, object('owner'))
    graph.observe(kind, object('dependent', ['owner']))
    const owner = object('owner', [], deleting(foregroundFinalizer))
    assert.deepEqual([...graph.observe(kind, owner).verify], ['owner', 'dependent'])
    assert.equal(blockingDependents(graph.get('owner') ?? assert.fail()).length, 1)
    assert.deepEqual([...graph.remove('dependent').verify], ['owner'])
    assert.equal(blockingDependents(graph.get('owner') ?? assert.fail()).length, 0)
  })

  test('[GC4] an owner with the orphan finalizer is to free its dependents', () => {
    const graph = new ObjectGraph()
    graph.observe(kind, object('owner'))
    assert.deepEqual([...graph.observe(kind, object('owner', [], deleting(orphanFinalizer))).orphan], ['owner'])
  })

  test('forgets what is gone and named by no one', () => {
    const graph = new ObjectGraph()
    graph.observe(kind, object('owner'))
    graph.observe(kind, object('dependent', ['owner']))
    graph.remove('owner')
    graph.remove('dependent')
    assert.equal(graph.size, 0)
  })
})
