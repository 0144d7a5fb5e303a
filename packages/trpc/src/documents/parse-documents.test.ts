import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { KubeObject } from '@quarterdeck/api-machinery'

import { DocumentErrors } from './document-errors.ts'
import { stepsOfField } from './field-position.ts'
import { objectYaml } from './object-yaml.ts'
import { parseDocuments } from './parse-documents.ts'

const text = `# a comment
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
spec:
  template:
    spec:
      containers:
        - name: one
          image: a
        - name: two
          image: b
---
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: { name: x }
`

const lineOf = (index: number, field: string | undefined): number => {
  const document = parseDocuments([{ name: 'a.yaml', text }])[index]
  assert.ok(document)
  return document.positionOf(field).line
}

describe('documents', () => {
  test('[Y1] [Y2] are read as kubectl reads them, and come back the same from the editor', () => {
    const metadata = 'metadata: { name: x, labels: { "on": "yes", day: "2026-01-01", mode: "0644" } }'
    const read = (source: string): KubeObject => parseDocuments([{ name: 'x.yaml', text: source }])[0]?.object as KubeObject
    const object = read(`kind: ConfigMap\napiVersion: v1\n${metadata}\nimmutable: yes\ndefaultMode: 0644`)
    assert.deepEqual(object, {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'x', labels: { on: 'yes', day: '2026-01-01', mode: '0644' } },
      immutable: true,
      defaultMode: 0o644,
    })
    assert.deepEqual(read(objectYaml(object)), object)
  })

  test('are read from several files, without empty ones, and lists are taken apart', () => {
    const documents = parseDocuments([
      { name: 'a.yaml', text },
      { name: 'b.json', text: '{"kind":"Pod","metadata":{"name":"p","namespace":"n"}}' },
    ])
    assert.deepEqual(
      documents.map(({ file, index, title }) => [file, index, title]),
      [
        ['a.yaml', 0, 'Deployment web'],
        ['a.yaml', 1, 'ConfigMap x'],
        ['b.json', 2, 'Pod n/p'],
      ],
    )
  })
  for (const [field, line] of [
    [undefined, 2],
    ['spec.template.spec.containers[1].image', 15],
    ['spec.template.spec.containers[two].image', 15],
    ['metadata.labels[app.kubernetes.io/name]', 7],
    ['spec.replicas', 8],
    ['spec.template.spec.containers[7].name', 11],
  ] as const)
    test(`finds ${field ?? 'the document'} at line ${line}`, () => assert.equal(lineOf(0, field), line))
  test('items of a typed list are of its kind', () => {
    const [document] = parseDocuments([{ name: 'l.yaml', text: 'apiVersion: v1\nkind: ConfigMapList\nitems: [{ metadata: { name: x } }]' }])
    assert.deepEqual(document?.object, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } })
  })
  test('anchors and merged keys are read', () => {
    const [document] = parseDocuments([{ name: 'a.yaml', text: 'a: &x { k: 1 }\nb: *x\nc:\n  <<: *x\n  l: 2\n' }])
    assert.deepEqual(document?.object, { a: { k: 1 }, b: { k: 1 }, c: { k: 1, l: 2 } })
  })
  test('an item of a list is found in the list', () => assert.equal(lineOf(1, 'metadata.name'), 23))

  for (const [what, bad, line] of [
    ['broken syntax', 'a: 1\nb: [1, 2\n', 3],
    ['a key given twice', 'kind: A\nmetadata:\n  name: x\n  name: y\n', 4],
    ['a tab', 'a:\n\tb: 1\n', 2],
    ['an alias without its anchor', 'kind: A\nmetadata:\n  name: *none\n', 3],
  ] as const)
    test(`${what} is told with its line`, () => {
      assert.throws(
        () => parseDocuments([{ name: 'bad.yaml', text: bad }]),
        (error: unknown) => error instanceof DocumentErrors && error.documents[0]?.line === line && error.documents[0].file === 'bad.yaml',
      )
    })
  test('aliases that multiply are refused', () => {
    const layers = Array.from(
      { length: 12 },
      (_, i) => `l${i}: &l${i} [${i === 0 ? 'x' : Array.from({ length: 9 }, () => `*l${i - 1}`).join(', ')}]`,
    )
    assert.throws(() => parseDocuments([{ name: 'bomb.yaml', text: layers.join('\n') }]), DocumentErrors)
  })
  test('nesting that exhausts the parser is refused', () => {
    assert.throws(() => parseDocuments([{ name: 'deep.yaml', text: '['.repeat(100_000) }]), DocumentErrors)
  })
})

test('fields are split at dots and brackets', () => {
  assert.deepEqual(stepsOfField('spec.containers[0].ports[1].name'), ['spec', 'containers', 0, 'ports', 1, 'name'])
  assert.deepEqual(stepsOfField('metadata.labels[a.b/c]'), ['metadata', 'labels', 'a.b/c'])
})
