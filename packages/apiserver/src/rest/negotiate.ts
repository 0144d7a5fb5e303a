import { ApiError } from '@quarterdeck/api-machinery'

export type OutputShape = 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList' | 'APIGroupDiscoveryList'

/** How a client wants its answer. */
export interface Output {
  encoding: 'json' | 'yaml'
  shape: OutputShape
  /** Of the shape: `v1`, `v1beta1`, `v2`. */
  version: string
}

const shapes: Record<string, readonly string[]> = {
  Table: ['v1', 'v1beta1'],
  PartialObjectMetadata: ['v1', 'v1beta1'],
  PartialObjectMetadataList: ['v1', 'v1beta1'],
  APIGroupDiscoveryList: ['v2', 'v2beta1'],
}

const parsed = new Map<string, Output>()
const maxParsed = 200

/** The first entry of an Accept header that can be served; `isPlain`: what is answered has but one shape. Throws NotAcceptable if none can. */
export function negotiate(accept: string | undefined, { isPlain = false } = {}): Output {
  if (!accept || accept === '*/*' || accept === 'application/json') return { encoding: 'json', shape: 'object', version: '' }
  const known = parsed.get(accept)
  if (known && !isPlain) return known
  for (const entry of accept.split(',')) {
    const output = outputOf(entry.trim())
    if (!output || (isPlain && output.shape !== 'object')) continue
    if (!isPlain && parsed.size < maxParsed) parsed.set(accept, output)
    return output
  }
  throw notAcceptable()
}

const notAcceptable = (): ApiError =>
  new ApiError('NotAcceptable', 'only the following media types are accepted: application/json, application/yaml')

function outputOf(entry: string): Output | undefined {
  const [type = '', ...parameters] = entry.split(';').map((part) => part.trim())
  const encoding = encodings[type.toLowerCase()]
  if (!encoding) return undefined
  const values = Object.fromEntries(parameters.map((p) => p.split('=', 2) as [string, string]))
  const shape = values['as']
  if (!shape) return { encoding, shape: 'object', version: '' }
  const version = values['v'] ?? 'v1'
  if (!shapes[shape]?.includes(version)) return undefined
  return { encoding, shape: shape as OutputShape, version }
}

const encodings: Record<string, Output['encoding']> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
  'application/x-yaml': 'yaml',
}
