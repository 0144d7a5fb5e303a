import { claimNamesOf, pods } from '@quarterdeck/api'
import { index } from '@quarterdeck/controller-runtime'

/** Name of the index of pods under the keys, `namespace/name`, of the claims they use. */
export const podsByClaim = 'claim'

export const podsByClaimIndex = index(pods, podsByClaim, (pod) => claimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`))
