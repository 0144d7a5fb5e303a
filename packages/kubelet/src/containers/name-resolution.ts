import type { Pod } from '@quarterdeck/api'

export interface ResolverConfig {
  nameservers: string[]
  searches: string[]
  options: string[]
}

export interface ClusterDns {
  /** Address of the cluster DNS server; undefined where there is none. */
  address: string | undefined
  /** `cluster.local` */
  domain: string
  /** Of the machine. */
  host: ResolverConfig
}

const maxNameservers = 3
const maxSearches = 32

export function parseResolvConf(text: string): ResolverConfig {
  const config: ResolverConfig = { nameservers: [], searches: [], options: [] }
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/)
    if (keyword === 'nameserver' && values[0]) config.nameservers.push(values[0])
    if (keyword === 'search' || keyword === 'domain') config.searches = values
    if (keyword === 'options') config.options = values
  }
  return config
}

/** The pod's /etc/resolv.conf after its dnsPolicy and dnsConfig. */
export function resolvConfOf(pod: Pod, dns: ClusterDns): string {
  const base = baseOf(pod, dns)
  const own = pod.spec.dnsConfig ?? {}
  const options = new Map(base.options.map((option) => [option.split(':')[0] ?? option, option]))
  for (const option of own.options ?? [])
    if (option.name)
      options.set(option.name, option.value === undefined || option.value === '' ? option.name : `${option.name}:${option.value}`)
  const nameservers = unique([...base.nameservers, ...(own.nameservers ?? [])]).slice(0, maxNameservers)
  const searches = unique([...base.searches, ...(own.searches ?? [])]).slice(0, maxSearches)
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...nameservers.map((address) => `nameserver ${address}`),
    ...(options.size > 0 ? [`options ${[...options.values()].join(' ')}`] : []),
    '',
  ].join('\n')
}

function baseOf(pod: Pod, dns: ClusterDns): ResolverConfig {
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst'
  if (policy === 'None') return { nameservers: [], searches: [], options: [] }
  const usesCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !pod.spec.hostNetwork)
  if (!usesCluster || dns.address === undefined) return dns.host
  const { namespace } = pod.metadata
  return {
    nameservers: [dns.address],
    searches: [`${namespace}.svc.${dns.domain}`, `svc.${dns.domain}`, dns.domain, ...dns.host.searches],
    options: ['ndots:5'],
  }
}

const unique = (values: readonly string[]): string[] => [...new Set(values)]

/** The short name of a pod: the first part of its name in DNS. */
export function hostnameOf(pod: Pod): string {
  return pod.spec.hostnameOverride ?? pod.spec.hostname ?? pod.metadata.name.slice(0, 63).replace(/[-.]+$/, '')
}

/** The whole name of a pod that has a subdomain. */
function fqdnOf(pod: Pod, domain: string): string | undefined {
  return pod.spec.subdomain ? `${hostnameOf(pod)}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${domain}` : undefined
}

/** What the kernel takes. */
const maxHostnameLength = 64

/** The name a pod's processes see as their host's. Throws if the whole name is asked for and too long. */
export function kernelHostnameOf(pod: Pod, domain: string): string {
  const fqdn = pod.spec.setHostnameAsFQDN ? fqdnOf(pod, domain) : undefined
  if (fqdn && fqdn.length > maxHostnameLength)
    throw new Error(
      `failed to construct FQDN from pod hostname and cluster domain, FQDN ${fqdn} is too long (${maxHostnameLength} characters is the max, ${fqdn.length} characters requested)`,
    )
  return fqdn ?? hostnameOf(pod)
}

/** The pod's /etc/hosts. `hostFile` is the machine's, for pods in its network. */
export function hostsFileOf(pod: Pod, options: { ips: readonly string[]; domain: string; hostFile: string }): string {
  const hostname = hostnameOf(pod)
  const names = [fqdnOf(pod, options.domain), hostname].filter((name) => name !== undefined).join('\t')
  const base = pod.spec.hostNetwork
    ? ['# Kubernetes-managed hosts file (host network).', options.hostFile.trimEnd()]
    : [
        '# Kubernetes-managed hosts file.',
        '127.0.0.1\tlocalhost',
        '::1\tlocalhost ip6-localhost ip6-loopback',
        'fe00::0\tip6-localnet',
        'fe00::0\tip6-mcastprefix',
        'fe00::1\tip6-allnodes',
        'fe00::2\tip6-allrouters',
        ...options.ips.map((ip) => `${ip}\t${names}`),
      ]
  const aliases = (pod.spec.hostAliases ?? []).map((alias) => `${alias.ip}\t${(alias.hostnames ?? []).join('\t')}`)
  return [...base, ...(aliases.length > 0 ? ['', '# Entries added by HostAliases.', ...aliases] : []), ''].join('\n')
}
