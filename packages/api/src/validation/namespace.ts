import { invalidField, qualifiedNameErrors, type FieldError } from '@quarterdeck/api-machinery'

import type { Namespace } from '../kinds/namespace.ts'

const standardFinalizers = ['foregroundDeletion', 'kubernetes', 'orphan']

/** Finalizers are Kubernetes' own, or carry the domain of whoever keeps them. */
export function validateNamespace({ spec }: Namespace): FieldError[] {
  return (spec?.finalizers ?? []).flatMap((name) => {
    const errors: FieldError[] = qualifiedNameErrors(name).map((m) => invalidField('spec.finalizers', name, m))
    if (!name.includes('/') && !standardFinalizers.includes(name))
      errors.push(invalidField('spec.finalizers', name, 'name is neither a standard finalizer name nor is it fully qualified'))
    return errors
  })
}

/** The phase says whether the namespace is being deleted. Kubernetes spells it with a capital. */
export function validateNamespaceStatusUpdate({ metadata, status }: Namespace): FieldError[] {
  const isDeleted = metadata.deletionTimestamp !== undefined
  const right = isDeleted ? 'Terminating' : 'Active'
  if (status?.phase === right) return []
  const when = isDeleted ? 'is not empty' : 'is empty'
  return [invalidField('status.Phase', status?.phase ?? '', `may only be '${right}' if \`deletionTimestamp\` ${when}`)]
}
