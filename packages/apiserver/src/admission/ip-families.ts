import { isIP, isIPv6 } from 'node:net'

import type { Service } from '@quarterdeck/api'
import { invalid, invalidField, type FieldError } from '@quarterdeck/api-machinery'

type Spec = Service['spec']

const known = ['IPv4', 'IPv6']
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']

/**
 * Completes what a Service says of its IP families from what the cluster has (`configured`, the default first), its own addresses and
 * what it said before. Throws Invalid if that can't be had. What is malformed is left to validation.
 */
export function completeIpFamilies(service: Service, old: Spec | undefined, configured: readonly string[]): void {
  const { spec } = service
  if (spec.type === 'ExternalName' || isSamePreference(spec, old)) return
  spec.ipFamilyPolicy ??= old?.ipFamilyPolicy ?? (isForeign(spec) ? 'RequireDualStack' : 'SingleStack')
  if (isMalformed(spec)) return
  if (spec.ipFamilyPolicy === 'SingleStack') dropSecond(spec, old)
  refuse(service, [...policyErrors(spec), ...inferFamilies(spec, configured)])
  if (!isForeign(spec)) refuse(service, clusterErrors(spec, configured))
  const families = spec.ipFamilies?.length ? spec.ipFamilies : configured.slice(0, 1)
  const wantsBoth = spec.ipFamilyPolicy !== 'SingleStack' && families.length === 1 && (isForeign(spec) || configured.length === 2)
  spec.ipFamilies = wantsBoth ? [...families, ...known.filter((family) => family !== families[0])] : families
}

/** Without an address and without pods: whoever keeps its endpoints may have any family, whatever the cluster has. */
function isForeign({ clusterIP, clusterIPs, selector = {} }: Spec): boolean {
  return (clusterIP === 'None' || clusterIPs?.[0] === 'None') && Object.keys(selector).length === 0
}

/** A Service that takes what there is keeps what it got, until it says something else. */
function isSamePreference(spec: Spec, old: Spec | undefined): boolean {
  const isSame = (a: readonly string[] = [], b: readonly string[] = []): boolean => a.join() === b.join()
  return (
    old !== undefined &&
    old.type === spec.type &&
    spec.ipFamilyPolicy === 'PreferDualStack' &&
    old.ipFamilyPolicy === 'PreferDualStack' &&
    isSame(spec.clusterIPs, old.clusterIPs) &&
    isSame(spec.ipFamilies, old.ipFamilies)
  )
}

function isMalformed({ clusterIPs = [], ipFamilies = [], ipFamilyPolicy = '' }: Spec): boolean {
  return (
    !policies.includes(ipFamilyPolicy) ||
    new Set(ipFamilies).size < ipFamilies.length ||
    !ipFamilies.every((family) => known.includes(family)) ||
    !clusterIPs.every((ip, i) => isIP(ip) || (ip === 'None' && i === 0 && clusterIPs.length === 1))
  )
}

/** To say SingleStack, and nothing else, is to give the second ones up. */
function dropSecond(spec: Spec, old: Spec | undefined): void {
  if (spec.clusterIPs && spec.clusterIPs.join() === old?.clusterIPs?.join()) spec.clusterIPs = spec.clusterIPs.slice(0, 1)
  if (spec.ipFamilies && spec.ipFamilies.join() === old?.ipFamilies?.join()) spec.ipFamilies = spec.ipFamilies.slice(0, 1)
}

function policyErrors({ clusterIPs = [], ipFamilies = [], ipFamilyPolicy }: Spec): FieldError[] {
  if (ipFamilyPolicy !== 'SingleStack') return []
  const must = (what: string): FieldError =>
    invalidField(
      'spec.ipFamilyPolicy',
      ipFamilyPolicy,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    )
  return [...(clusterIPs.length === 2 ? [must('cluster IPs')] : []), ...(ipFamilies.length === 2 ? [must('IP families')] : [])]
}

/** Takes the families of addresses that were asked for. */
function inferFamilies(spec: Spec, configured: readonly string[]): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    const family = isIPv6(ip) ? 'IPv6' : 'IPv4'
    if (ip === 'None' || spec.ipFamilies?.[i]) continue
    if (configured.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family]
    else errors.push(invalidField(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`))
  }
  return errors
}

function clusterErrors({ ipFamilies = [], ipFamilyPolicy }: Spec, configured: readonly string[]): FieldError[] {
  const errors: FieldError[] = []
  if (ipFamilyPolicy === 'RequireDualStack' && configured.length < 2)
    errors.push(invalidField('spec.ipFamilyPolicy', ipFamilyPolicy, 'this cluster is not configured for dual-stack services'))
  for (const [i, family] of ipFamilies.entries())
    if (!configured.includes(family)) errors.push(invalidField(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'))
  return errors
}

function refuse({ metadata }: Service, errors: FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: '', kind: 'Service' }, metadata.name, errors)
}
