import { networkSetting, numberSetting, requiredSetting, setting } from '@quarterdeck/process'

export interface WebSettings {
  databaseUrl: string
  /** Plain HTTP: the dashboard, for a browser on this machine or a proxy before it. */
  dashboard: { host: string; port: number }
  /** TLS: the Kubernetes API and the node tunnels. */
  api: { host: string; port: number }
  serviceCidr: string
  /** Where kubeconfigs and the first password are written; absent: nowhere. */
  credentialsDir: string | undefined
  /** Name of the node that gets a kubeconfig in credentialsDir. */
  nodeName: string | undefined
  /** Further names and addresses for the serving certificate. */
  hosts: string[]
  isDevelopment: boolean
}

/** The only place that reads web's environment. Throws SettingError. */
export function readSettings(): WebSettings {
  return {
    databaseUrl: requiredSetting('DATABASE_URL', 'the Postgres database that holds the cluster'),
    dashboard: { host: setting('QUARTERDECK_HOST') ?? '127.0.0.1', port: numberSetting('QUARTERDECK_PORT', 7780) },
    api: { host: setting('QUARTERDECK_API_HOST') ?? '0.0.0.0', port: numberSetting('QUARTERDECK_API_PORT', 6443) },
    serviceCidr: networkSetting('QUARTERDECK_SERVICE_CIDR') ?? '10.96.0.0/16',
    credentialsDir: setting('QUARTERDECK_CREDENTIALS_DIR'),
    nodeName: setting('QUARTERDECK_NODE_NAME'),
    hosts: (setting('QUARTERDECK_API_HOSTS') ?? '').split(',').filter(Boolean),
    isDevelopment: process.env.NODE_ENV === 'development',
  }
}
