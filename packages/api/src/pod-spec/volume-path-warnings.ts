import type { V1Volume, V1VolumeProjection } from '../generated/types.ts'

interface SourcePath {
  path: string
  /** Which source of a projected volume it is of; empty in a volume of one source. */
  source: string
}

/** Of files of one volume that would be written over each other, or into each other's place. */
export function volumePathWarnings(volumes: readonly V1Volume[] = []): string[] {
  return volumes.flatMap((volume) => [
    ...overlaps(volume.name, `ConfigMap ${quoted(volume.configMap?.name)}`, pathsOf(volume.configMap?.items)),
    ...overlaps(volume.name, `Secret ${quoted(volume.secret?.secretName)}`, pathsOf(volume.secret?.items)),
    ...overlaps(volume.name, 'DownwardAPI', pathsOf(volume.downwardAPI?.items)),
    ...projectedWarnings(volume),
  ])
}

const quoted = (text = ''): string => JSON.stringify(text)

const pathsOf = (items: readonly { path: string }[] = [], source = ''): SourcePath[] => items.map(({ path }) => ({ path, source }))

function projectedWarnings({ name, projected }: V1Volume): string[] {
  if (!projected) return []
  const empty = (projected.sources ?? []).filter((source) => Object.keys(source).length === 0)
  return [
    ...empty.map(() => `volume ${quoted(name)} (Projected) has no sources provided`),
    ...overlaps(name, 'Projected', (projected.sources ?? []).flatMap(projectedPaths)),
  ]
}

function projectedPaths({
  configMap,
  secret,
  downwardAPI,
  serviceAccountToken,
  clusterTrustBundle,
  podCertificate,
}: V1VolumeProjection): SourcePath[] {
  const certificates: [path: string | undefined, source: string][] = [
    [serviceAccountToken?.path, 'ServiceAccountToken'],
    [clusterTrustBundle?.path, `ClusterTrustBundle ${quoted(clusterTrustBundle?.name ?? clusterTrustBundle?.signerName)}`],
    [podCertificate?.certificateChainPath, 'PodCertificate chain'],
    [podCertificate?.keyPath, 'PodCertificate key'],
    [podCertificate?.credentialBundlePath, 'PodCertificate credential bundle'],
  ]
  return [
    ...pathsOf(configMap?.items, `ConfigMap ${quoted(configMap?.name)}`),
    ...pathsOf(secret?.items, `Secret ${quoted(secret?.name)}`),
    ...pathsOf(downwardAPI?.items, 'DownwardAPI'),
    ...certificates.flatMap(([path, source]) => (path ? [{ path, source }] : [])),
  ]
}

/** So many files of one volume are compared with each other. */
const maxCompared = 1000
/** Told of one volume: more than fit in an answer. */
const maxOverlaps = 100

function overlaps(volume: string, what: string, paths: readonly SourcePath[]): string[] {
  const seen: SourcePath[] = []
  const warnings: string[] = []
  for (const { path: given, source } of paths.slice(0, maxCompared)) {
    if (warnings.length > maxOverlaps) break
    const path = withoutSlashesAtEnd(given)
    if (!path) continue
    const start = `${path}/`
    for (const other of seen)
      if (other.path === path || other.path.startsWith(start) || start.startsWith(`${other.path}/`))
        warnings.push(`volume ${quoted(volume)} (${what}): overlapping paths: ${text({ path, source })} with ${text(other)}`)
    seen.push({ path, source })
  }
  return warnings
}

/** No expression: one would try every run of slashes of a long path. */
function withoutSlashesAtEnd(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end--
  return path.slice(0, end)
}

const text = ({ path, source }: SourcePath): string => quoted(path) + (source ? ` (${source})` : '')
