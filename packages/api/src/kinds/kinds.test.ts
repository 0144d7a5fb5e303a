import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { resolveSchema, type KubeObject, type Schema } from '@quarterdeck/api-machinery'

import { protobufMessage, protobufMessageOf } from '../protobuf.ts'
import { listTypes, quantityFields } from '../schema-extensions.ts'
import { modelSchemas } from '../schemas.ts'
import { builtInKinds } from './index.ts'

const minimal = (apiVersion: string, kind: string): KubeObject =>
  ({
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [], template: { spec: { containers: [] } }, attacher: '', nodeName: '', source: {} },
    status: { attached: false },
    involvedObject: {},
    regarding: {},
    addressType: 'IPv4',
    endpoints: [],
    provisioner: '',
    driverName: '',
    storageClassName: '',
  }) as KubeObject

const propertyOf = (path: string): Schema | undefined => {
  const [model = '', property = ''] = path.split('.')
  return modelSchemas[model]?.properties?.[property]
}

for (const kind of builtInKinds) {
  describe(`${kind.apiVersion} ${kind.kind}`, () => {
    test('has a schema with metadata, and a status if it has the subresource', () => {
      const { properties = {} } = resolveSchema({ $ref: kind.model }, modelSchemas)
      assert.ok(properties['metadata'])
      assert.ok(!kind.hasStatus || properties['status'])
    })

    test('can be read from protobuf', { skip: kind.group.endsWith('.quarterdeck.dev') && 'no client writes it as protobuf' }, () => {
      const message = protobufMessageOf(kind.apiVersion, kind.kind)
      assert.ok(message)
      const known = modelSchemas[kind.model]!.properties!
      for (const { name } of protobufMessage(message).values()) assert.ok(known[name], name)
    })

    test('shows every column of an object that says nothing', () => {
      const object = minimal(kind.apiVersion, kind.kind)
      for (const column of kind.columns) assert.notEqual(column.value(object, 0), undefined, column.name)
      assert.equal(kind.columns[0]?.name === 'Name' || kind.kind === 'Event', true)
    })

    test('selects fields of an object that says nothing', () => {
      const object = minimal(kind.apiVersion, kind.kind)
      for (const [field, read] of Object.entries(kind.selectableFields)) assert.equal(typeof read(object), 'string', field)
    })

    test('fills the same defaults the second time as the first', () => {
      const once = minimal(kind.apiVersion, kind.kind)
      kind.applyDefaults(once)
      const twice = structuredClone(once)
      kind.applyDefaults(twice)
      assert.deepEqual(twice, once)
    })
  })
}

test('no two kinds share a path or a type', () => {
  const paths = builtInKinds.map((k) => `${k.apiVersion}/${k.plural}`)
  const types = builtInKinds.map((k) => `${k.apiVersion}/${k.kind}`)
  assert.equal(new Set(paths).size, paths.length)
  assert.equal(new Set(types).size, types.length)
})

test('every list with keys is an array whose elements have them', () => {
  for (const [path, extension] of Object.entries(listTypes)) {
    const schema = propertyOf(path)
    assert.ok(schema, `no field ${path}`)
    const keys = [...(extension['x-kubernetes-list-map-keys'] ?? []), extension['x-kubernetes-patch-merge-key'] ?? []].flat()
    if (keys.length === 0) continue
    assert.equal(schema.type, 'array', path)
    const { properties = {} } = resolveSchema(schema.items!, modelSchemas)
    for (const key of keys) assert.ok(properties[key], `${path} has no ${key}`)
  }
})

test('every quantity field exists', () => {
  for (const path of quantityFields) assert.ok(propertyOf(path), path)
})

test('every reference in a schema leads somewhere', () => {
  for (const [name, schema] of Object.entries(modelSchemas))
    for (const match of JSON.stringify(schema).matchAll(/"\$ref":"(\w+)"/g)) assert.ok(modelSchemas[match[1]!], `${name}: ${match[1]}`)
})
