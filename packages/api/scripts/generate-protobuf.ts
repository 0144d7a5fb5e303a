/**
 * Writes src/protobuf-fields.json: the protobuf field numbers of the generated models, which no npm package carries.
 * Give it a folder that holds the published modules `api@v0.36.0` and `apimachinery@v0.36.0` of k8s.io, and their version:
 * `node packages/api/scripts/generate-protobuf.ts FOLDER 0.36.0`. It is run by hand when kinds are added, never by a build.
 * Types come from each generated.proto; JSON names, and whether zero means absent, from the tags of each types.go.
 */
import { readFileSync, writeFileSync } from 'node:fs'

import { ownModels } from '../src/own-models.ts'
import { documentedSchemas } from '../src/schemas.ts'

interface Tag {
  json: string
  isInline: boolean
  /** The Go field is no pointer and has omitempty: its zero is not written as JSON. */
  dropsZero: boolean
  /** The Go field is no pointer and has no omitempty: its zero is always written. */
  writesZero: boolean
}

interface Package {
  /** By message, the lines of its fields. */
  messages: Map<string, string[]>
  /** By struct and field number. */
  tags: Map<string, Tag>
  group: string
}

const [modules = '', version = ''] = process.argv.slice(2)
const meta = 'k8s.io.apimachinery.pkg.apis.meta.v1'
/** Messages whose JSON is not an object of their fields. */
const special: Record<string, string> = {
  [`${meta}.Time`]: 'Time',
  [`${meta}.MicroTime`]: 'MicroTime',
  [`${meta}.FieldsV1`]: 'Raw',
  'k8s.io.apimachinery.pkg.runtime.RawExtension': 'Raw',
  'k8s.io.apimachinery.pkg.api.resource.Quantity': 'Quantity',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': 'IntOrString',
  'k8s.io.api.authentication.v1.ExtraValue': 'Strings',
  'k8s.io.api.authorization.v1.ExtraValue': 'Strings',
}

/** Types whose zero Go writes as null. */
const nullWhenZero = new Set(['Time', 'MicroTime', 'Raw', 'Strings', 'bytes'])

const { packages, schemas } = documentedSchemas()
const read = new Map<string, Package>()
/** Clients speak JSON of the others. */
const models = Object.keys(schemas).filter((model) => !(model in ownModels))
const modelOf = new Map(models.map((model) => [messageOf(model), model]))
const messages: Record<string, Record<string, string>> = {}
const kinds: Record<string, string> = {}

for (const model of models) {
  const message = messageOf(model)
  visit(message)
  const { group } = packageOf(message)
  const kind = message.slice(message.lastIndexOf('.') + 1)
  if (group === 'meta.k8s.io') {
    if (kind === 'DeleteOptions') kinds[kind] = model
  } else if (schemas[model]?.properties?.['metadata']) {
    const version = packages[model]!.slice(packages[model]!.lastIndexOf('.') + 1)
    kinds[`${group ? `${group}/` : ''}${version}/${kind}`] = model
  }
}
// It has the fields of SubjectAccessReview, and no generated model of its own.
kinds['authorization.k8s.io/v1/LocalSubjectAccessReview'] = 'V1SubjectAccessReview'
writeFileSync(new URL('../src/protobuf-fields.json', import.meta.url), JSON.stringify({ kinds, messages }))
console.log(`generated ${Object.keys(messages).length} messages`)

function messageOf(model: string): string {
  const name = model.replace(/^(?:[A-Z][a-z]+)?V\d+(?=[A-Z])/, '')
  return `${packages[model]!.replace(/^io\.k8s\./, 'k8s.io.')}.${name}`
}

function nameOf(message: string): string {
  return special[message] ?? modelOf.get(message) ?? message
}

function visit(message: string): void {
  const name = nameOf(message)
  if (special[message] || messages[name]) return
  const { messages: known, tags } = packageOf(message)
  const short = message.slice(message.lastIndexOf('.') + 1)
  const lines = known.get(short)
  if (!lines) throw new Error(`no message ${message}`)
  const fields: Record<string, string> = (messages[name] = {})
  const home = message.slice(0, message.lastIndexOf('.'))
  for (const line of lines) {
    const match = /^\s*(optional|repeated)? ?(map<string, ([\w.]+)>|[\w.]+) (\w+) = (\d+)/.exec(line)
    if (!match) throw new Error(`${message}: ${line}`)
    const [, label, whole = '', mapValue, , number = ''] = match
    const tag = tags.get(`${short} ${number}`)
    if (!tag) throw new Error(`${message}: no tag ${number}`)
    const type = fieldType(mapValue ?? whole, home)
    const prefix = mapValue ? '{}' : label === 'repeated' ? '[]' : ''
    const writesZero = tag.writesZero && prefix === '' && !nullWhenZero.has(type)
    fields[number] = `${tag.isInline ? '.' : tag.json} ${prefix}${type}${tag.dropsZero ? '?' : writesZero ? '!' : ''}`
  }
}

function fieldType(type: string, home: string): string {
  if (/^(string|int32|int64|bool|double|bytes)$/.test(type)) return type
  const message = type.includes('.') ? type.replace(/^\./, '') : `${home}.${type}`
  visit(message)
  return nameOf(message)
}

function packageOf(message: string): Package {
  const name = message.slice(0, message.lastIndexOf('.'))
  let found = read.get(name)
  if (found) return found
  const [, , module = '', ...rest] = name.split('.')
  const dir = `${modules}/${module}@v${version}/${rest.join('/')}`
  read.set(name, (found = readPackage(dir)))
  return found
}

function readPackage(dir: string): Package {
  const known = new Map<string, string[]>()
  for (const match of readFileSync(`${dir}/generated.proto`, 'utf8').matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm))
    known.set(
      match[1]!,
      match[2]!.split('\n').filter((line) => line.trim() && !line.trim().startsWith('//')),
    )
  const tags = new Map<string, Tag>()
  for (const struct of readFileSync(`${dir}/types.go`, 'utf8').matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm))
    for (const field of struct[2]!.matchAll(/^\t(?:\w+\s+)?([\w.*[\]]+)\s+`([^`]*)`/gm)) {
      const json = /json:"([^"]*)"/.exec(field[2]!)?.[1] ?? ''
      const number = /protobuf:"\w+,(\d+),/.exec(field[2]!)?.[1]
      if (number === undefined) continue
      const [name = '', ...options] = json.split(',')
      const isInline = options.includes('inline') || name === ''
      const isPointer = field[1]!.startsWith('*')
      tags.set(`${struct[1]} ${number}`, {
        json: name,
        isInline,
        dropsZero: !isInline && !isPointer && options.includes('omitempty'),
        writesZero: !isInline && !isPointer && !options.includes('omitempty'),
      })
    }
  const group = /GroupName = "([^"]*)"/.exec(readFileSync(`${dir}/register.go`, 'utf8'))?.[1] ?? ''
  return { messages: known, tags, group }
}
