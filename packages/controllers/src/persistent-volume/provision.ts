import {
  localPath,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  volumeAnnotations,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { again, done, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { planLocalPathVolume } from '../local-path/plan-local-path-volume.ts'

/** A claim whose volume could not be made is looked at again, should nothing change before. */
const tryAgainMs = 60_000

/** Has a volume made for a claim: by the nodes of this cluster, or by whoever else is the class's provisioner. */
export async function provision(claim: PersistentVolumeClaim, storageClass: StorageClass, ctx: ReconcileContext): Promise<ReconcileResult> {
  const { provisioner } = storageClass
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void => ctx.recorder.event(claim, type, reason, message)
  if (provisioner.startsWith('kubernetes.io/')) {
    tell('Warning', 'ProvisioningFailed', `no volume plugin matched name: ${provisioner}`)
    return again(tryAgainMs)
  }
  const named = await nameProvisioner(claim, provisioner, ctx)
  if (provisioner === localPath.provisioner) return provisionLocalPath(named, storageClass, ctx)
  tell(
    'Normal',
    'ExternalProvisioning',
    `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
  )
  return done
}

/** Tells provisioners that it is their turn. */
async function nameProvisioner(
  claim: PersistentVolumeClaim,
  provisioner: string,
  { client }: ReconcileContext,
): Promise<PersistentVolumeClaim> {
  if (claim.metadata.annotations?.[volumeAnnotations.storageProvisioner] === provisioner) return claim
  const annotations = {
    ...claim.metadata.annotations,
    [volumeAnnotations.betaStorageProvisioner]: provisioner,
    [volumeAnnotations.storageProvisioner]: provisioner,
  }
  return client.update(persistentVolumeClaims, { ...claim, metadata: { ...claim.metadata, annotations } })
}

async function provisionLocalPath(
  claim: PersistentVolumeClaim,
  storageClass: StorageClass,
  ctx: ReconcileContext,
): Promise<ReconcileResult> {
  const nodeName = claim.metadata.annotations?.[volumeAnnotations.selectedNode] ?? ''
  const planned = planLocalPathVolume({ claim, storageClass, node: ctx.cache(nodes).get({ namespace: '', name: nodeName }) })
  if ('problem' in planned) {
    const message = `Failed to provision volume with StorageClass "${storageClass.metadata.name}": ${planned.problem}`
    ctx.recorder.event(claim, 'Warning', 'ProvisioningFailed', message)
    if (planned.needsOtherNode) await unselectNode(claim, ctx)
    return again(tryAgainMs)
  }
  try {
    await ctx.client.create(persistentVolumes, planned.volume)
  } catch (error) {
    // Made before, by a reconcile that was interrupted: binding goes on from it.
    if (!isApiError(error, 'AlreadyExists')) throw error
    return done
  }
  const message = `Successfully provisioned volume ${planned.volume.metadata.name} using ${localPath.provisioner}`
  ctx.recorder.event(claim, 'Normal', 'ProvisioningSucceeded', message)
  return done
}

/** Lets the scheduler choose again. */
async function unselectNode(claim: PersistentVolumeClaim, { client }: ReconcileContext): Promise<void> {
  const { [volumeAnnotations.selectedNode]: selected, ...annotations } = claim.metadata.annotations ?? {}
  if (selected === undefined) return
  await client.update(persistentVolumeClaims, { ...claim, metadata: { ...claim.metadata, annotations } })
}
