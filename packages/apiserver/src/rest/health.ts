/** A look at one part of the server. Rejects if it is not well. */
export type HealthCheck = () => Promise<unknown>

export interface HealthAnswer {
  code: number
  text: string
}

/**
 * Answers /livez, /readyz and /healthz, and the path of a single check below them, as Kubernetes does: `ok`, or with `verbose`, or
 * where a check fails, a line for each. `exclude` leaves checks out. Undefined for a check that does not exist.
 */
export async function answerHealth(
  path: string,
  query: URLSearchParams,
  checks: Readonly<Record<string, HealthCheck>>,
): Promise<HealthAnswer | undefined> {
  const [endpoint = '', ...rest] = path.replace(/^\/|\/$/g, '').split('/')
  const asked = rest.join('/')
  if (asked && !Object.hasOwn(checks, asked)) return undefined
  const excluded = new Set(query.getAll('exclude'))
  const names = asked ? [asked] : Object.keys(checks).filter((name) => !excluded.delete(name))
  const results = await Promise.all(names.map((name) => resultOf(name, checks[name]!)))
  const isWell = results.every(({ ok }) => ok)
  if (isWell && !query.has('verbose')) return { code: 200, text: 'ok' }
  const lines = results.map(({ line }) => line)
  const left = Object.keys(checks).filter((name) => !asked && !names.includes(name))
  for (const name of left) lines.push(`[+]${name} excluded: ok`)
  if (excluded.size > 0)
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${[...excluded].map((name) => JSON.stringify(name)).join(', ')}`,
    )
  lines.push(`${endpoint} check ${isWell ? 'passed' : 'failed'}`)
  return { code: isWell ? 200 : 500, text: `${lines.join('\n')}\n` }
}

async function resultOf(name: string, check: HealthCheck): Promise<{ ok: boolean; line: string }> {
  try {
    await check()
    return { ok: true, line: `[+]${name} ok` }
  } catch {
    // Anybody may ask: why it failed is for the server's log.
    return { ok: false, line: `[-]${name} failed: reason withheld` }
  }
}
