import { isDeepStrictEqual } from 'node:util'

import { localPath, persistentVolumes } from '@quarterdeck/api'
import { forbidden, type KubeObject } from '@quarterdeck/api-machinery'

import { nodesGroup, nodeUserPrefix } from '../auth/user.ts'
import type { AdmissionPlugin } from './admission.ts'

/** Lets a node take its finalizer off the volumes it keeps, and change nothing else of any volume (NodeRestriction). */
export const nodeVolumes: AdmissionPlugin = {
  name: 'NodeRestriction',
  resources: [persistentVolumes.resource],
  operations: ['UPDATE'],
  admit({ user, object, old, name }) {
    if (!user.groups.includes(nodesGroup) || !object || !old) return
    const isOwn = user.name === `${nodeUserPrefix}${old.metadata.labels?.[localPath.nodeLabel]}`
    if (isOwn && isDeepStrictEqual(withoutFinalizer(object), withoutFinalizer(old))) return
    const message = 'a node may only take its finalizer off a volume that it keeps'
    throw forbidden({ group: '', resource: persistentVolumes.plural }, name, message)
  },
}

function withoutFinalizer(object: KubeObject): unknown {
  const { finalizers = [], managedFields: _, resourceVersion: __, ...metadata } = object.metadata
  return { ...object, metadata: { ...metadata, finalizers: finalizers.filter((finalizer) => finalizer !== localPath.finalizer) } }
}
