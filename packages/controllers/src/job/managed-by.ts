import type { Job } from '@quarterdeck/api'

const ourselves = 'kubernetes.io/job-controller'

/** Whether another controller runs this Job: ours then leaves it and its Pods alone. */
export function isManagedElsewhere({ spec }: Job): boolean {
  return spec.managedBy !== undefined && spec.managedBy !== ourselves
}
