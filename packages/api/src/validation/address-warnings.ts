import { isIPv6 } from 'node:net'

/** Of an IPv6 address that is not in its usual form (RFC 5952), by which others may look for it. */
export function addressWarnings(address: string, field: string): string[] {
  if (!isIPv6(address) || address.includes('%')) return []
  const usual = usualAddress(address)
  if (usual === address) return []
  return [`${field}: IPv6 address ${JSON.stringify(address)} should be in RFC 5952 canonical format (${JSON.stringify(usual)})`]
}

export const usualAddress = (ipv6: string): string => new URL(`http://[${ipv6}]`).hostname.slice(1, -1)
