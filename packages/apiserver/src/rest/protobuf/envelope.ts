import { protobufMessageOf } from '@quarterdeck/api'
import { badRequest, boundedText, isApiError } from '@quarterdeck/api-machinery'
import protobuf from 'protobufjs/minimal.js'

import { readFields, readMessage } from './message.ts'

export const protobufMediaType = 'application/vnd.kubernetes.protobuf'

const magic = Buffer.from('k8s\0')

/**
 * The object of a body in Kubernetes' protobuf envelope (`k8s\0` and a runtime.Unknown), as the JSON it stands for.
 * Throws BadRequest for bytes that are no such envelope and for types that have no protobuf form here.
 */
export function decodeProtobuf(body: Buffer): Record<string, unknown> {
  if (!body.subarray(0, magic.length).equals(magic)) throw badRequest('the protobuf body does not begin with the bytes "k8s\\0"')
  try {
    const { apiVersion, kind, raw } = readUnknown(body.subarray(magic.length))
    const message = protobufMessageOf(apiVersion, kind)
    if (message === undefined)
      throw badRequest(
        `a ${boundedText(kind, 64)} in version ${JSON.stringify(boundedText(apiVersion, 64))} can't be read from protobuf: send JSON`,
      )
    return { kind, apiVersion, ...readMessage(raw, message) }
  } catch (error) {
    throw isApiError(error) ? error : badRequest(`the protobuf body could not be decoded: ${(error as Error).message}`)
  }
}

interface Unknown {
  apiVersion: string
  kind: string
  raw: Uint8Array
}

function readUnknown(bytes: Uint8Array): Unknown {
  const unknown: Unknown = { apiVersion: '', kind: '', raw: new Uint8Array() }
  readFields(protobuf.Reader.create(bytes), {
    1: (reader) => {
      readFields(protobuf.Reader.create(reader.bytes()), {
        1: (r) => (unknown.apiVersion = r.string()),
        2: (r) => (unknown.kind = r.string()),
      })
    },
    2: (reader) => (unknown.raw = reader.bytes()),
  })
  return unknown
}
