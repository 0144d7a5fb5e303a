import {
  canBeReserved,
  deviceClasses,
  isReservedFor,
  matchesNodeSelector,
  resourceClaimNamesOf,
  type Node,
  type ResourceClaim,
} from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import type { Clock } from '@quarterdeck/controller-runtime'

import type { Plugin } from '../../framework/plugin.ts'
import { unresolvable, type Rejection } from '../../framework/rejection.ts'
import type { PluginCaches } from '../../plugin-caches.ts'
import { awaitDevices } from './await-devices.ts'
import { claimsOfPod } from './claims-of-pod.ts'
import { deviceReadinessOf } from './device-readiness.ts'
import { releaseClaim, reserveClaim } from './reserve-claim.ts'

const name = 'DynamicResources'
const notAllocated = unresolvable('cannot allocate all claims')
const notOnNode = unresolvable('resourceclaim not available on the node')

export interface DynamicResourcesOptions {
  caches: PluginCaches
  clock: Clock
  client: Pick<Client, 'patch'>
}

/**
 * Places Pods where the devices of their claims can be reached, and reserves the claims for them. Who gives claims their devices is
 * another: a driver's controller, or another scheduler. Until it did, no node is right.
 */
export function createDynamicResources({ caches, clock, client }: DynamicResourcesOptions): Plugin {
  const reservedKey = `${name} reserved`
  return {
    name,
    preEnqueue: ({ pod }) => {
      if (!pod.spec.resourceClaims?.length) return undefined
      const found = claimsOfPod(pod, caches)
      return 'problem' in found ? unresolvable(found.problem) : undefined
    },
    preFilter: ({ pod }, _snapshot, state) => {
      if (!pod.spec.resourceClaims?.length) return 'skip'
      const found = claimsOfPod(pod, caches)
      if ('problem' in found) return unresolvable(found.problem)
      if (found.claims.length === 0) return 'skip'
      for (const claim of found.claims) {
        if (claim.status.allocation && !canBeReserved(claim) && !isReservedFor(claim, pod)) return unresolvable('resourceclaim in use')
        const missing = claim.status.allocation ? undefined : missingClass(claim, caches)
        if (missing) return missing
      }
      state.set(name, found.claims)
      return undefined
    },
    filter: (_pod, { node }, state) => {
      const claims = state.get<ResourceClaim[]>(name) ?? []
      if (!claims.every((claim) => isUsableOn(claim, node))) return notOnNode
      return claims.every(({ status }) => status.allocation) ? undefined : notAllocated
    },
    preBind: ({ pod }, _nodeName, { state, signal }) => {
      const claims = state.get<ResourceClaim[]>(name)
      if (!claims) return undefined
      const reserved: ResourceClaim[] = []
      state.set(reservedKey, reserved)
      const prepare = async (): Promise<undefined> => {
        for (const claim of claims) {
          if (isReservedFor(claim, pod)) continue
          reserved.push(claim)
          await reserveClaim(client, claim, pod)
        }
        await awaitDevices(claims, { caches, clock, signal })
      }
      return prepare()
    },
    // Where it fails the entry stays until the Pod is gone, or is tried again: the claim is the Pod's so long.
    unreserve: ({ pod }, _nodeName, state) => {
      for (const claim of state.get<ResourceClaim[]>(reservedKey) ?? []) void releaseClaim(client, claim, pod).catch(() => {})
    },
    hints: {
      'node added': () => true,
      'node changed': ({ changes }) => changes.has('labels'),
      ResourceClaim: {
        keysOf: ({ pod, namespace }) => resourceClaimNamesOf(pod).map((claimName) => `${namespace}/${claimName}`),
        mayHelp: ({ object, old }) => object !== undefined && hasOtherStatus(object, old),
      },
      DeviceClass: ({ object }, pod) => object !== undefined && (pod.pod.spec.resourceClaims?.length ?? 0) > 0,
      'pod itself': ({ old }, { pod }) =>
        JSON.stringify(old.pod.status.resourceClaimStatuses) !== JSON.stringify(pod.status.resourceClaimStatuses),
    },
    explain: (_pod, { node }, state) =>
      (state.get<ResourceClaim[]>(name) ?? [])
        .filter((claim) => !claim.status.allocation || !isUsableOn(claim, node))
        .map(
          (claim) =>
            `claim ${claim.metadata.name} ${claim.status.allocation ? 'has devices that cannot be reached from the node' : 'has no devices yet'}`,
        )
        .join('; '),
  }
}

function isUsableOn(claim: ResourceClaim, node: Node): boolean {
  const { allocation } = claim.status
  if (!allocation) return true
  if (allocation.nodeSelector && !matchesNodeSelector(allocation.nodeSelector, node)) return false
  return typeof deviceReadinessOf(claim) === 'string'
}

function missingClass({ spec }: ResourceClaim, caches: PluginCaches): Rejection | undefined {
  for (const { name: request, exactly, firstAvailable = [] } of spec.devices?.requests ?? []) {
    const wanted = exactly ? [{ request, className: exactly.deviceClassName }] : []
    wanted.push(...firstAvailable.map((choice) => ({ request: `${request}/${choice.name}`, className: choice.deviceClassName })))
    const missing = wanted.find(({ className }) => !caches.cache(deviceClasses).get({ namespace: '', name: className }))
    if (missing) return unresolvable(`request ${missing.request}: device class ${missing.className} does not exist`)
  }
  return undefined
}

/** Whether a claim is new, or was given devices or users, or has others. */
const hasOtherStatus = (object: KubeObject, old: KubeObject | undefined): boolean =>
  !old || JSON.stringify((old as ResourceClaim).status) !== JSON.stringify((object as ResourceClaim).status)
