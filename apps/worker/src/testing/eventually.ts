const patienceMs = 30_000

/** Resolves once the probe returns something other than undefined or false. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  const deadlineMs = Date.now() + patienceMs
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadlineMs) throw new Error(`not in ${patienceMs / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
