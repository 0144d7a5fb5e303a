import {
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
  storageClassNameOf,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@quarterdeck/api'

import { groupOf, itemOf, missingItem, type ObjectOfKind, type RelatedGroup, type RelatedItem, type RelationReader } from './relation.ts'

/** What a claim, a volume and a class have to do with each other. */
export async function storage(subject: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  switch (subject.kind.resource) {
    case persistentVolumeClaims.resource:
      return ofClaim(subject.object as PersistentVolumeClaim, reader)
    case persistentVolumes.resource:
      return ofVolume(subject.object as PersistentVolume, reader)
    case storageClasses.resource:
      return ofClass(subject.object.metadata.name, reader)
    default:
      return []
  }
}

async function ofClaim(claim: PersistentVolumeClaim, reader: RelationReader): Promise<RelatedGroup[]> {
  const { volumeName } = claim.spec
  const volume = volumeName ? await reader.get(persistentVolumes, '', volumeName) : undefined
  const goesToo = (volume as PersistentVolume | undefined)?.spec.persistentVolumeReclaimPolicy === 'Delete'
  const items: RelatedItem[] = volume
    ? [itemOf({ kind: persistentVolumes, object: volume })]
    : volumeName
      ? [missingItem(persistentVolumes, '', volumeName)]
      : []
  return [
    { title: 'Has the volume', onDelete: goesToo ? 'deleted' : 'unaffected', items, total: items.length },
    await classGroup(claim, reader),
  ]
}

async function ofVolume(volume: PersistentVolume, reader: RelationReader): Promise<RelatedGroup[]> {
  const { namespace = '', name = '', uid } = volume.spec.claimRef ?? {}
  const claim = name ? await reader.get(persistentVolumeClaims, namespace, name) : undefined
  const isIts = claim !== undefined && (!uid || claim.metadata.uid === uid)
  const items = isIts
    ? [itemOf({ kind: persistentVolumeClaims, object: claim })]
    : name
      ? [missingItem(persistentVolumeClaims, namespace, name)]
      : []
  return [{ title: 'Claimed by', onDelete: 'breaks', items, total: items.length }, await classGroup(volume, reader)]
}

async function classGroup(object: PersistentVolume | PersistentVolumeClaim, reader: RelationReader): Promise<RelatedGroup> {
  const name = storageClassNameOf(object)
  const found = name ? await reader.get(storageClasses, '', name) : undefined
  const items = found ? [itemOf({ kind: storageClasses, object: found })] : []
  return { title: 'Of the class', onDelete: 'unaffected', items, total: items.length }
}

async function ofClass(name: string, reader: RelationReader): Promise<RelatedGroup[]> {
  const claims = (await reader.list(persistentVolumeClaims)) as readonly PersistentVolumeClaim[]
  const members = claims.filter((claim) => storageClassNameOf(claim) === name).map((object) => ({ kind: persistentVolumeClaims, object }))
  return [groupOf('Claims of it', 'unaffected', members)]
}
