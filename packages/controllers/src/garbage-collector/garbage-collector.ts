import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import {
  LruMap,
  sleep,
  WorkQueue,
  type CacheChange,
  type Controller,
  type ControllerEnvironment,
  type EventRecorder,
} from '@quarterdeck/controller-runtime'

import { kindOfReference } from './classify-owners.ts'
import { orphanDependents, verifyObject, type Collection } from './collect.ts'
import { ObjectGraph, type GraphEffects } from './object-graph.ts'

const concurrency = 20
/** Owners known to be gone that are remembered. */
const absentCapacity = 500
/** How soon a kind that was declared later is followed. */
const kindsEveryMs = 5_000

/**
 * Deletes objects whose owners are gone, and carries out the foreground and orphan deletion policies. `kinds` names every kind
 * whose objects may own or be owned; kinds it names later are followed from then on.
 */
export function createGarbageCollector(kinds: () => readonly Kind[]): Controller {
  return { name: 'garbage-collector', run: (environment) => run(kinds, environment) }
}

/** Each stored kind once: another version of it shows the same objects. Events own nothing and are owned by nothing. */
const isCollected = (kind: Kind): boolean =>
  !kind.storedAs && kind.kind !== 'Event' && (['list', 'watch', 'delete', 'patch'] as const).every((verb) => kind.verbs.includes(verb))

async function run(kinds: () => readonly Kind[], environment: ControllerEnvironment): Promise<void> {
  const { client, informers, clock, log, metrics, signal } = environment
  const graph = new ObjectGraph()
  const queue = new WorkQueue({ name: 'garbage-collector', clock, metrics })
  const recorder = environment.recorder('garbage-collector-controller')
  const followed = new Map<string, () => void>()

  const enqueue = (effects: GraphEffects): void => {
    for (const uid of effects.verify) queue.add(`verify ${uid}`)
    for (const uid of effects.orphan) queue.add(`orphan ${uid}`)
  }

  function follow(kind: Kind): void {
    const stop = informers.of(kind).onChange((change: CacheChange<KubeObject>) => {
      if (change.type === 'deleted') return enqueue(graph.remove(change.object.metadata.uid))
      enqueue(graph.observe(kind, change.object))
      if (change.type === 'added') reportForeignOwners(change.object, { graph, kinds: kinds(), recorder })
    })
    followed.set(kind.resource, stop)
  }

  async function followNewKinds(): Promise<void> {
    while (!signal.aborted) {
      for (const kind of kinds()) if (isCollected(kind) && !followed.has(kind.resource)) follow(kind)
      await sleep(clock, kindsEveryMs, signal)
    }
  }

  async function handle(item: string): Promise<void> {
    const [task = '', uid = ''] = item.split(' ')
    const collection: Collection = { client, kinds: kinds(), absent, graph, verify: (other) => queue.add(`verify ${other}`) }
    const startedAtMs = clock.now()
    try {
      await (task === 'orphan' ? orphanDependents(uid, collection) : verifyObject(uid, collection))
      queue.forget(item)
      metrics.reconciled('garbage-collector', 'success', (clock.now() - startedAtMs) / 1000)
    } catch (error) {
      if (signal.aborted) return
      log.warn('an object could not be collected and will be looked at again', { item, error })
      metrics.reconciled('garbage-collector', 'error', (clock.now() - startedAtMs) / 1000)
      queue.addRateLimited(item)
    }
  }

  const absent = new LruMap<string, true>(absentCapacity)
  const following = followNewKinds()
  await informers.synced()
  await queue.work({ concurrency, signal, handle })
  await following
  for (const stop of followed.values()) stop()
}

/** An owner in another namespace can't be one: the object will be collected, and its user should be able to see why. */
function reportForeignOwners(
  object: KubeObject,
  { graph, kinds, recorder }: { graph: ObjectGraph; kinds: readonly Kind[]; recorder: EventRecorder },
): void {
  for (const reference of object.metadata.ownerReferences ?? []) {
    const owner = graph.get(reference.uid)?.identity
    const kind = kindOfReference(reference, kinds)
    if (!owner || kind?.scope !== 'Namespaced' || owner.key.namespace === (object.metadata.namespace ?? '')) continue
    const shown = `[${reference.apiVersion}/${reference.kind}, namespace: ${object.metadata.namespace ?? ''}, name: ${reference.name}, uid: ${reference.uid}]`
    recorder.event(
      object,
      'Warning',
      'OwnerRefInvalidNamespace',
      `ownerRef ${shown} does not exist in namespace "${object.metadata.namespace ?? ''}"`,
    )
  }
}
