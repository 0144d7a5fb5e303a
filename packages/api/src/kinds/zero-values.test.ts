import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { decodeObject, resolveSchema, type KubeObject, type Schema } from '@quarterdeck/api-machinery'

import type { Kind } from '../kind.ts'
import { modelSchemas } from '../schemas.ts'
import { fieldPlaces, withValueAt, wholeObject } from '../testing/whole-object.ts'
import { builtInKinds } from './index.ts'

interface Outcome {
  stored: KubeObject
  /** The fields that are refused, and why. Messages may quote an object, whose keys are in no order. */
  errors: string[]
}

/** What a create makes of an object, without admission. */
function created(kind: Kind, body: unknown): Outcome {
  const { value, typeErrors } = decodeObject(body as Record<string, unknown>, { $ref: kind.model }, modelSchemas)
  assert.deepEqual(typeErrors, [])
  const { spec } = modelSchemas[kind.model]!.properties!
  // The API server gives every object its parts before it asks the kind.
  const stored = { ...value, metadata: value['metadata'] ?? {}, ...(spec ? { spec: value['spec'] ?? {} } : {}) } as KubeObject
  if (kind.hasStatus) (stored as { status?: unknown }).status ??= {}
  kind.applyDefaults(stored)
  const object = structuredClone(stored)
  const errors = [...kind.validate(object), ...kind.validateCreate(object)].map(({ field, reason }) => `${field} ${reason}`)
  return { stored, errors }
}

function zerosOf(schema: Schema): unknown[] {
  const { type, format } = resolveSchema(schema, modelSchemas)
  switch (type) {
    case 'object':
      return [{}]
    case 'string':
      return format === 'quantity' ? ['0', 0] : format?.startsWith('date-time') ? [null] : ['']
    case 'integer':
    case 'number':
      return [0]
    case 'boolean':
      return [false]
    default:
      // intstr.FromInt32(0) and intstr.FromString("") are both taken for none.
      return schema['x-go-zero'] === 'absent' ? [0, ''] : [0]
  }
}

describe('[API-30] what a Go client cannot leave out is as if it were not there when it is zero:', () => {
  for (const kind of builtInKinds)
    test(`${kind.apiVersion} ${kind.kind}`, () => {
      const whole = wholeObject(kind)
      for (const { id, path, schema } of fieldPlaces(whole, { $ref: kind.model })) {
        if (schema['x-go-zero'] === undefined) continue
        const absent = created(kind, withValueAt(whole, path, undefined))
        for (const zero of zerosOf(schema))
          assert.deepEqual(created(kind, withValueAt(whole, path, zero)), absent, `${id} ${path.join('.')}`)
      }
    })
})

describe('[API-30] an object as Go writes it is stored like the short one that people write:', () => {
  const metadata = { name: 'web', namespace: 'default', creationTimestamp: null }
  const container = { name: 'web', image: 'nginx' }
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } }
  const selector = { matchLabels: { app: 'web' } }
  const cases: [kind: string, short: object, whole: object][] = [
    [
      'Service',
      { spec: { ports: [{ port: 80 }] } },
      {
        spec: { ports: [{ name: '', protocol: '', port: 80, targetPort: 0, nodePort: 0 }], type: '', sessionAffinity: '' },
        status: { loadBalancer: {} },
      },
    ],
    ['Service', { spec: { ports: [{ port: 80 }] } }, { spec: { ports: [{ port: 80, targetPort: '' }] } }],
    [
      'Deployment',
      { spec: { selector, template } },
      {
        spec: {
          selector,
          strategy: {},
          minReadySeconds: 0,
          paused: false,
          template: {
            metadata: { creationTimestamp: null, labels: { app: 'web' } },
            spec: {
              containers: [{ ...container, resources: {}, imagePullPolicy: '', stdin: false }],
              restartPolicy: '',
              hostNetwork: false,
            },
          },
        },
        status: {},
      },
    ],
    [
      'StatefulSet',
      { spec: { selector, template } },
      {
        spec: { selector, template, serviceName: '', updateStrategy: {}, podManagementPolicy: '' },
        status: { replicas: 0, availableReplicas: 0 },
      },
    ],
    [
      'PersistentVolumeClaim',
      { spec: { accessModes: ['ReadWriteOnce'] } },
      { spec: { accessModes: ['ReadWriteOnce'], resources: {} }, status: {} },
    ],
  ]
  for (const [name, short, whole] of cases)
    test(name, () => {
      const kind = builtInKinds.find((k) => k.kind === name)!
      const [fromShort, fromWhole] = [short, whole].map((body) => created(kind, { metadata, ...body }))
      const withoutStatus = ({ stored, errors }: Outcome): object => ({ ...stored, status: undefined, errors })
      assert.deepEqual(withoutStatus(fromWhole!), withoutStatus(fromShort!))
    })
})
