import assert from 'node:assert/strict'
import { test } from 'node:test'

import { pluralTitle } from './plural-title.ts'

test('a kind in the plural reads as words', () => {
  const cases: [kind: string, plural: string, title: string][] = [
    ['Pod', 'pods', 'Pods'],
    ['Endpoints', 'endpoints', 'Endpoints'],
    ['EndpointSlice', 'endpointslices', 'Endpoint slices'],
    ['ServiceCIDR', 'servicecidrs', 'Service CIDRs'],
    ['IPAddress', 'ipaddresses', 'IP addresses'],
    ['PriorityClass', 'priorityclasses', 'Priority classes'],
    ['NetworkPolicy', 'networkpolicies', 'Network policies'],
    ['CSIStorageCapacity', 'csistoragecapacities', 'CSI storage capacities'],
    ['HorizontalPodAutoscaler', 'horizontalpodautoscalers', 'Horizontal pod autoscalers'],
  ]
  for (const [kind, plural, title] of cases) assert.equal(pluralTitle({ kind, plural }), title)
})
