import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Service } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'

import { completeIpFamilies } from './ip-families.ts'

type Spec = Service['spec']
interface Case {
  what: string
  spec: Spec
  old?: Spec
  configured?: string[]
  becomes?: Partial<Spec>
  refused?: string
}

const plain: Spec = { type: 'ClusterIP', selector: { a: 'b' } }
const headless: Spec = { ...plain, clusterIP: 'None', clusterIPs: ['None'] }
const foreign: Spec = { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] }
const single = { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4'] }
const both = ['IPv4', 'IPv6']
const dual: Spec = {
  ...plain,
  ipFamilyPolicy: 'PreferDualStack',
  ipFamilies: both,
  clusterIP: '10.0.0.1',
  clusterIPs: ['10.0.0.1', 'fd::1'],
}

const cases: Case[] = [
  { what: 'says nothing', spec: plain, becomes: single },
  { what: 'has no address', spec: headless, becomes: single },
  { what: 'has neither address nor pods', spec: foreign, becomes: { ipFamilyPolicy: 'RequireDualStack', ipFamilies: both } },
  {
    what: 'has neither address nor pods and is of one family',
    spec: { ...foreign, ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] },
    becomes: { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] },
  },
  { what: 'is a name', spec: { type: 'ExternalName' }, becomes: { ipFamilyPolicy: undefined, ipFamilies: undefined } },
  {
    what: 'prefers both where there is one',
    spec: { ...plain, ipFamilyPolicy: 'PreferDualStack' },
    becomes: { ipFamilyPolicy: 'PreferDualStack', ipFamilies: ['IPv4'] },
  },
  {
    what: 'prefers both where there are both',
    spec: { ...plain, ipFamilyPolicy: 'PreferDualStack' },
    configured: ['IPv6', 'IPv4'],
    becomes: { ipFamilies: ['IPv6', 'IPv4'] },
  },
  {
    what: 'requires both where there is one',
    spec: { ...plain, ipFamilyPolicy: 'RequireDualStack' },
    refused: 'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  },
  {
    what: 'requires both for pods that are found by name',
    spec: { ...headless, ipFamilyPolicy: 'RequireDualStack' },
    refused: 'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  },
  {
    what: 'is of a family that is not there',
    spec: { ...plain, ipFamilies: ['IPv6'] },
    refused: 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
  },
  {
    what: 'asks for an address of a family that is not there',
    spec: { ...plain, clusterIP: 'fd00::1', clusterIPs: ['fd00::1'] },
    refused: 'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster',
  },
  {
    what: 'is of two families and says that it is of one',
    spec: { ...plain, ipFamilyPolicy: 'SingleStack', ipFamilies: both },
    refused:
      "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
  },
  { what: 'asks for an address', spec: { ...plain, clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] }, becomes: single },
  {
    what: 'says no policy any more',
    spec: plain,
    old: { ...plain, ipFamilyPolicy: 'PreferDualStack' },
    becomes: { ipFamilyPolicy: 'PreferDualStack' },
  },
  { what: 'becomes one that has pods', spec: { ...plain }, old: { type: 'ExternalName' }, becomes: single },
  { what: 'keeps both that it got', spec: dual, old: dual, becomes: { ipFamilies: both } },
  {
    what: 'gives the second up',
    spec: { ...dual, ipFamilyPolicy: 'SingleStack' },
    old: dual,
    configured: both,
    becomes: { ipFamilies: ['IPv4'], clusterIPs: ['10.0.0.1'] },
  },
  { what: 'is malformed, which others say', spec: { ...plain, ipFamilies: ['IPv5'] }, becomes: { ipFamilies: ['IPv5'] } },
]

describe('[V12] a service that', () => {
  for (const { what, spec, old, configured = ['IPv4'], becomes = {}, refused } of cases)
    test(`${what} is ${refused ? 'refused' : 'completed'}`, () => {
      const service = { metadata: { name: 's' }, spec: structuredClone(spec) } as Service
      const complete = (): void => completeIpFamilies(service, old, configured)
      if (refused) assert.throws(complete, (error) => isApiError(error, 'Invalid') && error.message.endsWith(refused))
      else complete()
      for (const [field, value] of Object.entries(becomes)) assert.deepEqual(service.spec[field as keyof Spec], value, field)
    })
})
