import assert from 'node:assert/strict'

import type { Answer } from './rest-server.ts'

/** Paths and small valid objects that requests in tests are made of. */
export const configMapsPath = '/api/v1/namespaces/default/configmaps'
export const podsPath = '/api/v1/namespaces/default/pods'
export const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})
export const pod = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: 'c', image: 'busybox:1' }], ...spec },
})
export const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'busybox:1' }] } },
    ...spec,
  },
})

/** Asserts that an answer is a Failure with this code and reason. */
export const isStatus = (answer: Answer, code: number, reason: string): void => {
  assert.equal(answer.status, code, answer.text)
  assert.equal(answer.json.kind, 'Status')
  assert.equal(answer.json.status, 'Failure')
  assert.equal(answer.json.reason, reason)
  assert.equal(answer.json.code, code)
}
