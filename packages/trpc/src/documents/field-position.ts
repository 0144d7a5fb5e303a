import { isMap, isNode, isPair, isScalar, isSeq, type Document } from 'yaml'

export type Path = readonly (string | number)[]

/** `spec.containers[0].name` and `metadata.labels[app.kubernetes.io/name]` as steps. */
export function stepsOfField(field: string): Path {
  const steps: (string | number)[] = []
  for (const [, key, bracketed] of field.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (key !== undefined) steps.push(key)
    else if (bracketed !== undefined) steps.push(/^\d+$/.test(bracketed) ? Number(bracketed) : bracketed.replace(/^"|"$/g, ''))
  }
  return steps
}

/** The offset in the text of a field, or of its nearest ancestor that is there. */
export function offsetOfField(document: Document, base: Path, field: string | undefined): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const step of [...base, ...(field ? stepsOfField(field) : [])]) {
    const found = stepInto(node, step)
    if (!found) break
    offset = found.offset ?? offset
    node = found.value
  }
  return offset
}

function stepInto(node: unknown, step: string | number): { value: unknown; offset: number | undefined } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
    return isPair(pair) ? { value: pair.value, offset: startOf(pair.key) } : undefined
  }
  if (!isSeq(node)) return undefined
  const value = typeof step === 'number' ? node.items[step] : node.items.find((item) => isMap(item) && item.get('name') === step)
  return value === undefined ? undefined : { value, offset: startOf(value) }
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
