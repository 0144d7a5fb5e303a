import { pods, resourceClaimNamesOf } from '@quarterdeck/api'
import { index } from '@quarterdeck/controller-runtime'

/** Name of the index of pods under the keys, `namespace/name`, of the ResourceClaims they have. */
export const podsByResourceClaim = 'resource claim'

export const podsByResourceClaimIndex = index(pods, podsByResourceClaim, (pod) =>
  resourceClaimNamesOf(pod).map((name) => `${pod.metadata.namespace}/${name}`),
)

/** Name of the index of pods under the keys, `namespace/name`, of the templates whose claims they want. */
export const podsByClaimTemplate = 'resource claim template'

export const podsByClaimTemplateIndex = index(pods, podsByClaimTemplate, ({ metadata, spec }) =>
  (spec.resourceClaims ?? []).flatMap(({ resourceClaimTemplateName: name }) => (name ? [`${metadata.namespace}/${name}`] : [])),
)
