import type { V1PodTemplateSpec } from '@quarterdeck/api'

export const hashLabel = 'pod-template-hash'

/** No vowels and no digits that look like one: a hash never spells a word. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** A short name for a template, valid in names and labels. Two templates may share one: collisionCount tells them apart. */
export function templateHash(template: V1PodTemplateSpec, collisionCount: number | undefined): string {
  const hash = fnv1a(`${canonicalTemplate(template)}${collisionCount ?? ''}`)
  return Array.from(String(hash), (digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('')
}

/** Whether two templates make the same pods. The hash label, which every ReplicaSet's template carries, doesn't count. */
export function isSameTemplate(a: V1PodTemplateSpec | undefined, b: V1PodTemplateSpec | undefined): boolean {
  return a !== undefined && b !== undefined && canonicalTemplate(a) === canonicalTemplate(b)
}

/** Objects are immutable, so what was computed for one stays true. */
const known = new WeakMap<V1PodTemplateSpec, string>()

function canonicalTemplate(template: V1PodTemplateSpec): string {
  let text = known.get(template)
  if (text === undefined) {
    const { [hashLabel]: _hash, ...labels } = template.metadata?.labels ?? {}
    const { creationTimestamp: _time, annotations, ...metadata } = template.metadata ?? {}
    const isAnnotated = Object.keys(annotations ?? {}).length > 0
    text = JSON.stringify(
      { ...template, metadata: { ...metadata, labels, ...(isAnnotated ? { annotations } : {}) } },
      (_key, field: unknown) => (isMap(field) ? sorted(field) : field),
    )
    known.set(template, text)
  }
  return text
}

const isMap = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)

const sorted = (map: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(map)
      .filter(([, value]) => value !== null)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

/** FNV-1a, 32 bits, over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
