import type { FieldRequirement, Requirement } from '@quarterdeck/api-machinery'

import type { User } from './user.ts'

/** What a request wants to do. Resource requests name a resource, others only a path. */
export interface AuthorizationAttributes {
  user: User
  verb: string
  group: string
  /** Of the group; absent: any. */
  version?: string
  /** Plural; '' for a request that is about a path. */
  resource: string
  subresource: string
  namespace: string
  /** Of a list, a watch or a deletion of many: the one that the field selector names, if it does. */
  name: string
  path: string
  fieldSelector?: readonly FieldRequirement[]
  labelSelector?: readonly Requirement[]
}

/** What an authorizer says of a request. `reason` may be empty. */
export interface Decision {
  decision: 'allow' | 'deny' | 'noOpinion'
  reason: string
}

export interface ResourceRule {
  verbs: readonly string[]
  apiGroups: readonly string[]
  resources: readonly string[]
  resourceNames?: readonly string[]
}

export interface NonResourceRule {
  verbs: readonly string[]
  nonResourceURLs: readonly string[]
}

/** What a user may do in a namespace, as far as it can be listed. */
export interface SubjectRules {
  resourceRules: readonly ResourceRule[]
  nonResourceRules: readonly NonResourceRule[]
  /** Whether there may be more than the rules say. */
  incomplete: boolean
  /** Why, where something went wrong; else ''. */
  evaluationError: string
}

/** Decides what users may do. */
export interface Authorizer {
  /** May answer at once; callers wait only for what is a promise. */
  authorize(attributes: AuthorizationAttributes): Decision | Promise<Decision>
  rulesFor(user: User, namespace: string): Promise<SubjectRules>
}

export const allowed = (reason = ''): Decision => ({ decision: 'allow', reason })
export const noOpinion = (reason = ''): Decision => ({ decision: 'noOpinion', reason })

/** The first authorizer that has an opinion decides. If none has, the reasons of all are told together, and the request is refused. */
export function chainOf(authorizers: readonly Authorizer[]): Authorizer {
  return {
    authorize: (attributes) => askFrom(authorizers, attributes, []),
    async rulesFor(user, namespace) {
      const all = await Promise.all(authorizers.map((authorizer) => authorizer.rulesFor(user, namespace)))
      return {
        resourceRules: all.flatMap(({ resourceRules }) => resourceRules),
        nonResourceRules: all.flatMap(({ nonResourceRules }) => nonResourceRules),
        incomplete: all.some(({ incomplete }) => incomplete),
        evaluationError: aggregated(all.map(({ evaluationError }) => evaluationError)),
      }
    },
  }
}

function askFrom(
  [first, ...rest]: readonly Authorizer[],
  attributes: AuthorizationAttributes,
  reasons: readonly string[],
): Decision | Promise<Decision> {
  if (!first) return noOpinion(reasons.join('\n'))
  const goOn = (answer: Decision): Decision | Promise<Decision> =>
    answer.decision === 'noOpinion' ? askFrom(rest, attributes, answer.reason ? [...reasons, answer.reason] : reasons) : answer
  const answer = first.authorize(attributes)
  return answer instanceof Promise ? answer.then(goOn) : goOn(answer)
}

/** Several messages in one, as Kubernetes joins them: each once, in brackets if there are more than one. */
export function aggregated(messages: readonly string[]): string {
  const distinct = [...new Set(messages.filter(Boolean))]
  return distinct.length > 1 ? `[${distinct.join(', ')}]` : (distinct[0] ?? '')
}

/** The Forbidden message of Kubernetes for these attributes, without the resource it starts with. */
export function denialOf(attributes: AuthorizationAttributes, reason: string): string {
  const { user, verb, group, resource, subresource, namespace, path } = attributes
  const because = reason ? `: ${reason}` : ''
  if (!resource) return `User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}${because}`
  const what = subresource ? `${resource}/${subresource}` : resource
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope'
  return `User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}${because}`
}
