import {
  daemonSets,
  templateGenerationAnnotation,
  type DaemonSet,
  type Pod,
  type V1Affinity,
  type V1PodSpec,
  type V1Toleration,
} from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'

import { revisionHashLabel } from '../history/history.ts'
import { podFromTemplate } from '../replicas/pod-from-template.ts'

const templateGenerationLabel = 'pod-template-generation'

const always: readonly [key: string, effect: string][] = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
]
const ofHostNetwork: typeof always = [['network-unavailable', 'NoSchedule']]

/** The tolerations of a daemon's pod: those asked for, and those that keep it on a node that is unwell. */
export function daemonTolerations({ tolerations = [], hostNetwork }: V1PodSpec): V1Toleration[] {
  const added = [...always, ...(hostNetwork ? ofHostNetwork : [])].map(([name, effect]): V1Toleration => {
    return { key: `node.kubernetes.io/${name}`, operator: 'Exists', effect }
  })
  const isAdded = ({ key, effect, operator, value }: V1Toleration): boolean =>
    operator === 'Exists' && !value && added.some((other) => other.key === key && other.effect === effect)
  return [...tolerations.filter((toleration) => !isAdded(toleration)), ...added]
}

/** The pod of a node, of the revision with the given hash. The scheduler binds it: it fits that node and no other. */
export function podOfDaemonSet(daemonSet: DaemonSet, nodeName: string, hash: string): Draft<Pod> {
  const draft = podFromTemplate(daemonSet, daemonSets, daemonSet.spec.template)
  const { spec } = draft
  const generation = daemonSet.metadata.annotations?.[templateGenerationAnnotation]
  const labels = { ...draft.metadata.labels, ...(generation ? { [templateGenerationLabel]: generation } : {}), [revisionHashLabel]: hash }
  return {
    ...draft,
    metadata: { ...draft.metadata, labels },
    spec: { ...spec, tolerations: daemonTolerations(spec), affinity: onNode(spec.affinity, nodeName) },
  }
}

/** Takes the place of what the template requires of nodes: this one was found to have it. */
function onNode(affinity: V1Affinity | undefined, nodeName: string): V1Affinity {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }]
  return {
    ...affinity,
    nodeAffinity: { ...affinity?.nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
  }
}

/** The node a daemon's pod is on, or is meant for; undefined of a pod that was adopted and is bound to none. */
export function nodeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const field = terms
    .flatMap(({ matchFields = [] }) => matchFields)
    .find(({ key, operator }) => key === 'metadata.name' && operator === 'In')
  return field?.values?.length === 1 ? field.values[0] : undefined
}

export function hashOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.[revisionHashLabel]
}
