import type { KindInfo } from '@quarterdeck/trpc'

/** An object that something is done to. */
export interface ActionTarget {
  apiVersion: string
  plural: string
  namespace: string
  name: string
  uid?: string
}

export function targetOf(kind: KindInfo, object: { namespace: string; name: string; id?: string }): ActionTarget {
  return {
    apiVersion: kind.apiVersion,
    plural: kind.plural,
    namespace: object.namespace,
    name: object.name,
    ...(object.id ? { uid: object.id } : {}),
  }
}

/** `Deployment shop/web`, or `5 Deployments`. */
export function nameTargets(kind: KindInfo, targets: readonly ActionTarget[]): string {
  const [only, ...others] = targets
  if (!only) return `no ${kind.kind}`
  if (others.length > 0) return `${targets.length} ${kind.plural}`
  return `${kind.kind} ${only.namespace ? `${only.namespace}/` : ''}${only.name}`
}

/** Targets whatever their uid now is. */
export function plain(targets: readonly ActionTarget[]): { apiVersion: string; plural: string; namespace: string; name: string }[] {
  return targets.map(({ apiVersion, plural, namespace, name }) => ({ apiVersion, plural, namespace, name }))
}
