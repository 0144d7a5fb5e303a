import protobuf from 'protobufjs/minimal.js'

/** A field of bytes: a message of the parts. */
export function bytesOf(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return written((writer) => writer.uint32((number << 3) | 2).bytes(Buffer.concat(parts)))
}

export function textOf(number: number, text: string): Buffer {
  return written((writer) => writer.uint32((number << 3) | 2).string(text))
}

export function numberOf(number: number, value: number): Buffer {
  return written((writer) => writer.uint32(number << 3).int64(value))
}

/** A runtime.Unknown with Kubernetes' prefix, as a client sends it. */
export function envelopeOf(apiVersion: string, kind: string, ...fields: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from('k8s\0'), bytesOf(1, textOf(1, apiVersion), textOf(2, kind)), bytesOf(2, ...fields)])
}

function written(write: (writer: protobuf.Writer) => protobuf.Writer): Buffer {
  return Buffer.from(write(protobuf.Writer.create()).finish())
}
