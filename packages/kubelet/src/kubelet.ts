import { mkdir, readFile } from 'node:fs/promises'

import { localPath, nodes, type Pod, pods, type Service } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'
import { createEventSink, createInformer, createLogger, type Informer, type Logger, realClock } from '@quarterdeck/controller-runtime'
import type { ContainerRuntime } from '@quarterdeck/runtime'

import { PodAdmission } from './admission/pod-admission.ts'
import { parseResolvConf } from './containers/name-resolution.ts'
import { ImagePuller } from './images/image-puller.ts'
import { authFor } from './images/registry-auth.ts'
import type { NodeContext } from './node-context.ts'
import { hostAddresses, readMachine } from './node/machine.ts'
import { createNodeLease } from './node/lease.ts'
import { NodeReporter } from './node/node-reporter.ts'
import { reportUsage } from './node/usage-reporter.ts'
import { ReferencedObjects } from './objects/referenced-objects.ts'
import { PodFolders } from './pods/pod-folders.ts'
import { isTerminalPhase } from './pods/pod-model.ts'
import { PodWorkers } from './pods/pod-workers.ts'
import { createKubeletHandler, type KubeletHandler } from './server/kubelet-handler.ts'
import { StatsCollector } from './server/stats.ts'
import { ClaimedVolumes } from './volumes/claimed-volumes.ts'
import { LocalVolumes } from './volumes/local-volumes.ts'
import { PodVolumes } from './volumes/pod-volumes.ts'
import { reclaimLocalVolumes } from './volumes/reclaim-local-volumes.ts'
import { ServiceAccountTokens } from './volumes/service-account-tokens.ts'
import { VolumeUsers } from './volumes/volume-users.ts'

export interface KubeletOptions {
  client: Client
  runtime: ContainerRuntime
  nodeName: string
  /** Holds the pods' volumes. Made if it is not there. */
  dataDir: string
  /** All services: shared with the node's proxy and DNS. */
  services: Informer<Service>
  labels?: Record<string, string>
  /** Addresses of this machine; found by themselves if absent. */
  addresses?: readonly string[]
  clusterDns?: { address: string | undefined; domain: string }
  log?: Logger
  signal: AbortSignal
}

export interface Kubelet {
  /** Answers logs, stats and the like; to be put behind the tunnel. */
  handler: KubeletHandler
  /** The pods of this node, as the API has them. */
  pods: Informer<Pod>
  /** Whether the cluster has not heard of this node for so long that it may take it for dead. */
  isCutOff(): boolean
  /** Resolves when the node is registered and its pods are known. */
  started: Promise<void>
  /** Resolves when it has stopped; the pods run on. */
  stopped: Promise<void>
}

/** Longest wait at the end for what is in the middle of something. It is taken up again at the next start. */
const stopWithinMs = 1_000

/** Runs a node until the signal aborts. */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { client, runtime, nodeName, signal, dataDir, log = createLogger('kubelet') } = options
  await mkdir(dataDir, { recursive: true })
  const [info, machine] = await Promise.all([runtime.info(), readMachine(dataDir)])
  const addresses = options.addresses ?? hostAddresses()
  const sink = createEventSink(client, { log })
  const local = new LocalVolumes(dataDir)
  const reporter = new NodeReporter({
    client,
    runtime,
    info,
    machine,
    dataDir,
    nodeName,
    addresses,
    labels: options.labels ?? {},
    annotations: { [localPath.folderAnnotation]: local.folder },
    recorder: sink.recorder('kubelet', nodeName),
    clock: realClock,
    log,
    signal,
  })
  const folders = new PodFolders(dataDir)
  const users = new VolumeUsers(folders)
  const claimed = new ClaimedVolumes({ users, local, readNode: () => client.get(nodes, { namespace: '', name: nodeName }) })
  const objects = new ReferencedObjects({ client, log, signal, onChange: (uid) => workers.objectChanged(uid) })
  const context: NodeContext = {
    nodeName,
    client,
    runtime,
    info,
    clock: realClock,
    log,
    recorder: sink.recorder('kubelet', nodeName),
    hostIps: addresses,
    dns: await clusterDnsOf(options),
    admission: new PodAdmission(client, nodeName),
    folders,
    volumes: new PodVolumes(folders, claimed),
    objects,
    tokens: new ServiceAccountTokens(client),
    images: new ImagePuller({ runtime, clock: realClock, authFor }),
    services: () => options.services.list(),
    networkNotReady: () => reporter.networkProblem(),
    allocatable: { cpu: info.cpus, memoryBytes: info.memoryBytes, ephemeralBytes: machine.diskBytes },
    signal,
  }
  const workers: PodWorkers = new PodWorkers(context)
  const informer = createInformer(client, pods, { fieldSelector: `spec.nodeName=${nodeName}`, signal, log })
  const stats = new StatsCollector({ runtime, pods: informer, clock: realClock, nodeName })
  const lease = createNodeLease({ client, nodeName, clock: realClock, log, signal })
  const registered = Promise.withResolvers<void>()
  const loops = [
    reporter.run(() => registered.resolve()),
    registered.promise.then(() => lease.run()),
    Promise.all([registered.promise, informer.synced()]).then(() =>
      reportUsage({ client, stats, nodeName, clock: realClock, log, signal }),
    ),
    registered.promise.then(() => followPods({ informer, workers, services: options.services, admission: context.admission, signal })),
  ]
  const { recorder, clock } = context
  loops.push(registered.promise.then(() => reclaimLocalVolumes({ client, nodeName, local, users, recorder, clock, log, signal })))
  signal.addEventListener('abort', () => registered.resolve(), { once: true })
  return {
    handler: createKubeletHandler({ runtime, pods: informer, stats, clock: realClock }),
    pods: informer,
    isCutOff: () => lease.hasLapsed(),
    started: Promise.all([registered.promise, informer.synced()]).then(() => undefined),
    stopped: stopAfter(loops, async () => {
      await Promise.all([workers.stop(), sink.stop(stopWithinMs)])
    }),
  }
}

interface FollowPods {
  informer: Informer<Pod>
  workers: PodWorkers
  services: Informer<Service>
  admission: PodAdmission
  signal: AbortSignal
}

async function followPods({ informer, workers, services, admission, signal }: FollowPods): Promise<void> {
  // Environments hold the services: none may be made before they are known.
  await Promise.all([informer.synced(), services.synced()])
  if (signal.aborted) return
  for (const pod of informer.list()) if (pod.status.startTime !== undefined && !isTerminalPhase(pod.status.phase)) admission.take(pod)
  informer.onChange((change) => {
    if (change.type === 'deleted') workers.remove(change.object.metadata.uid)
    else workers.put(change.object)
  })
  await workers.followRuntime()
}

async function stopAfter(loops: Promise<void>[], stop: () => Promise<void>): Promise<void> {
  await Promise.all(loops)
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, stopWithinMs)
  await Promise.race([stop(), promise])
  clearTimeout(timer)
}

async function clusterDnsOf({ clusterDns }: KubeletOptions): Promise<NodeContext['dns']> {
  const host = parseResolvConf(await readFile('/etc/resolv.conf', 'utf8').catch(() => ''))
  return { address: clusterDns?.address, domain: clusterDns?.domain ?? 'cluster.local', host }
}
