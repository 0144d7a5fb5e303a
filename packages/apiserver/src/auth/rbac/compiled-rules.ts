import type { V1PolicyRule } from '@quarterdeck/api'

import type { AuthorizationAttributes } from '../authorizer.ts'

const all = '*'

interface CompiledRule {
  verbs: ReadonlySet<string>
  groups: ReadonlySet<string>
  /** Absent: every name. */
  names: ReadonlySet<string> | undefined
}

/** The rules of one role, laid out so that a decision looks only at those which name the resource. */
export class CompiledRules {
  /** By resource as rules name it: `pods`, `pods/status`, `*\/scale`, `*`. */
  readonly #byResource = new Map<string, CompiledRule[]>()
  readonly #paths: { verbs: ReadonlySet<string>; paths: readonly string[] }[] = []

  constructor(rules: readonly V1PolicyRule[]) {
    for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules) {
      if (nonResourceURLs?.length) this.#paths.push({ verbs: new Set(verbs), paths: nonResourceURLs })
      const rule: CompiledRule = {
        verbs: new Set(verbs),
        groups: new Set(apiGroups),
        names: resourceNames?.length ? new Set(resourceNames) : undefined,
      }
      for (const resource of new Set(resources)) {
        const known = this.#byResource.get(resource)
        if (known) known.push(rule)
        else this.#byResource.set(resource, [rule])
      }
    }
  }

  allow(attributes: AuthorizationAttributes): boolean {
    const { verb, resource, subresource, path } = attributes
    if (!resource) return this.#paths.some(({ verbs, paths }) => has(verbs, verb) && paths.some((pattern) => coversPath(pattern, path)))
    return (
      this.#allowsAs(subresource ? `${resource}/${subresource}` : resource, attributes) ||
      this.#allowsAs(all, attributes) ||
      (subresource !== '' && this.#allowsAs(`*/${subresource}`, attributes))
    )
  }

  #allowsAs(named: string, { verb, group, name }: AuthorizationAttributes): boolean {
    const rules = this.#byResource.get(named)
    if (!rules) return false
    return rules.some(({ verbs, groups, names }) => has(verbs, verb) && has(groups, group) && (names?.has(name) ?? true))
  }
}

function has(set: ReadonlySet<string>, value: string): boolean {
  return set.has(value) || set.has(all)
}

/** Whether a path of a rule, which may end in `*`, is or begins another. */
export function coversPath(pattern: string, path: string): boolean {
  return pattern === all || pattern === path || (pattern.endsWith(all) && path.startsWith(pattern.replace(/\*+$/, '')))
}
