import { nodes, pods, type Binding, type Pod } from '@quarterdeck/api'
import type { Labels } from '@quarterdeck/api-machinery'

import type { AdmissionPlugin, AdmissionReader } from './admission.ts'

const copied = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone']

/** Gives a pod its node's zone and region as labels, when it is made with a node or bound to one (PodTopologyLabels, KEP-4742). */
export const topologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  resources: [pods.resource],
  subresources: ['binding'],
  operations: ['CREATE'],
  async admit({ object, reader, subresource }) {
    const nodeName = subresource === 'binding' ? (object as Binding).target.name : (object as Pod).spec.nodeName
    const labels = nodeName ? await topologyLabelsOf(reader, nodeName) : undefined
    if (labels) object!.metadata = { ...object!.metadata, labels: { ...object!.metadata?.labels, ...labels } }
  },
}

/** The labels of a node that its pods have, too; undefined if it has none of them, or is not known. */
async function topologyLabelsOf(reader: Pick<AdmissionReader, 'read'>, nodeName: string): Promise<Labels | undefined> {
  const labels = (await reader.read(nodes.resource, '', nodeName))?.object.metadata.labels
  const found = copied.flatMap((key) => (labels?.[key] === undefined ? [] : [[key, labels[key]]]))
  return found.length > 0 ? (Object.fromEntries(found) as Labels) : undefined
}
