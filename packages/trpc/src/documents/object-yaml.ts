import { yamlWriting, type KubeObject } from '@quarterdeck/api-machinery'
import { lastAppliedAnnotation } from '@quarterdeck/apiserver'
import { stringify } from 'yaml'

const firstKeys = ['apiVersion', 'kind', 'type', 'metadata', 'spec', 'data', 'stringData']
const lastKeys = ['status']

/** An object as people read and edit it: what it is first, its status last, without bookkeeping of field managers. */
export function objectYaml(object: KubeObject): string {
  const { managedFields: _, annotations, ...metadata } = object.metadata
  const { [lastAppliedAnnotation]: _applied, ...shown } = annotations ?? {}
  const whole: Record<string, unknown> = {
    ...object,
    metadata: { ...metadata, ...(Object.keys(shown).length > 0 ? { annotations: shown } : {}) },
  }
  const rank = (key: string): number => {
    if (firstKeys.includes(key)) return firstKeys.indexOf(key)
    return lastKeys.includes(key) ? 1000 : 500
  }
  const ordered = Object.fromEntries(Object.entries(whole).toSorted(([a], [b]) => rank(a) - rank(b)))
  return stringify(ordered, yamlWriting)
}

/** As objectYaml, without what changes with every write: for comparing. */
export function comparableYaml(object: KubeObject): string {
  const { resourceVersion: _, ...metadata } = object.metadata
  return objectYaml({ ...object, metadata } as KubeObject)
}
