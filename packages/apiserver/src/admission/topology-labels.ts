import { nodes, pods, type Pod } from '@quarterdeck/api'
import type { Labels } from '@quarterdeck/api-machinery'

import type { AdmissionPlugin, AdmissionReader } from './admission.ts'

const copied = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone']

/** Gives a pod that is made with a node the node's zone and region as labels (PodTopologyLabels, KEP-4742). Binding does it for others. */
export const topologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  resources: [pods.resource],
  operations: ['CREATE'],
  async admit({ object, reader }) {
    const { metadata, spec } = object as Pod
    if (!spec.nodeName) return
    const labels = await topologyLabelsOf(reader, spec.nodeName)
    if (labels) metadata.labels = { ...metadata.labels, ...labels }
  },
}

/** The labels of a node that its pods have, too; undefined if it has none of them, or is not known. */
export async function topologyLabelsOf(reader: Pick<AdmissionReader, 'read'>, nodeName: string): Promise<Labels | undefined> {
  const labels = (await reader.read(nodes.resource, '', nodeName))?.object.metadata.labels
  const found = copied.flatMap((key) => (labels?.[key] === undefined ? [] : [[key, labels[key]]]))
  return found.length > 0 ? (Object.fromEntries(found) as Labels) : undefined
}
