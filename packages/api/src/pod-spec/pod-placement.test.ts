import { testCreations, testUpdates, type Part } from '../testing/validation-cases.ts'

const base = { nodeName: undefined, containers: [{ name: 'c', image: 'i' }] }
const annotated = (annotations: Record<string, string>): Part => ({ metadata: { annotations }, spec: base })
const gated = (spec: Part): Part => ({ spec: { ...base, schedulingGates: [{ name: 'g' }], ...spec } })
const inZones = (...zones: string[]): Part => ({ key: 'zone', operator: 'In', values: zones })
const required = (...terms: Part[]): Part => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
})
const cost = 'controller.kubernetes.io/pod-deletion-cost'
const appArmor = 'container.apparmor.security.beta.kubernetes.io'
const termsField = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'

testCreations({
  pods: [
    ['a deletion cost', annotated({ [cost]: '-7' })],
    ['a deletion cost that is no number', annotated({ [cost]: 'much' }), `metadata.annotations[${cost}]: must be a 32bit integer`],
    ['a deletion cost that is too large', annotated({ [cost]: '2147483648' }), `metadata.annotations[${cost}]: must be a 32bit integer`],
    [
      'a mirror of nothing',
      annotated({ 'kubernetes.io/config.mirror': 'x' }),
      'metadata.annotations[kubernetes.io/config.mirror]: must set spec.nodeName if mirror pod annotation is set',
    ],
    ['a profile of AppArmor', annotated({ [`${appArmor}/c`]: 'localhost/mine' })],
    [
      'a profile of AppArmor for nobody',
      annotated({ [`${appArmor}/d`]: 'unconfined' }),
      `metadata.annotations[${appArmor}/d]: container not found`,
    ],
    [
      'an unknown profile of AppArmor',
      annotated({ [`${appArmor}/c`]: 'mine' }),
      `metadata.annotations[${appArmor}/c]: invalid AppArmor profile name: "mine"`,
    ],
  ],
})

testUpdates({
  pods: [
    ['a gated pod to more of a node selector', gated({ nodeSelector: { a: '1' } }), gated({ nodeSelector: { a: '1', b: '2' } })],
    [
      'a gated pod to another node selector',
      gated({ nodeSelector: { a: '1' } }),
      gated({ nodeSelector: { a: '2' } }),
      'spec.nodeSelector: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ],
    ['a gated pod to its first affinity', gated({}), gated(required({ matchExpressions: [inZones('a')] }))],
    [
      'a gated pod to a narrower term',
      gated(required({ matchExpressions: [inZones('a', 'b')] })),
      gated(required({ matchExpressions: [inZones('a', 'b'), { key: 'disk', operator: 'Exists' }] })),
    ],
    [
      'a gated pod to another alternative',
      gated(required({ matchExpressions: [inZones('a')] })),
      gated(required({ matchExpressions: [inZones('a')] }, { matchExpressions: [inZones('b')] })),
      `${termsField}: no additions/deletions to non-empty NodeSelectorTerms list are allowed`,
    ],
    [
      'a gated pod to another term',
      gated(required({ matchExpressions: [inZones('a')] })),
      gated(required({ matchExpressions: [inZones('b')] })),
      `${termsField}[0]: only additions are allowed (no mutations or deletions)`,
    ],
    [
      'a gated pod to an affinity to pods',
      gated({}),
      gated({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone' }] } } }),
      'spec: pod updates may not change fields other than',
    ],
    [
      'a pod that no gate holds to a node selector',
      { spec: base },
      { spec: { ...base, nodeSelector: { a: '1' } } },
      'spec: pod updates may not change fields other than',
    ],
    [
      'the profile of AppArmor',
      annotated({ [`${appArmor}/c`]: 'unconfined' }),
      annotated({ [`${appArmor}/c`]: 'runtime/default' }),
      `metadata.annotations[${appArmor}/c]: may not remove or update AppArmor annotations`,
    ],
    ['a deletion cost', annotated({}), annotated({ [cost]: '5' })],
  ],
})
