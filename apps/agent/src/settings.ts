import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { readKubeconfig } from '@quarterdeck/client'
import { defaultSocketPath } from '@quarterdeck/docker-runtime'
import { defaultNodeName } from '@quarterdeck/kubelet'

/** How the agent proves who it is to the API. */
export interface Credentials {
  caPem: string | undefined
  certificatePem: string | undefined
  keyPem: string | undefined
  token: (() => string) | undefined
}

export interface AgentSettings {
  apiUrl: string
  tunnelUrl: string
  credentials: Credentials
  nodeName: string
  labels: Record<string, string>
  dataDir: string
  dockerSocket: string
  clusterDns: string
  clusterDomain: string
  serviceCidr: string
  nodesSimulated: number
  runsNode: boolean
  runsProxy: boolean
  runsDns: boolean
  teardown: boolean
  /** Names everything of this agent on the machine: the same for the same node name and data folder. */
  agentId: string
}

export const usage = `Usage: agent [options]     (each option may also be given as QD_AGENT_<NAME>)

  --api-url URL            the API server (https://127.0.0.1:6443)
  --kubeconfig FILE        where the API server is and this node's credential, instead of the next four
  --ca FILE                certificate authority of the API server
  --cert FILE --key FILE   client certificate of this node, or
  --token-file FILE        bearer token, read anew at every use
  --tunnel-url URL         where web takes the node's connection (derived from --api-url)
  --node-name NAME         name of this node (the host's name)
  --node-labels A=B,C=D    labels to register with
  --data-dir DIR           volumes of pods (/var/lib/quarterdeck/node)
  --docker-socket PATH     Docker Engine (${defaultSocketPath})
  --cluster-dns IP         address of the cluster DNS (10.96.0.10)
  --cluster-domain NAME    domain of the cluster (cluster.local)
  --service-cidr CIDR      addresses of services (10.96.0.0/16)
  --no-proxy --no-dns      leave out the service proxy, the cluster DNS
  --nodes-simulated N      play N more nodes; needs a credential that may write nodes other than its own
  --no-node                play simulated nodes only
  --teardown               remove everything of this node from the machine, and end
`

const options = {
  'api-url': { type: 'string' },
  kubeconfig: { type: 'string' },
  ca: { type: 'string' },
  cert: { type: 'string' },
  key: { type: 'string' },
  'token-file': { type: 'string' },
  'tunnel-url': { type: 'string' },
  'node-name': { type: 'string' },
  'node-labels': { type: 'string' },
  'data-dir': { type: 'string' },
  'docker-socket': { type: 'string' },
  'cluster-dns': { type: 'string' },
  'cluster-domain': { type: 'string' },
  'service-cidr': { type: 'string' },
  'nodes-simulated': { type: 'string' },
  'no-node': { type: 'boolean' },
  'no-proxy': { type: 'boolean' },
  'no-dns': { type: 'boolean' },
  teardown: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/** Flags first, then the environment, then defaults. Undefined if only help was asked for. Throws with one clear line. */
export async function readSettings(args: readonly string[], env: NodeJS.ProcessEnv): Promise<AgentSettings | undefined> {
  const { values } = parseArgs({ args: [...args], options, strict: true })
  if (values.help) return undefined
  const text = (name: Extract<keyof typeof values, string>): string | undefined => {
    const given = values[name] ?? env[`QD_AGENT_${name.toUpperCase().replaceAll('-', '_')}`]
    return typeof given === 'string' && given !== '' ? given : undefined
  }
  const file = (name: 'ca' | 'cert' | 'key'): string | undefined => {
    const path = text(name)
    return path === undefined ? undefined : readFileSync(path, 'utf8')
  }
  const kubeconfigFile = text('kubeconfig')
  const kubeconfig = kubeconfigFile === undefined ? undefined : await readKubeconfig(kubeconfigFile)
  const apiUrl = (text('api-url') ?? kubeconfig?.url ?? 'https://127.0.0.1:6443').replace(/\/$/, '')
  const nodeName = text('node-name') ?? defaultNodeName()
  const dataDir = resolve(text('data-dir') ?? '/var/lib/quarterdeck/node')
  const tokenFile = text('token-file')
  return {
    apiUrl,
    tunnelUrl: text('tunnel-url') ?? `${apiUrl.replace(/^http/, 'ws')}/tunnel/v1/nodes/${nodeName}`,
    credentials: {
      caPem: file('ca') ?? kubeconfig?.caPem,
      certificatePem: file('cert') ?? kubeconfig?.certificatePem,
      keyPem: file('key') ?? kubeconfig?.keyPem,
      token: tokenFile === undefined ? kubeconfig?.token : () => readFileSync(tokenFile, 'utf8').trim(),
    },
    nodeName,
    labels: labelsOf(text('node-labels')),
    dataDir,
    dockerSocket: text('docker-socket') ?? defaultSocketPath,
    clusterDns: text('cluster-dns') ?? '10.96.0.10',
    clusterDomain: text('cluster-domain') ?? 'cluster.local',
    serviceCidr: text('service-cidr') ?? '10.96.0.0/16',
    nodesSimulated: countOf(text('nodes-simulated')),
    runsNode: !values['no-node'],
    runsProxy: !values['no-proxy'],
    runsDns: !values['no-dns'],
    teardown: values.teardown ?? false,
    agentId: createHash('sha256').update(`${nodeName}\0${dataDir}`).digest('hex').slice(0, 8),
  }
}

function countOf(text: string | undefined): number {
  const count = Number(text ?? 0)
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`--nodes-simulated: ${text} is not a number of nodes`)
  return count
}

function labelsOf(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').filter(Boolean)
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at <= 0) throw new Error(`--node-labels: ${JSON.stringify(pair)} is not of the form key=value`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}
