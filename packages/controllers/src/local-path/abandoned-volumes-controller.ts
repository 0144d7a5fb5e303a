import { localPath, nodes, persistentVolumes, type PersistentVolume } from '@quarterdeck/api'
import { keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import { getIfExists } from '@quarterdeck/client'
import {
  again,
  defineController,
  done,
  index,
  watch,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

const abandonedByNode = 'deletedOnNode'
export interface AbandonedVolumesOptions {
  /** How long a volume waits for a node that is missing, which may be about to register again. Default 40 s. */
  missingForMs?: number
}

/** Lets deleted local volumes go whose node left the cluster for good: nobody is there any more to remove their folder. */
export function createAbandonedVolumesController({ missingForMs = 40_000 }: AbandonedVolumesOptions = {}): Controller {
  return defineController({
    name: 'local-path-abandoned-volumes',
    primary: persistentVolumes,
    watches: [
      watch(nodes, ({ type, object }, { cache }) =>
        type === 'deleted' ? cache(persistentVolumes).byIndex(abandonedByNode, object.metadata.name).map(keyOf) : [],
      ),
    ],
    indexes: [index(persistentVolumes, abandonedByNode, (volume) => (waitsForNode(volume) ? [nodeOf(volume)] : []))],
    writes: [persistentVolumes],
    reconcile: (key, ctx) => reconcile(key, ctx, missingForMs),
  })
}

const nodeOf = ({ metadata }: PersistentVolume): string => metadata.labels?.[localPath.nodeLabel] ?? ''

function waitsForNode({ metadata }: PersistentVolume): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes(localPath.finalizer) ?? false)
}

async function reconcile(key: ObjectKey, ctx: ReconcileContext, missingForMs: number): Promise<ReconcileResult> {
  const volume = ctx.cache(persistentVolumes).get(key)
  if (!volume || !waitsForNode(volume) || !ctx.seesOwnWrites(key)) return done
  const nodeKey = { namespace: '', name: nodeOf(volume) }
  if (ctx.cache(nodes).get(nodeKey)) return done
  const waitedMs = ctx.clock.now() - Date.parse(volume.metadata.deletionTimestamp ?? '')
  if (waitedMs < missingForMs) return again(missingForMs - waitedMs)
  if (nodeKey.name && (await getIfExists(ctx.client, nodes, nodeKey))) return done
  const finalizers = volume.metadata.finalizers?.filter((name) => name !== localPath.finalizer)
  await ctx.client.update(persistentVolumes, { ...volume, metadata: { ...volume.metadata, finalizers } })
  ctx.log.warn('the folder of a deleted volume stays behind on a node that left', { volume: key.name, node: nodeKey.name })
  return done
}
