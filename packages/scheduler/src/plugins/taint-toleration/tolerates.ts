import { tolerates, type V1Taint, type V1Toleration } from '@quarterdeck/api'

export function isTolerated(taint: V1Taint, tolerations: readonly V1Toleration[] | undefined): boolean {
  return tolerations?.some((toleration) => tolerates(toleration, taint)) ?? false
}

/** `key=value:Effect`, as kubectl writes taints. */
export const formatTaint = ({ key, value, effect }: V1Taint): string => `${key}${value ? `=${value}` : ''}:${effect}`
