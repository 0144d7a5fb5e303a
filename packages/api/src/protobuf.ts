import { readFileSync } from 'node:fs'

/** How a field travels: a scalar, a type whose JSON is not an object of its fields, or the name of a message. */
export interface ProtobufField {
  /** In JSON; '' for a message whose fields stand in the parent's object. */
  name: string
  type: string
  form: 'single' | 'list' | 'map'
  /** Whether a zero is the same as absent, and not written as JSON. */
  dropsZero: boolean
  /** Whether the zero is written where there is no value. */
  writesZero: boolean
}

/** By field number. */
export type ProtobufMessage = ReadonlyMap<number, ProtobufField>

interface Generated {
  kinds: Record<string, string>
  messages: Record<string, Record<string, string>>
}

let generated: Generated | undefined
const parsed = new Map<string, ProtobufMessage>()

function readGenerated(): Generated {
  return (generated ??= JSON.parse(readFileSync(new URL('./protobuf-fields.json', import.meta.url), 'utf8')) as Generated)
}

/** The message of an object's type; undefined for types that have no protobuf form here. */
export function protobufMessageOf(apiVersion: string, kind: string): string | undefined {
  const { kinds } = readGenerated()
  const name = Object.hasOwn(kinds, `${apiVersion}/${kind}`) ? `${apiVersion}/${kind}` : kind
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined
}

/** Whether there is a message of the name. */
export function isProtobufMessage(name: string): boolean {
  return Object.hasOwn(readGenerated().messages, name)
}

/** The fields of a message, by its name in `ProtobufField.type`. Throws for a name that is none. */
export function protobufMessage(name: string): ProtobufMessage {
  let message = parsed.get(name)
  if (message) return message
  const fields = readGenerated().messages[name]
  if (!fields) throw new Error(`no protobuf message ${name}`)
  message = new Map(Object.entries(fields).map(([number, text]) => [Number(number), parseField(text)]))
  parsed.set(name, message)
  return message
}

function parseField(text: string): ProtobufField {
  const [, name = '', form = '', type = '', zero = ''] = /^(\S+) (\[\]|\{\})?([^?!]+)([?!])?$/.exec(text) ?? []
  return {
    name: name === '.' ? '' : name,
    type,
    form: form === '[]' ? 'list' : form === '{}' ? 'map' : 'single',
    dropsZero: zero === '?',
    writesZero: zero === '!',
  }
}
