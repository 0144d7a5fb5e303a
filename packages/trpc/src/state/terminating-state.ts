import type { Pod } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { isNodeLost } from './node-lost.ts'
import type { State } from './state.ts'

/** What Kubernetes' own finalizers wait for: they go by themselves. */
const ownFinalizers: Readonly<Record<string, string>> = {
  foregroundDeletion: 'what it owns is deleted first',
  orphan: 'what it owns is let go first',
  kubernetes: 'what is in it is deleted first',
  'kubernetes.io/pvc-protection': 'a pod still uses it',
  'kubernetes.io/pv-protection': 'a claim is still bound to it',
  'batch.kubernetes.io/job-tracking': 'its Job has yet to count it',
}

/** Of an object that is being deleted. It needs a look where nothing of Kubernetes' own can end it. */
export function terminatingState({ kind, metadata, ...object }: KubeObject): State {
  const text = 'Terminating'
  const finalizers = metadata.finalizers ?? []
  const foreign = finalizers.filter((name) => !(name in ownFinalizers))
  if (foreign.length > 0)
    return { text, tone: 'warning', reason: `held by the ${foreign.length > 1 ? 'finalizers' : 'finalizer'} ${foreign.join(', ')}` }
  if (kind === 'Pod' && isNodeLost(object as unknown as Pod)) {
    const { nodeName = '' } = (object as unknown as Pod).spec
    return { text, tone: 'warning', reason: `the node ${nodeName} does not answer, so nobody confirms that the pod has ended` }
  }
  const waits = finalizers.map((name) => ownFinalizers[name])
  return { text, tone: 'progress', reason: waits.length > 0 ? waits.join('; ') : undefined }
}
