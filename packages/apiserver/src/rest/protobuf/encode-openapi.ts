import protobuf from 'protobufjs/minimal.js'
import { stringify } from 'yaml'

type Json = Record<string, unknown>
type Writer = protobuf.Writer
type WriteField = (writer: Writer, number: number, value: unknown) => void

/** How a message is written: by JSON key, the field number and form. Vendor extensions (`x-…`) have a number of their own. */
interface Message {
  fields: Record<string, readonly [number: number, write: WriteField]>
  extensions: number
}

/**
 * An OpenAPI v2 document in the protobuf form of gnostic (openapi.v2.Document), which kubectl before 1.27 reads.
 * Source of the field numbers: OpenAPIv2.proto of google/gnostic. Keys of the document that its messages lack are left out.
 */
export function encodeOpenApiV2(document: Json): Uint8Array {
  const writer = protobuf.Writer.create()
  writeFields(writer, document, documentMessage)
  return writer.finish()
}

const text: WriteField = (writer, number, value) => writer.uint32((number << 3) | 2).string(String(value))
const flag: WriteField = (writer, number, value) => writer.uint32(number << 3).bool(Boolean(value))
const texts: WriteField = (writer, number, value) => {
  for (const item of value as unknown[]) text(writer, number, item)
}

function nested(writer: Writer, number: number, write: () => void): void {
  writer.uint32((number << 3) | 2).fork()
  write()
  writer.ldelim()
}

/** gnostic's Any: the value as YAML text. */
const any: WriteField = (writer, number, value) => nested(writer, number, () => text(writer, 2, stringify(value)))

const message =
  (of: () => Message): WriteField =>
  (writer, number, value) =>
    nested(writer, number, () => writeFields(writer, value as Json, of()))

/** A message around one field: the alternatives of a oneof, and lists of one element. */
const wrapped =
  (inner: number, write: WriteField): WriteField =>
  (writer, number, value) =>
    nested(writer, number, () => write(writer, inner, value))

const each =
  (write: WriteField): WriteField =>
  (writer, number, value) => {
    for (const item of value as unknown[]) write(writer, number, item)
  }

/** A map: messages of a name (1) and a value (2). */
const entries =
  (write: WriteField): WriteField =>
  (writer, number, value) => {
    for (const [name, item] of Object.entries(value as Json))
      nested(writer, number, () => {
        text(writer, 1, name)
        write(writer, 2, item)
      })
  }

function writeFields(writer: Writer, value: Json, { fields, extensions }: Message): void {
  for (const [key, item] of Object.entries(value)) {
    const field = fields[key]
    if (field) field[1](writer, field[0], item)
    else if (key.startsWith('x-')) entries(any)(writer, extensions, { [key]: item })
  }
}

const additionalProperties: WriteField = (writer, number, value) =>
  typeof value === 'boolean'
    ? wrapped(2, flag)(writer, number, value)
    : wrapped(
        1,
        message(() => schemaMessage),
      )(writer, number, value)

const parameter: WriteField = (writer, number, value) => {
  const { in: place } = value as Json
  const chosen =
    place === 'body'
      ? wrapped(
          1,
          message(() => bodyParameter),
        )
      : place === 'query'
        ? wrapped(
            2,
            wrapped(
              3,
              message(() => queryParameter),
            ),
          )
        : wrapped(
            2,
            wrapped(
              4,
              message(() => pathParameter),
            ),
          )
  wrapped(1, chosen)(writer, number, value)
}

const schemaMessage: Message = {
  fields: {
    $ref: [1, text],
    format: [2, text],
    title: [3, text],
    description: [4, text],
    default: [5, any],
    required: [19, texts],
    enum: [20, each(any)],
    additionalProperties: [21, additionalProperties],
    type: [22, wrapped(1, text)],
    items: [
      23,
      wrapped(
        1,
        message(() => schemaMessage),
      ),
    ],
    allOf: [24, each(message(() => schemaMessage))],
    properties: [25, wrapped(1, entries(message(() => schemaMessage)))],
  },
  extensions: 31,
}

const bodyParameter: Message = {
  fields: { description: [1, text], name: [2, text], in: [3, text], required: [4, flag], schema: [5, message(() => schemaMessage)] },
  extensions: 6,
}

const pathParameter: Message = {
  fields: {
    required: [1, flag],
    in: [2, text],
    description: [3, text],
    name: [4, text],
    type: [5, text],
    uniqueItems: [18, flag],
  },
  extensions: 22,
}

const queryParameter: Message = {
  fields: {
    required: [1, flag],
    in: [2, text],
    description: [3, text],
    name: [4, text],
    type: [6, text],
    uniqueItems: [20, flag],
  },
  extensions: 23,
}

const responseMessage: Message = {
  fields: {
    description: [1, text],
    schema: [
      2,
      wrapped(
        1,
        message(() => schemaMessage),
      ),
    ],
  },
  extensions: 5,
}

const operationMessage: Message = {
  fields: {
    description: [3, text],
    operationId: [5, text],
    produces: [6, texts],
    consumes: [7, texts],
    parameters: [8, each(parameter)],
    responses: [
      9,
      wrapped(
        1,
        entries(
          wrapped(
            1,
            message(() => responseMessage),
          ),
        ),
      ),
    ],
  },
  extensions: 13,
}

const operation = message(() => operationMessage)

const pathMessage: Message = {
  fields: {
    get: [2, operation],
    put: [3, operation],
    post: [4, operation],
    delete: [5, operation],
    patch: [8, operation],
    parameters: [9, each(parameter)],
  },
  extensions: 10,
}

const documentMessage: Message = {
  fields: {
    swagger: [1, text],
    info: [2, message(() => ({ fields: { title: [1, text], version: [2, text] }, extensions: 7 }))],
    paths: [8, wrapped(2, entries(message(() => pathMessage)))],
    definitions: [9, wrapped(1, entries(message(() => schemaMessage)))],
  },
  extensions: 16,
}
