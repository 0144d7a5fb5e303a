import { stat } from 'node:fs/promises'

import {
  claimNameOf,
  foreignClaimProblem,
  isLocalPathVolume,
  matchesNodeSelector,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type V1Volume,
  volumeSourceNames,
} from '@quarterdeck/api'

import type { ReferencedObjects } from '../objects/referenced-objects.ts'
import { prepareHostPath } from './host-path.ts'
import type { LocalVolumes } from './local-volumes.ts'
import { VolumeError } from './payload.ts'
import { giveToGroup } from './volume-ownership.ts'
import type { VolumeUsers } from './volume-users.ts'

export interface ClaimedVolumesOptions {
  users: VolumeUsers
  local: LocalVolumes
  /** This node as the API has it. */
  readNode: () => Promise<Node>
}

/** Finds what stands behind the claims of pods, and makes it ready for them. */
export class ClaimedVolumes {
  readonly #options: ClaimedVolumesOptions

  constructor(options: ClaimedVolumesOptions) {
    this.#options = options
  }

  /** Where the volume is. Throws VolumeError while the claim has none, or none that the pod may use here. */
  async setUp(pod: Pod, volume: V1Volume, objects: ReferencedObjects): Promise<string> {
    const { users } = this.#options
    const { uid } = pod.metadata
    const { claim, persistentVolume } = await this.#find(pod, volume, objects)
    const path = this.#pathOf(persistentVolume)
    // What the pod has already, it keeps: a claim that is being deleted waits for it.
    if (await users.has(uid, volume.name, path)) return path
    const problem = claimProblem(claim)
    if (problem) throw processError(pod, volume, problem)
    await this.#checkNode(persistentVolume)
    if (claim.spec.accessModes?.includes('ReadWriteOncePod') && (await isUsedByAnother(users, path, uid)))
      throw new VolumeError('volume uses the ReadWriteOncePod access mode and is already in use by another pod')
    await this.#prepare(persistentVolume)
    if (persistentVolume.spec.local) await giveToGroup(pod, path)
    await users.add(uid, volume.name, path)
    return path
  }

  async #find(
    pod: Pod,
    volume: V1Volume,
    objects: ReferencedObjects,
  ): Promise<{ claim: PersistentVolumeClaim; persistentVolume: PersistentVolume }> {
    const name = claimNameOf(pod, volume) ?? ''
    const claim = await objects.claim({ namespace: pod.metadata.namespace, name }, pod.metadata.uid)
    if (!claim) throw processError(pod, volume, `failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`)
    const foreign = volume.ephemeral ? foreignClaimProblem(pod, claim) : undefined
    if (foreign) throw processError(pod, volume, foreign)
    const { volumeName } = claim.spec
    if (claim.status.phase !== 'Bound' || !volumeName) throw processError(pod, volume, claimProblem(claim) ?? 'PVC is not bound')
    const persistentVolume = await objects.volume(volumeName, pod.metadata.uid)
    if (!persistentVolume) throw processError(pod, volume, `failed to fetch PV ${volumeName} from API server: not found`)
    if (persistentVolume.spec.claimRef?.uid !== claim.metadata.uid)
      throw processError(pod, volume, `found object with mismatched name ${volumeName}`)
    return { claim, persistentVolume }
  }

  #pathOf(volume: PersistentVolume): string {
    if (volume.spec.volumeMode === 'Block') throw new VolumeError('volumes of volumeMode Block are not supported on this node')
    if (isLocalPathVolume(volume)) return this.#options.local.pathOf(volume)
    const path = volume.spec.local?.path ?? volume.spec.hostPath?.path
    if (path === undefined) throw new VolumeError(`persistent volumes of type ${typeOf(volume)} are not supported on this node`)
    return path
  }

  async #checkNode({ metadata, spec }: PersistentVolume): Promise<void> {
    const required = spec.nodeAffinity?.required
    if (required && !matchesNodeSelector(required, await this.#options.readNode()))
      throw new VolumeError(`MountVolume.NodeAffinity check failed for volume "${metadata.name}" : no matching NodeSelectorTerms`)
  }

  async #prepare(volume: PersistentVolume): Promise<void> {
    const { hostPath, local } = volume.spec
    if (isLocalPathVolume(volume)) await this.#options.local.ensure(volume)
    else if (hostPath) await prepareHostPath(hostPath)
    else if (local && !(await stat(local.path).catch(() => undefined))) throw new VolumeError(`path "${local.path}" does not exist`)
  }
}

function claimProblem({ metadata, status, spec }: PersistentVolumeClaim): string | undefined {
  if (metadata.deletionTimestamp) return 'PVC is being deleted'
  if (status.phase !== 'Bound') return 'PVC is not bound'
  return spec.volumeName ? undefined : 'PVC has empty pvc.Spec.VolumeName'
}

function processError(pod: Pod, volume: V1Volume, problem: string): VolumeError {
  return new VolumeError(`error processing PVC ${pod.metadata.namespace}/${claimNameOf(pod, volume)}: ${problem}`)
}

async function isUsedByAnother(users: VolumeUsers, path: string, podUid: string): Promise<boolean> {
  return (await users.of(path)).some((uid) => uid !== podUid)
}

const typeOf = ({ spec }: PersistentVolume): string => volumeSourceNames.find((name) => spec[name] !== undefined) ?? 'unknown'
