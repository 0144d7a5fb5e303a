/** Shows what is being done, and how long it took. In a terminal the line is written over. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const isTerminal = process.stdout.isTTY
  if (isTerminal) process.stdout.write(`  ${title} …`)
  try {
    const result = await work()
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    process.stdout.write(`${isTerminal ? '\r\u001b[K' : ''}✔ ${title} (${seconds} s)\n`)
    return result
  } catch (error) {
    process.stdout.write(`${isTerminal ? '\r\u001b[K' : ''}✘ ${title}\n`)
    throw error
  }
}
