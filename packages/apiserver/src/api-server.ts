import { pods, secrets, serviceAccounts, tokenLastUsedLabel } from '@quarterdeck/api'
import { ApiError, type KubeObject, type ObjectKey } from '@quarterdeck/api-machinery'
import type { Client, PatchType } from '@quarterdeck/client'
import type { ObjectStore } from '@quarterdeck/storage'

import type { AdmissionPlugin } from './admission/admission.ts'
import { claimResize } from './admission/claim-resize.ts'
import { defaultStorageClass } from './admission/default-storage-class.ts'
import { defaultTolerations } from './admission/default-tolerations.ts'
import { runtimeClass } from './admission/runtime-class.ts'
import { deviceAdminAccess } from './admission/device-admin-access.ts'
import { limitRanger } from './admission/limit-ranger.ts'
import { namespaceLifecycle } from './admission/namespace-lifecycle.ts'
import { priority } from './admission/priority.ts'
import { nodeVolumes } from './admission/node-volumes.ts'
import { resourceQuota } from './admission/resource-quota.ts'
import { serviceAccountAdmission } from './admission/service-account.ts'
import { createServiceAllocation } from './admission/service-allocation.ts'
import { storageProtection } from './admission/storage-protection.ts'
import { topologyLabels } from './admission/topology-labels.ts'
import { createTokenSecrets } from './admission/token-secrets.ts'
import { ApiCore } from './api-core.ts'
import { applyAll, type ApplyAllOptions, type AppliedObject } from './apply-all.ts'
import { openSessions, type Sessions } from './auth/sessions.ts'
import type { Authorizer } from './auth/authorizer.ts'
import { builtInAuthorizer } from './auth/built-in-authorizer.ts'
import type { SecretTokenUse } from './auth/secret-tokens.ts'
import type { ServiceAccountTokens } from './auth/service-account-tokens.ts'
import { apiServerUser, type User } from './auth/user.ts'
import { bootstrapCluster, type ClusterIdentity } from './bootstrap.ts'
import { openServiceAccountTokens } from './auth/service-account-tokens.ts'
import { createInProcessClient } from './in-process-client.ts'
import { KindRegistry } from './kind-registry.ts'
import type { ApiRequest } from './request.ts'
import { createApiMetrics, type ApiMetrics } from './rest/metrics.ts'
import { bind } from './subresources/binding.ts'
import { evict } from './subresources/eviction.ts'
import { finalizeNamespace } from './subresources/finalize.ts'
import { patchScale } from './subresources/scale.ts'
import { explainScheduling, type ExplanationQuery } from './subresources/scheduling.ts'
import { requestToken } from './subresources/token.ts'
import type { WriteResult } from './verbs/commit-plan.ts'
import { WorkerLink } from './worker-link.ts'

export interface ApiServerOptions {
  store: ObjectStore
  authorizer?: Authorizer
  /** Where Services get their cluster IPs; IPv4. Default 10.96.0.0/16. */
  serviceCidr?: string
  /** Inclusive. Default 30000–32767. */
  nodePortRange?: { first: number; last: number }
}

/** The API server as a library: the request pipeline over a store. web puts it on sockets, worker calls it in process. */
export interface ApiServer {
  core: ApiCore
  identity: ClusterIdentity
  tokens: ServiceAccountTokens
  /** A client that acts as `user`; `name` is what its changes are signed with. */
  clientFor(user: User, name: string): Client
  /** POST to a subresource that takes an object of another kind. Throws NotFound for one that the kind does not have. */
  createSubresource(request: ApiRequest, body: unknown): Promise<unknown>
  finalize(request: ApiRequest, object: KubeObject): Promise<WriteResult>
  patchScale(request: ApiRequest, body: unknown, type: PatchType): Promise<unknown>
  /** Applies several objects in one transaction. Throws ApplyError. */
  applyAll(user: User, documents: readonly { object: unknown }[], options: ApplyAllOptions): Promise<AppliedObject[]>
  sessions: Sessions
  /** The figures of this process; its REST handler counts into them. */
  metrics: ApiMetrics
  /** To the worker that leads. */
  worker: WorkerLink
  /** Why a pod is where it is, or is not, as JSON. */
  explainScheduling(user: User, pod: ObjectKey, query?: ExplanationQuery): Promise<string>
}

/** Opens the pipeline over a store, making the cluster's first objects (namespaces, authority, keys) where they are missing. */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { store, authorizer = builtInAuthorizer, serviceCidr = '10.96.0.0/16', nodePortRange = { first: 30_000, last: 32_767 } } = options
  const server = { metrics: createApiMetrics() } as ApiServer
  const admission: AdmissionPlugin[] = [
    namespaceLifecycle,
    limitRanger,
    serviceAccountAdmission,
    priority,
    defaultTolerations,
    runtimeClass,
    topologyLabels,
    defaultStorageClass,
    storageProtection,
    claimResize,
    nodeVolumes,
    deviceAdminAccess,
    createTokenSecrets(() => ({ tokens: server.tokens, caPem: server.identity.authority.certificatePem })),
    createServiceAllocation({ serviceCidr, nodePortRange }),
    resourceQuota,
  ]
  const core = new ApiCore({ store, registry: new KindRegistry(), authorizer, admission })
  server.core = core
  server.clientFor = (user, name) => createInProcessClient(server, user, name)
  server.finalize = (request, object) => finalizeNamespace(core, request, object)
  server.patchScale = (request, body, type) => patchScale(core, request, body, type)
  server.createSubresource = (request, body) => createSubresource(server, request, body)
  server.identity = await bootstrapCluster(server.clientFor(apiServerUser, 'apiserver'), serviceCidr)
  server.worker = new WorkerLink(core, server.identity.authority)
  server.explainScheduling = (user, pod, query = {}) =>
    explainScheduling(core, server.worker, {
      request: { ...pod, user, client: '', kind: pods, subresource: 'scheduling', dryRun: false, fieldValidation: 'Ignore', warnings: [] },
      query,
    })
  server.applyAll = (user, documents, applyOptions) => applyAll(core, user, documents, applyOptions)
  server.sessions = await openSessions(store, server.clientFor(apiServerUser, 'apiserver'))
  server.tokens = openServiceAccountTokens({
    reader: core,
    signingKeyPem: server.identity.serviceAccountSigningKeyPem,
    onSecretTokenUse: (use) => void noteUse(server.clientFor(apiServerUser, 'apiserver'), use),
  })
  return server
}

/** Not worth a request: where it fails, the next use tells again. */
async function noteUse(client: Client, { namespace, secretName, day }: SecretTokenUse): Promise<void> {
  const labels = { [tokenLastUsedLabel]: day }
  await client.patch(secrets, { namespace, name: secretName }, { metadata: { labels } }, { type: 'merge' }).catch(() => {})
}

async function createSubresource(server: ApiServer, request: ApiRequest, body: unknown): Promise<unknown> {
  const { core } = server
  switch (`${request.kind.resource}/${request.subresource}`) {
    case `${pods.resource}/binding`:
      await bind(core, request, body)
      return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
    case `${pods.resource}/eviction`:
      await evict(core, request, body)
      return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
    case `${serviceAccounts.resource}/token`:
      return requestToken(core, server.tokens, request, body)
    default:
      throw new ApiError('NotFound', 'the server could not find the requested resource')
  }
}
