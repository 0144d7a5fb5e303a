import { protobufMessage, type ProtobufField } from '@quarterdeck/api'
import { microTimestamp, parseJson, timestamp } from '@quarterdeck/api-machinery'
import protobuf from 'protobufjs/minimal.js'

type Json = Record<string, unknown>
type Reader = protobuf.Reader

/** Reads one message to its end, handing each field to its reader by number; the others are passed over. */
export function readFields(reader: Reader, fields: Readonly<Record<number, (reader: Reader) => unknown>>): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const read = fields[tag >>> 3]
    if (read) read(reader)
    else reader.skipType(tag & 7)
  }
}

/**
 * The JSON form of a message. As Go writes it: fields whose zero means absent are left out, the fields of an embedded
 * message stand in its parent. Throws (an Error of the reader) for bytes that end early.
 */
export function readMessage(bytes: Uint8Array, name: string): Json {
  const object: Json = {}
  readInto(object, bytes, name)
  return object
}

function readInto(object: Json, bytes: Uint8Array, name: string): void {
  const fields = protobufMessage(name)
  const reader = protobuf.Reader.create(bytes)
  while (reader.pos < reader.len) {
    const tag = reader.uint32()
    const field = fields.get(tag >>> 3)
    if (!field) reader.skipType(tag & 7)
    else if (field.name === '') readInto(object, reader.bytes(), field.type)
    else readField(object, reader, field)
  }
}

function readField(object: Json, reader: Reader, field: ProtobufField): void {
  const { name, type, form, dropsZero } = field
  if (form === 'map') {
    const [key, value] = readEntry(reader.bytes(), type)
    const map = (object[name] ??= {}) as Json
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true })
    return
  }
  const value = readValue(reader, type)
  if (form === 'list') ((object[name] ??= []) as unknown[]).push(value)
  else if (value !== undefined && !(dropsZero && isZero(value))) object[name] = value
}

function isZero(value: unknown): boolean {
  return value === 0 || value === '' || value === false
}

/** A map travels as a list of messages, the key first. A part that is not there is the zero of its type. */
function readEntry(bytes: Uint8Array, type: string): [string, unknown] {
  let key = ''
  let value: unknown
  readFields(protobuf.Reader.create(bytes), { 1: (r) => (key = r.string()), 2: (r) => (value = readValue(r, type)) })
  return [key, value ?? (type === 'string' || type === 'bytes' ? '' : readValue(protobuf.Reader.create(new Uint8Array([0])), type))]
}

const readers: Readonly<Record<string, (reader: Reader) => unknown>> = {
  string: (reader) => reader.string(),
  int32: (reader) => reader.int32(),
  int64: (reader) => Number(reader.int64()),
  bool: (reader) => reader.bool(),
  double: (reader) => reader.double(),
  bytes: (reader) => Buffer.from(reader.bytes()).toString('base64'),
  Time: (reader) => readTime(reader, timestamp),
  MicroTime: (reader) => readTime(reader, microTimestamp),
  Quantity: (reader) => readOnly(reader, (r) => r.string()) ?? '0',
  Raw: (reader) => parseRaw(readOnly(reader, (r) => Buffer.from(r.bytes()).toString())),
  Strings: readStrings,
  IntOrString: readIntOrString,
}

function readValue(reader: Reader, type: string): unknown {
  return readers[type]?.(reader) ?? (readers[type] ? undefined : readMessage(reader.bytes(), type))
}

/** Field 1 of a message that has no other of interest. */
function readOnly<T>(reader: Reader, read: (reader: Reader) => T): T | undefined {
  let value: T | undefined
  readFields(protobuf.Reader.create(reader.bytes()), { 1: (r) => (value = read(r)) })
  return value
}

function parseRaw(text: string | undefined): unknown {
  return text ? parseJson(text).value : undefined
}

function readStrings(reader: Reader): string[] {
  const strings: string[] = []
  readFields(protobuf.Reader.create(reader.bytes()), { 1: (r) => strings.push(r.string()) })
  return strings
}

const intType = 0

function readIntOrString(reader: Reader): number | string {
  let type = intType
  let number = 0
  let text = ''
  readFields(protobuf.Reader.create(reader.bytes()), {
    1: (r) => (type = Number(r.int64())),
    2: (r) => (number = r.int32()),
    3: (r) => (text = r.string()),
  })
  return type === intType ? number : text
}

/** Undefined for the zero time, which is an empty message. */
function readTime(reader: Reader, format: (date: Date) => string): string | undefined {
  let seconds: number | undefined
  let nanos = 0
  readFields(protobuf.Reader.create(reader.bytes()), { 1: (r) => (seconds = Number(r.int64())), 2: (r) => (nanos = r.int32()) })
  return seconds === undefined ? undefined : format(new Date(seconds * 1000 + nanos / 1e6))
}
