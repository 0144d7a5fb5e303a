import { badRequest } from '@quarterdeck/api-machinery'

/** What `kubectl logs` may ask for (core/v1 PodLogOptions). */
export interface LogRequest {
  follow: boolean
  previous: boolean
  timestamps: boolean
  tailLines: number | undefined
  sinceMs: number | undefined
  limitBytes: number | undefined
  streams: { stdout: boolean; stderr: boolean }
}

/** Throws ApiError BadRequest for values that make no sense. */
export function parseLogRequest(query: URLSearchParams, nowMs: number): LogRequest {
  const sinceSeconds = countOf(query, 'sinceSeconds')
  const sinceTime = query.get('sinceTime')
  if (sinceSeconds !== undefined && sinceTime) throw badRequest('at most one of `sinceTime` or `sinceSeconds` may be specified')
  const sinceTimeMs = sinceTime ? Date.parse(sinceTime) : undefined
  if (sinceTimeMs !== undefined && Number.isNaN(sinceTimeMs))
    throw badRequest(`sinceTime: Invalid value: ${JSON.stringify(sinceTime)}: must be an RFC 3339 time`)
  const stream = query.get('stream') ?? 'All'
  if (!['All', 'Stdout', 'Stderr'].includes(stream))
    throw badRequest(`stream: Unsupported value: ${JSON.stringify(stream)}: supported values: "All", "Stderr", "Stdout"`)
  return {
    follow: flagOf(query, 'follow'),
    previous: flagOf(query, 'previous'),
    timestamps: flagOf(query, 'timestamps'),
    tailLines: countOf(query, 'tailLines'),
    sinceMs: sinceSeconds === undefined ? sinceTimeMs : nowMs - sinceSeconds * 1000,
    limitBytes: countOf(query, 'limitBytes'),
    streams: { stdout: stream !== 'Stderr', stderr: stream !== 'Stdout' },
  }
}

function flagOf(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  return value !== null && !['false', '0', 'False', 'FALSE', 'f', 'F'].includes(value)
}

function countOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  const count = Number(value)
  if (!Number.isSafeInteger(count) || count < 0)
    throw badRequest(`${name}: Invalid value: ${JSON.stringify(value)}: must be greater than or equal to 0`)
  return count
}
