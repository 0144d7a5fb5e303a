/** The answer's media type by those a client can ask for. kubectl of different ages name the same form differently. */
const protobufTypes: Readonly<Record<string, string>> = {
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  'application/com.github.googleapis.gnostic.openapiv2@68f4ded+protobuf':
    'application/com.github.googleapis.gnostic.OpenAPIv2@68f4ded+protobuf',
}

const jsonTypes = new Set(['application/json', 'application/*', '*/*'])

/**
 * The media type in which `/openapi/v2` is best answered: of the highest `q`, and of those the first named.
 * `undefined` means JSON, which is also the answer to a header that names nothing known.
 */
export function openApiProtobufType(accept: string | undefined): string | undefined {
  const ranked = (accept ?? '')
    .split(',')
    .map(parseEntry)
    .filter(({ type, quality }) => quality > 0 && (jsonTypes.has(type) || Object.hasOwn(protobufTypes, type)))
    .toSorted((a, b) => b.quality - a.quality)
  return ranked[0] && protobufTypes[ranked[0].type]
}

function parseEntry(entry: string): { type: string; quality: number } {
  const [type = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase())
  const quality = Number(parameters.find((p) => p.startsWith('q='))?.slice(2) ?? 1)
  return { type, quality: Number.isNaN(quality) ? 0 : quality }
}
