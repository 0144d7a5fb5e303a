import { controllerOf } from '@quarterdeck/api-machinery'

import { daemonSets } from '../kinds/daemon-set.ts'
import type { Pod } from '../kinds/pod.ts'

/** What a drain does with a pod: `goes`, or why it stays or would not come back. */
export type DrainFate =
  | 'goes'
  /** Its DaemonSet would put it back at once: it stays. */
  | 'daemon-set'
  /** The node itself runs it, from a file: it stays. */
  | 'static'
  /** It has an emptyDir, whose data are lost. */
  | 'local-data'
  /** No controller makes another in its place. */
  | 'unmanaged'

const mirrorAnnotation = 'kubernetes.io/config.mirror'

/** As `kubectl drain` sorts them: ended pods go whatever they are. */
export function drainFateOf(pod: Pod): DrainFate {
  const { metadata, spec, status } = pod
  if (metadata.annotations?.[mirrorAnnotation]) return 'static'
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return 'goes'
  const owner = controllerOf(pod)
  if (owner?.kind === daemonSets.kind) return 'daemon-set'
  if (!owner) return 'unmanaged'
  return spec.volumes?.some(({ emptyDir }) => emptyDir) ? 'local-data' : 'goes'
}
