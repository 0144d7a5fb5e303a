import { derivedKinds, reviewKinds, secrets, tokenLastUsedLabel } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'
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
import { nodeRestriction } from './admission/node-restriction.ts'
import { createRbacEscalation } from './admission/rbac-escalation.ts'
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
import { openAuthorizer } from './auth/open-authorizer.ts'
import { ensureBootstrapPolicy } from './auth/rbac/policy/ensure-policy.ts'
import { ServerKeys } from './auth/server-keys.ts'
import type { SecretTokenUse } from './auth/secret-tokens.ts'
import type { ServiceAccountTokens } from './auth/service-account-tokens.ts'
import { apiServerUser, type User } from './auth/user.ts'
import { bootstrapCluster, type ClusterIdentity } from './bootstrap.ts'
import { derivedEndpoints } from './endpoints/derived-endpoints.ts'
import { EndpointTable } from './endpoints/endpoint-table.ts'
import { mainEndpoints } from './endpoints/main-endpoints.ts'
import { reviewEndpoints } from './endpoints/review-endpoints.ts'
import { openServiceAccountTokens } from './auth/service-account-tokens.ts'
import { createInProcessClient } from './in-process-client.ts'
import { KindRegistry } from './kind-registry.ts'
import { createApiMetrics, type ApiMetrics } from './rest/metrics.ts'
import { subresources } from './subresources/index.ts'
import { noNodes, type NodeConnections } from './node-connections.ts'
import { WorkerLink } from './worker-link.ts'

export interface ApiServerOptions {
  store: ObjectStore
  authorizer?: Authorizer
  /** The agents of the nodes; absent: none can be asked. */
  nodes?: NodeConnections
  /** Where Services get their cluster IPs; IPv4. Default 10.96.0.0/16. */
  serviceCidr?: string
  /** Inclusive. Default 30000–32767. */
  nodePortRange?: { first: number; last: number }
}

/** The API server as a library: the request pipeline over a store. web puts it on sockets, worker calls it in process. */
export interface ApiServer {
  core: ApiCore
  /** Everything that can be asked. */
  endpoints: EndpointTable
  nodes: NodeConnections
  identity: ClusterIdentity
  tokens: ServiceAccountTokens
  /** A client that acts as `user`; `name` is what its changes are signed with. */
  clientFor(user: User, name: string): Client
  /** Applies several objects in one transaction. Throws ApplyError. */
  applyAll(user: User, documents: readonly { object: unknown }[], options: ApplyAllOptions): Promise<AppliedObject[]>
  sessions: Sessions
  /** The figures of this process; its REST handler counts into them. */
  metrics: ApiMetrics
  /** To the worker that leads. */
  worker: WorkerLink
}

/** Opens the pipeline over a store, making the cluster's first objects (namespaces, authority, keys) where they are missing. */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { store, serviceCidr = '10.96.0.0/16', nodePortRange = { first: 30_000, last: 32_767 } } = options
  const server = { metrics: createApiMetrics() } as ApiServer
  const { chain, rbac } = await openAuthorizer(store)
  const authorizer = options.authorizer ?? chain
  const admission: AdmissionPlugin[] = [
    namespaceLifecycle,
    nodeRestriction,
    limitRanger,
    serviceAccountAdmission,
    priority,
    defaultTolerations,
    runtimeClass,
    topologyLabels,
    defaultStorageClass,
    storageProtection,
    claimResize,
    deviceAdminAccess,
    createTokenSecrets(() => ({ tokens: server.tokens, caPem: server.identity.authority.certificatePem })),
    createServiceAllocation({ serviceCidr, nodePortRange }),
    createRbacEscalation({ authorizer, heldRules: (user, namespace) => rbac.heldRules(user, namespace) }),
    resourceQuota,
  ]
  const core = new ApiCore({ store, registry: new KindRegistry(), authorizer, admission })
  server.core = core
  server.nodes = options.nodes ?? noNodes
  server.endpoints = new EndpointTable({
    main: mainEndpoints,
    subresources,
    own: new Map([
      ...derivedKinds.map((derived) => [derived.kind, derivedEndpoints(derived)] as const),
      ...reviewKinds.map((kind) => [kind, reviewEndpoints()] as const),
    ]),
  })
  server.clientFor = (user, name) => createInProcessClient(server, user, name)
  const keys = new ServerKeys(store)
  server.identity = await bootstrapCluster(server.clientFor(apiServerUser, 'apiserver'), keys, serviceCidr)
  await ensureBootstrapPolicy(server.clientFor(apiServerUser, 'apiserver'))
  server.worker = new WorkerLink(core, server.identity.authority)
  server.applyAll = (user, documents, applyOptions) => applyAll(core, user, documents, applyOptions)
  server.sessions = await openSessions(store, keys, server.clientFor(apiServerUser, 'apiserver'))
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
