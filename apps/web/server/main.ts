import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { once } from 'node:events'

import { apiServerUser, createApiServer, createAuthenticator, createRestHandler, isRestPath } from '@quarterdeck/apiserver'
import { machineAddresses, runProcess } from '@quarterdeck/process'
import { openPostgresStore } from '@quarterdeck/storage'
import { createTunnelHub } from '@quarterdeck/tunnel'

import { firstAddressOf, servingHosts } from './addresses.ts'
import { writeCredentials } from './credentials.ts'
import { startDashboard } from './dashboard.ts'
import { keepKubernetesService } from './kubernetes-service.ts'
import { listen } from './listen.ts'
import { readSettings } from './settings.ts'
import { createTunnelUpgrade } from './tunnels.ts'

const servingDays = 365

runProcess('web', async (signal) => {
  const settings = readSettings()
  const store = await openPostgresStore({ connectionString: settings.databaseUrl })
  const server = await createApiServer({ store, serviceCidr: settings.serviceCidr })
  const hub = createTunnelHub()
  const authenticate = createAuthenticator(server.tokens)
  const rest = createRestHandler({ server, authenticate, nodes: hub })
  const dashboard = await startDashboard({ server, nodes: hub }, settings.isDevelopment)
  const upgrade = createTunnelUpgrade(hub, authenticate)
  const handle: RequestListener = (request, response) => {
    if (!rest(request, response)) dashboard.handle(request, response)
  }

  const { authority } = server.identity
  const serving = await authority.issueServer(servingHosts(settings.serviceCidr, settings.hosts), servingDays)
  const shouldUpgradeCallback = ({ url = '/' }: IncomingMessage): boolean => !isRestPath(url)
  const tls = createHttpsServer(
    {
      shouldUpgradeCallback,
      key: serving.keyPem,
      cert: serving.certificatePem,
      ca: [authority.certificatePem],
      requestCert: true,
      rejectUnauthorized: false,
    },
    handle,
  )
  const plain = createHttpServer({ shouldUpgradeCallback }, handle)
  for (const listener of [tls, plain])
    listener.on('upgrade', (request, socket, head) => void (upgrade(request, socket, head) || dashboard.upgrade(request, socket, head)))

  await listen(tls, settings.api)
  await listen(plain, settings.dashboard)
  if (settings.credentialsDir) {
    await writeCredentials(server, {
      dir: settings.credentialsDir,
      apiUrl: `https://127.0.0.1:${settings.api.port}`,
      nodeName: settings.nodeName,
    })
  }
  const kept = keepKubernetesService({
    client: server.clientFor(apiServerUser, 'apiserver'),
    clusterIP: firstAddressOf(settings.serviceCidr),
    address: machineAddresses()[0],
    port: settings.api.port,
    signal,
  })
  console.log(
    `web is listening: dashboard http://${settings.dashboard.host}:${settings.dashboard.port}, API https://${settings.api.host}:${settings.api.port}`,
  )

  await (signal.aborted ? undefined : once(signal, 'abort'))
  const closed = Promise.all([closeServer(tls), closeServer(plain), kept])
  // Tunnels and open tabs keep the servers from closing: upgraded connections are nobody's but theirs.
  hub.close()
  await dashboard.close()
  await closed
  await store.close()
})

/** Stops listening and ends what is open: watches resume elsewhere or later. */
function closeServer(server: Pick<Server, 'close' | 'closeAllConnections'>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
