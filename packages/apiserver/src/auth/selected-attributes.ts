import { parseFieldSelector, parseLabelSelector, isApiError } from '@quarterdeck/api-machinery'

import type { AuthorizationAttributes } from './authorizer.ts'

/** The selectors of a list, a watch or a deletion of many, as text. */
export interface Selectors {
  fieldSelector?: string | undefined
  labelSelector?: string | undefined
}

type Selected = Pick<AuthorizationAttributes, 'name' | 'fieldSelector' | 'labelSelector'>

/**
 * What authorizers see of selectors: the terms, and the name if they select one object. Of a selector that makes no sense they see
 * nothing; the request is refused for it after it was allowed.
 */
export function selectedAttributes({ fieldSelector, labelSelector }: Selectors): Selected {
  const fields = fieldSelector ? understood(() => parseFieldSelector(fieldSelector)) : []
  const labels = labelSelector ? understood(() => parseLabelSelector(labelSelector)) : []
  return {
    name: fields.find(({ field, equal }) => field === 'metadata.name' && equal)?.value ?? '',
    ...(fields.length > 0 ? { fieldSelector: fields } : {}),
    ...(labels.length > 0 ? { labelSelector: labels } : {}),
  }
}

function understood<T>(parse: () => T[]): T[] {
  try {
    return parse()
  } catch (error) {
    if (isApiError(error, 'BadRequest')) return []
    throw error
  }
}
