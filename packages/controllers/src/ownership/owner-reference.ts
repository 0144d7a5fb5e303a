import type { KindRef } from '@quarterdeck/controller-runtime'
import type { KubeObject, OwnerReference } from '@quarterdeck/api-machinery'

/** The reference by which a controller's object owns what it made. */
export function controllerReference(owner: KubeObject, kind: KindRef): OwnerReference {
  return {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  }
}
