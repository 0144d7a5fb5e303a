import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'

import { startRestServer, type RestServer } from '../testing/rest-server.ts'

const run = promisify(execFile)

let server: RestServer
let directory = ''
before(async () => {
  server = await startRestServer()
  directory = await mkdtemp(join(tmpdir(), 'quarterdeck-kubectl-'))
  await writeFile(join(directory, 'config'), JSON.stringify(kubeconfigOf(server)))
})
after(async () => {
  await rm(directory, { recursive: true, force: true })
  await server.close()
})

function kubeconfigOf({ url, caPem, admin }: RestServer): object {
  const encoded = (pem: string): string => Buffer.from(pem).toString('base64')
  const user = { 'client-certificate-data': encoded(admin.certificatePem), 'client-key-data': encoded(admin.keyPem) }
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority-data': encoded(caPem) } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  }
}

/** What the kubectl on PATH prints; QUARTERDECK_TEST_KUBECTL names another, to try an old one. */
async function kubectl(...args: string[]): Promise<string> {
  const options = { env: { ...process.env, HOME: directory, KUBECONFIG: join(directory, 'config') }, timeout: 60_000 }
  return (await run(process.env['QUARTERDECK_TEST_KUBECTL'] ?? 'kubectl', args, options)).stdout
}

const file = async (object: object): Promise<string> => {
  const path = join(directory, 'object.json')
  await writeFile(path, JSON.stringify(object))
  return path
}

describe('kubectl', () => {
  test('explains a field by the OpenAPI document', async () => {
    const text = await kubectl('explain', 'deployment.spec.strategy', '--recursive')
    assert.match(text, /RollingUpdate|rollingUpdate/)
    assert.match(text, /maxSurge/)
  })

  test('creates objects, whichever form it sends them in', async () => {
    assert.match(await kubectl('create', 'deployment', 'web', '--image=busybox:1', '--port=80'), /deployment\.apps\/web created/)
    assert.match(await kubectl('create', 'configmap', 'settings', '--from-literal=a=b'), /configmap\/settings created/)
    assert.match(await kubectl('create', 'secret', 'generic', 'hidden', '--from-literal=a=b'), /secret\/hidden created/)
    assert.match(await kubectl('expose', 'deployment', 'web', '--port=80'), /service\/web exposed/)
    assert.equal(await kubectl('get', 'secret', 'hidden', '-o', 'jsonpath={.data.a}'), 'Yg==')
    assert.equal(
      await kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].ports[0].containerPort}'),
      '80',
    )
  })

  test('validates what it applies, and applies the same a second time as unchanged', async () => {
    const good = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data: { a: '1' } }
    const path = await file(good)
    assert.match(await kubectl('apply', '-f', path), /configmap\/applied created/)
    assert.match(await kubectl('apply', '-f', path), /configmap\/applied unchanged/)
    await file({ ...good, dat: {} })
    await assert.rejects(kubectl('apply', '-f', path), /unknown field "dat"/)
  })

  test('asks what it may do', async () => {
    assert.match(await kubectl('auth', 'can-i', 'get', 'pods'), /^yes/)
    assert.match(await kubectl('auth', 'can-i', '--list'), /\*\.\*/)
  })

  test('deletes a pod that waits for nobody, whatever grace period it names', async () => {
    await kubectl('run', 'lonely', '--image=busybox:1', '--restart=Never')
    assert.match(await kubectl('delete', 'pod', 'lonely', '--grace-period=20'), /deleted/)
  })

  test('[P8][P15] creates roles and bindings, lists them, and asks what one may', async () => {
    await kubectl('create', 'role', 'reader', '--verb=get,list', '--resource=pods,pods/log')
    await kubectl('create', 'rolebinding', 'readers', '--role=reader', '--user=ann', '--group=team', '--serviceaccount=default:default')
    const canI = async (...args: string[]): Promise<string> =>
      (await kubectl('auth', 'can-i', ...args, '--as=ann').catch((error: { stdout?: string }) => error.stdout ?? '')).trim()
    assert.deepEqual([await canI('list', 'pods'), await canI('delete', 'pods'), await canI('get', 'pods/log')], ['yes', 'no', 'yes'])
    assert.equal(await canI('list', 'pods', '--all-namespaces'), 'no')
    assert.match(await canI('--list'), /pods\s+\[\]\s+\[\]\s+\[get list\]/)
    assert.match(await kubectl('auth', 'whoami', '--as=ann'), /Username\s+ann/)
    assert.match(await kubectl('get', 'role', 'reader'), /NAME\s+CREATED AT\s+reader\s+\d{4}-/)
    const wide = await kubectl('get', 'rolebinding', 'readers', '-o', 'wide')
    assert.match(
      wide,
      /NAME\s+ROLE\s+AGE\s+USERS\s+GROUPS\s+SERVICEACCOUNTS\s+readers\s+Role\/reader\s+\S+\s+ann\s+team\s+default\/default/,
    )
    assert.match(await kubectl('describe', 'clusterrole', 'view'), /pods\/log\s+\[\]\s+\[\]\s+\[get list watch\]/)
    await assert.rejects(
      kubectl('create', 'role', 'x', '--verb=*', '--resource=pods', '--as=ann'),
      /roles.rbac.authorization.k8s.io is forbidden: User "ann" cannot create resource "roles"/,
    )
    const role = JSON.parse(await kubectl('get', 'role', 'reader', '-o', 'json')) as object
    assert.match(await kubectl('auth', 'reconcile', '-f', await file(role)), /reader/)
  })
})
