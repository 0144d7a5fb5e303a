/** Says when the process has been kept busy for longer than `sliceMs`: then the promise lets others run. */
export function createPacer(sliceMs: number): () => Promise<void> | undefined {
  let endsAt = performance.now() + sliceMs
  return () => {
    if (performance.now() < endsAt) return undefined
    return new Promise((resolve) => {
      setImmediate(() => {
        endsAt = performance.now() + sliceMs
        resolve()
      })
    })
  }
}
