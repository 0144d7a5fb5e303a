import { once } from 'node:events'

import { apiServerUser, createApiServer, createAuthenticator, createRestHandler } from '@quarterdeck/apiserver'
import { machineAddresses, runProcess } from '@quarterdeck/process'
import { openPostgresStore } from '@quarterdeck/storage'
import { createTunnelHub } from '@quarterdeck/tunnel'

import { firstAddressOf, servingHosts } from './addresses.ts'
import { writeCredentials } from './credentials.ts'
import { startDashboard } from './dashboard.ts'
import { keepKubernetesService } from './kubernetes-service.ts'
import { listen } from './listen.ts'
import { closeServer, createPlainServer, createTlsServer } from './listeners.ts'
import { readSettings } from './settings.ts'
import { createTunnelUpgrade } from './tunnels.ts'

const servingDays = 365

runProcess('web', async (signal) => {
  const settings = readSettings()
  const store = await openPostgresStore({ connectionString: settings.databaseUrl })
  const hub = createTunnelHub()
  const server = await createApiServer({ store, serviceCidr: settings.serviceCidr, nodes: hub })
  const authenticate = createAuthenticator(server.tokens)
  const dashboard = await startDashboard({ server, nodes: hub }, settings.isDevelopment)
  const tunnels = createTunnelUpgrade(hub, authenticate)
  const rest = createRestHandler({ server, authenticate })

  const { authority } = server.identity
  const serving = await authority.issueServer(servingHosts(settings.serviceCidr, settings.hosts), servingDays)
  const tls = createTlsServer(
    { key: serving.keyPem, cert: serving.certificatePem, ca: authority.certificatePem },
    {
      handle: rest.handle,
      isUpgradable: (url) => tunnels.isUpgradable(url) || rest.isUpgradable(url),
      upgrade: (request, socket, head) => tunnels.upgrade(request, socket, head) || rest.upgrade(request, socket, head),
    },
  )
  const plain = createPlainServer(dashboard)

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
