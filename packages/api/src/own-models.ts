import type { Schema } from '@quarterdeck/api-machinery'

/** Models that the Kubernetes OpenAPI document does not have: the metrics API's, and our own. */

const objectMeta: Schema = { $ref: 'V1ObjectMeta' }
const amounts: Schema = { type: 'object', additionalProperties: { type: 'string', format: 'quantity' } }
const typeFields: Record<string, Schema> = { apiVersion: { type: 'string' }, kind: { type: 'string' } }
const window: Record<string, Schema> = {
  timestamp: { type: 'string', format: 'date-time', description: 'End of the time that was measured.' },
  window: { type: 'string', description: 'How long was measured, as a duration such as 15s.' },
}

const containerUsage: Schema = {
  type: 'object',
  description: 'What a container used.',
  required: ['name', 'usage'],
  properties: { name: { type: 'string' }, usage: { ...amounts, description: 'CPU in cores, averaged; memory that cannot be reclaimed.' } },
}

export const ownModels: Record<string, { package: string; schema: Schema }> = {
  V1beta1NodeMetrics: {
    package: 'io.k8s.metrics.pkg.apis.metrics.v1beta1',
    schema: {
      type: 'object',
      description: 'What a node used of its resources.',
      required: ['timestamp', 'window', 'usage'],
      properties: { ...typeFields, metadata: objectMeta, ...window, usage: amounts },
    },
  },
  V1beta1PodMetrics: {
    package: 'io.k8s.metrics.pkg.apis.metrics.v1beta1',
    schema: {
      type: 'object',
      description: 'What the containers of a pod used.',
      required: ['timestamp', 'window', 'containers'],
      properties: {
        ...typeFields,
        metadata: objectMeta,
        ...window,
        containers: { type: 'array', items: { $ref: 'V1beta1ContainerMetrics' } },
      },
    },
  },
  V1beta1ContainerMetrics: { package: 'io.k8s.metrics.pkg.apis.metrics.v1beta1', schema: containerUsage },
  V1NodeUsage: {
    package: 'dev.quarterdeck.metrics.v1',
    schema: {
      type: 'object',
      description: 'What a node and the pods on it used, as its agent measured it. The metrics API is made of these.',
      required: ['timestamp', 'windowSeconds', 'usage'],
      properties: {
        ...typeFields,
        metadata: objectMeta,
        timestamp: { type: 'string', format: 'date-time', description: 'End of the time that was measured.' },
        windowSeconds: { type: 'integer', format: 'int32', description: 'How long was measured.' },
        usage: { ...amounts, description: 'Of the whole machine.' },
        pods: { type: 'array', items: { $ref: 'V1PodUsage' }, 'x-kubernetes-list-type': 'atomic' },
      },
    },
  },
  V1PodUsage: {
    package: 'dev.quarterdeck.metrics.v1',
    schema: {
      type: 'object',
      description: 'What the containers of a pod used.',
      required: ['namespace', 'name', 'uid', 'containers'],
      properties: {
        namespace: { type: 'string' },
        name: { type: 'string' },
        uid: { type: 'string' },
        containers: { type: 'array', items: { $ref: 'V1beta1ContainerMetrics' }, 'x-kubernetes-list-type': 'atomic' },
      },
    },
  },
}
