import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'

import { controllerManager, createApiServer, workerAddressAnnotation } from '@quarterdeck/apiserver'
import { createLogger } from '@quarterdeck/controller-runtime'
import { runProcess } from '@quarterdeck/process'
import { createScheduler } from '@quarterdeck/scheduler'
import { openPostgresStore } from '@quarterdeck/storage'

import { createMetrics } from './metrics.ts'
import { keepRetention } from './retention.ts'
import { readSchedulerConfiguration } from './read-scheduler-configuration.ts'
import { runWorker } from './run-worker.ts'
import { readSettings } from './settings.ts'
import { startStatusServer } from './status-server.ts'

runProcess('worker', async (signal) => {
  const settings = readSettings()
  const log = createLogger('worker', settings.logLevel)
  const metrics = createMetrics()
  const store = await openPostgresStore({ connectionString: settings.databaseUrl, keepsText: false })
  const server = await createApiServer({ store, serviceCidr: settings.serviceCidr })
  const scheduler = createScheduler({
    metrics: metrics.scheduler,
    configuration: readSchedulerConfiguration(settings.schedulerConfigPath),
  })
  metrics.watchScheduler(scheduler)
  const kinds = () => server.core.registry.kinds
  const status = await startStatusServer(settings.statusPort, { authority: server.identity.authority, metrics, scheduler, kinds })
  log.info('worker is running', { status: `https://${status.addresses[0]}` })

  await runWorker({
    client: server.clientFor(controllerManager, 'kube-controller-manager'),
    identity: settings.identity ?? `${hostname()}_${process.pid}_${randomUUID()}`,
    leaseSeconds: settings.leaseSeconds,
    signal,
    scheduler,
    kinds,
    log,
    metrics: metrics.runtime,
    controllers: {
      caCertificate: server.identity.authority.certificatePem,
      loadBalancer: { pool: settings.loadBalancerPool },
      nodeHealth: { graceMs: settings.nodeGraceMs },
      nodeIpam: { clusterCidr: settings.clusterCidr, nodePrefixLength: settings.nodePrefixLength },
    },
    annotations: { [workerAddressAnnotation]: status.addresses.join(',') },
    alsoLead: (term) => keepRetention(store, { historyDays: settings.historyDays, log, signal: term }),
  })
  await status.close()
  await store.close()
})
