import { compareQuantities } from '@quarterdeck/api-machinery'

/** Of limits that would never be reached: requests are at most as large. */
export function quotaWarnings(hard: Readonly<Record<string, string>>): string[] {
  return ['cpu', 'memory', 'storage', 'ephemeral-storage'].flatMap((resource) => {
    const isPlain = hard[`requests.${resource}`] === undefined && (resource === 'cpu' || resource === 'memory')
    const request = isPlain ? resource : `requests.${resource}`
    const limit = `limits.${resource}`
    const [requests, limits] = [hard[request], hard[limit]]
    if (requests === undefined || limits === undefined || compareQuantities(requests, limits) <= 0) return []
    return [`ResourceQuota ${request} (${requests}) should be less than ${limit} (${limits})`]
  })
}
