import type { V1Taint, V1Toleration } from '@quarterdeck/api'

/** Whether a toleration tolerates a taint (core/v1 Toleration.ToleratesTaint). */
export function tolerates(toleration: V1Toleration, taint: V1Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (toleration.operator === 'Exists') return true
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '')
}

export function isTolerated(taint: V1Taint, tolerations: readonly V1Toleration[] | undefined): boolean {
  return tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false
}

/** `key=value:Effect`, as kubectl writes taints. */
export const formatTaint = ({ key, value, effect }: V1Taint): string => `${key}${value ? `=${value}` : ''}:${effect}`
