import type { V1Taint, V1Toleration } from './generated/types.ts'

/** Whether a toleration tolerates a taint (core/v1 Toleration.ToleratesTaint). An empty key with Exists tolerates everything. */
export function tolerates(toleration: V1Toleration, taint: V1Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (toleration.operator === 'Exists') return true
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '')
}
