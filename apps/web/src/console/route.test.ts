import assert from 'node:assert/strict'
import { test } from 'node:test'

import { routeOf } from './route.ts'

test('[DB30] an address shows one page, or none', () => {
  const cases: [path: string, route: object][] = [
    ['/', { page: 'overview' }],
    ['/apply', { page: 'apply' }],
    ['/apply/more', { page: 'not-found' }],
    ['/pods', { page: 'list', resource: 'pods' }],
    ['/nodes/n1', { page: 'detail', resource: 'nodes', namespace: '', name: 'n1' }],
    ['/pods/default/web-1/', { page: 'detail', resource: 'pods', namespace: 'default', name: 'web-1' }],
    [
      '/clusterroles.rbac.authorization.k8s.io/system%3Anode',
      { page: 'detail', resource: 'clusterroles.rbac.authorization.k8s.io', namespace: '', name: 'system:node' },
    ],
    ['/pods/default/web-1/more', { page: 'not-found' }],
  ]
  for (const [path, route] of cases) assert.deepEqual(routeOf(path), route, path)
})
