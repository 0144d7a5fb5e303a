import { secrets } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import { lastAppliedAnnotation } from '@quarterdeck/apiserver'

/** What stands for a value that is not shown. It is no base64, so that it can't be stored by mistake. */
export const hiddenValue = '<hidden>'

/** The object; of a Secret a copy that shows which keys there are but no value, wherever one might be. */
export function withoutSecretValues<T extends KubeObject>(object: T): T {
  if (object.apiVersion !== secrets.apiVersion || object.kind !== secrets.kind) return object
  const { data, stringData, ...rest } = object as T & { data?: Record<string, string>; stringData?: Record<string, string> }
  const { annotations, ...metadata } = object.metadata
  const { [lastAppliedAnnotation]: _, ...shown } = annotations ?? {}
  return {
    ...rest,
    metadata: { ...metadata, ...(annotations ? { annotations: shown } : {}) },
    ...(data ? { data: hidden(data) } : {}),
    ...(stringData ? { stringData: hidden(stringData) } : {}),
  } as unknown as T
}

function hidden(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((key) => [key, hiddenValue]))
}
