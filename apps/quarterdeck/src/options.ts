import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { SettingError } from '@quarterdeck/process'

export interface StartOptions {
  dataDir: string
  host: string
  port: number
  apiPort: number
  nodesSimulated: number
  mayInstall: boolean
  isDevelopment: boolean
  /** Stop every pod and remove what was made on this machine, instead of starting. */
  isTeardown: boolean
  nodeName: string | undefined
}

export const helpText = `Usage: npm start -- [options]

Starts Quarterdeck on this machine and prints the address of its dashboard.
Ctrl-C stops it; the pods keep running and are taken up again at the next start.

  --data DIR            where the database and the credentials are kept (default: .quarterdeck)
  --port PORT           port of the dashboard (default: 7780)
  --host ADDRESS        address the dashboard listens on (default: 127.0.0.1)
  --api-port PORT       port of the Kubernetes API, TLS (default: 6443)
  --node-name NAME      name of this machine's node, kept from the first start on (default: its host name)
  --nodes-simulated N   add N nodes that only pretend to run pods, for trying out scale (default: 0)
  --no-install          never install system packages; say what is missing instead
  --teardown            stop all pods, remove what was made on this machine except the data, and end
  --help                show this

With DATABASE_URL set, that Postgres is used instead of the embedded one.`

const maxSimulatedNodes = 10_000

/** Throws SettingError for an option that is unknown or wrong. `undefined` asks for the help text. */
export function parseOptions(args: readonly string[], root: string): StartOptions | undefined {
  const { values } = parse(args)
  if (values.help) return undefined
  if (values.data === '') throw new SettingError('--data must name a directory')
  const port = portOf(values.port, 7780, '--port')
  const apiPort = portOf(values['api-port'], 6443, '--api-port')
  if (port === apiPort) throw new SettingError(`--port and --api-port must differ: both are ${port}`)
  return {
    dataDir: resolve(root, values.data ?? '.quarterdeck'),
    host: values.host ?? '127.0.0.1',
    port,
    apiPort,
    nodesSimulated: numberOf(values['nodes-simulated'], { fallback: 0, max: maxSimulatedNodes, option: '--nodes-simulated' }),
    mayInstall: !values['no-install'],
    isDevelopment: values.dev ?? false,
    isTeardown: values.teardown ?? false,
    nodeName: values['node-name'],
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        host: { type: 'string' },
        port: { type: 'string' },
        'api-port': { type: 'string' },
        'node-name': { type: 'string' },
        'nodes-simulated': { type: 'string' },
        'no-install': { type: 'boolean' },
        teardown: { type: 'boolean' },
        dev: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new SettingError(`${(error as Error).message.split('.')[0]}. See npm start -- --help`)
  }
}

function portOf(text: string | undefined, fallback: number, option: string): number {
  return numberOf(text, { fallback, min: 1, max: 65_535, option })
}

interface NumberRule {
  fallback: number
  min?: number
  max: number
  option: string
}

function numberOf(text: string | undefined, { fallback, min = 0, max, option }: NumberRule): number {
  if (text === undefined) return fallback
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max))
    throw new SettingError(
      `${option} must be a whole number of ${min ? `at least ${min} and ` : ''}at most ${max}, not ${JSON.stringify(text)}`,
    )
  return value
}
