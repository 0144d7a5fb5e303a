import type { State } from './state.ts'

interface Trouble {
  says: RegExp
  text: string
  reason: (found: RegExpExecArray) => string
}

/** Why the API server refuses the pods of a workload. */
const troubles: readonly Trouble[] = [
  {
    says: /exceeded quota: ([^,]+), requested: (.+?), used: (.+?), limited: (.+)$/,
    text: 'Quota exceeded',
    reason: ([, quota, requested, used, limited]) =>
      `the quota ${quota} allows ${limited}; ${used} is used, and a pod requests ${requested}`,
  },
  { says: /failed quota: ([^:]+): (.+)$/, text: 'Quota exceeded', reason: ([, quota, why]) => `the quota ${quota} refuses it: ${why}` },
  {
    says: /((?:minimum|maximum) \S+ usage per (?:Container|Pod) is .+|\S+ max limit to request ratio per (?:Container|Pod) is .+)$/,
    text: 'LimitRange violated',
    reason: ([, why]) => `a LimitRange refuses its pods: ${why}`,
  },
  {
    says: /no PriorityClass with name (\S+) was found/,
    text: 'PriorityClass missing',
    reason: ([, name]) => `the PriorityClass ${name} does not exist`,
  },
  {
    says: /RuntimeClass "([^"]+)" not found/,
    text: 'RuntimeClass missing',
    reason: ([, name]) => `the RuntimeClass ${name} does not exist`,
  },
  {
    says: /serviceaccount "([^"]+)" not found/,
    text: 'ServiceAccount missing',
    reason: ([, name]) => `the ServiceAccount ${name} does not exist`,
  },
  {
    says: /violates PodSecurity "([^"]+)": (.+)$/,
    text: 'Pod security',
    reason: ([, level, why]) => `the namespace allows only ${level} pods: ${why}`,
  },
  {
    says: /because it is being terminated/,
    text: 'Namespace terminating',
    reason: () => 'its namespace is being deleted',
  },
]

/** Of a workload whose pods are refused (the condition `ReplicaFailure`). */
export function creationTrouble(message = ''): State {
  for (const { says, text, reason } of troubles) {
    const found = says.exec(message)
    if (found) return { text, tone: 'bad', reason: reason(found), detail: message }
  }
  return { text: 'Pods refused', tone: 'bad', reason: 'its pods can’t be created', detail: message || undefined }
}
