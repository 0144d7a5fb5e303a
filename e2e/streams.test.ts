import assert from 'node:assert/strict'
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { text } from 'node:stream/consumers'

import { startCluster } from './lib/cluster.ts'

const { product, kubectl } = await startCluster()

const dir = mkdtempSync(join(tmpdir(), 'quarterdeck-streams-'))
after(() => rmSync(dir, { recursive: true, force: true }))

/** Which protocol kubectl speaks: the new one, and that of older clients. */
const protocols = { WebSocket: 'true', 'SPDY/3.1': 'false' }
const image = 'quarterdeck/busybox:latest'
const manifest = `
apiVersion: v1
kind: Pod
metadata: { name: box, labels: { app: box } }
spec:
  containers:
    - name: main
      image: ${image}
      imagePullPolicy: IfNotPresent
      command: [sh, -c, 'mkdir -p /www; echo hello > /www/index.html; httpd -p 8080 -h /www; httpd -p 127.0.0.1:8081 -h /www; trap "exit 0" TERM; while true; do echo tick; sleep 0.2; done']
    - { name: other, image: ${image}, imagePullPolicy: IfNotPresent, command: [sh, -c, 'cat; echo read'], stdin: true, stdinOnce: true }
  restartPolicy: Never
---
apiVersion: v1
kind: Service
metadata: { name: box }
spec: { selector: { app: box }, ports: [{ port: 80, targetPort: 8080 }] }
`

/** Where kubectl listens. Rejects with what it says if it ends instead. */
function forwardedPort(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer): void => {
      said += String(chunk)
      const port = /127\.0\.0\.1:(\d+)/.exec(said)?.[1]
      if (port) resolve(port)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', () => reject(new Error(`port-forward ended: ${said}`)))
  })
}

interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

before(async () => {
  await kubectl.apply(manifest)
  await kubectl('wait', '--for=condition=Ready', 'pod/box', '--timeout=60s')
})

for (const [protocol, webSockets] of Object.entries(protocols))
  describe(`kubectl over ${protocol}`, () => {
    const env = { ...process.env, KUBECTL_REMOTE_COMMAND_WEBSOCKETS: webSockets, KUBECTL_PORT_FORWARD_WEBSOCKETS: webSockets }
    const start = (args: string[]) => spawn('kubectl', ['--kubeconfig', product.kubeconfig, ...args], { env })

    async function run(args: string[], input?: string | Buffer): Promise<Ran> {
      const child = start(args)
      child.stdin.on('error', () => {})
      child.stdin.end(input ?? '')
      const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
      return { code: code as number | null, stdout, stderr }
    }

    test('[ST1] a command’s output, errors and exit code come through', async () => {
      const ran = await run(['exec', 'box', '-c', 'main', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3'])
      assert.deepEqual(ran, { code: 3, stdout: 'out\n', stderr: 'err\ncommand terminated with exit code 3\n' })
      assert.equal((await run(['exec', 'box', '--', 'true'])).code, 0)
    })

    test('[ST2] what is typed reaches the command, and so does its end', async () => {
      const input = randomBytes(3_000_000)
      const ran = await run(['exec', '-i', 'box', '-c', 'main', '--', 'sha256sum'], input)
      assert.equal(ran.stdout.split(' ')[0], createHash('sha256').update(input).digest('hex'))
    })

    test('[ST1] what cannot be run says why', async () => {
      assert.match((await run(['exec', 'box', '-c', 'none', '--', 'true'])).stderr, /container none is not valid for pod box/)
      assert.match((await run(['exec', 'nobox', '--', 'true'])).stderr, /pods "nobox" not found/)
      const missing = await run(['exec', 'box', '-c', 'main', '--', 'no-such-program'])
      assert.ok(missing.code !== 0 && /no-such-program/.test(missing.stdout + missing.stderr), missing.stderr)
    })

    test('[ST3] files are copied both ways, byte for byte', async () => {
      const from = join(dir, `tree-${webSockets}`)
      mkdirSync(join(from, 'deep/er'), { recursive: true })
      const big = randomBytes(5_000_000)
      writeFileSync(join(from, 'big'), big)
      writeFileSync(join(from, 'deep/er/small'), 'x')
      const to = join(dir, `back-${webSockets}`)
      assert.equal((await run(['cp', from, `box:/tmp/tree-${webSockets}`, '-c', 'main'])).code, 0)
      assert.equal((await run(['cp', `box:/tmp/tree-${webSockets}`, to, '-c', 'main'])).code, 0)
      assert.ok(readFileSync(join(to, 'big')).equals(big))
      assert.equal(readFileSync(join(to, 'deep/er/small'), 'utf8'), 'x')
    })

    test('[ST4] a container’s own process is attached to', async () => {
      const child = start(['attach', 'box', '-c', 'main'])
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer]
      assert.match(String(chunk), /tick/)
      child.kill('SIGINT')
      await once(child, 'exit')
    })

    test('[ST5] ports are forwarded, many connections at once, those of the loopback address too', async () => {
      for (const [target, remote] of [
        ['pod/box', 8080],
        ['pod/box', 8081],
        ['service/box', 80],
      ] as const) {
        const child = start(['port-forward', target, `:${remote}`])
        const port = await forwardedPort(child)
        const get = () => fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(20_000) }).then((answer) => answer.text())
        const answers = await Promise.all(Array.from({ length: 20 }, get))
        assert.deepEqual(new Set(answers), new Set(['hello\n']), target)
        child.kill('SIGINT')
        await once(child, 'exit')
      }
    })

    test('[ST6] a terminal has the size of the one before it', async () => {
      const ran = await new Promise<string>((resolve) =>
        execFile(
          'script',
          [
            '-qec',
            `stty rows 33 cols 77; kubectl --kubeconfig ${product.kubeconfig} exec -it box -c main -- sh -c 'sleep 0.5; stty size'`,
            '/dev/null',
          ],
          { env },
          (_error, stdout) => resolve(stdout),
        ).stdin?.end(),
      )
      assert.match(ran, /33 77/)
    })
  })

test('[ST7] requests are passed on to pods and services, with their answers', async () => {
  const raw = (path: string) => kubectl('get', '--raw', `/api/v1/namespaces/default/${path}`)
  for (const path of [
    'pods/box:8080/proxy/',
    'pods/http:box:8080/proxy/index.html',
    'services/box/proxy/',
    'services/box:80/proxy/',
    'services/http:box:80/proxy/',
  ])
    assert.equal(await raw(path), 'hello\n', path)
  assert.match(
    (await kubectl.tried('get', '--raw', '/api/v1/namespaces/default/pods/box:9/proxy/')).stderr,
    /ECONNREFUSED|connection refused/,
  )
  assert.match((await kubectl.tried('get', '--raw', '/api/v1/namespaces/default/pods/box:8080/proxy/none')).stderr, /404|could not find/i)
  assert.match((await kubectl.tried('get', '--raw', '/api/v1/namespaces/default/services/none/proxy/')).stderr, /services "none" not found/)
})

test('[ST4] what is attached to reads what is typed, and ends with it', async () => {
  const child = spawn('kubectl', ['--kubeconfig', product.kubeconfig, 'attach', '-i', 'box', '-c', 'other'])
  setTimeout(() => child.stdin.end('typed\n'), 500)
  const [stdout] = await Promise.all([text(child.stdout), once(child, 'exit')])
  assert.match(stdout, /typed\nread\n/)
})

test('[ST1] who asks without upgrading is told so', async () => {
  const { stderr } = await kubectl.tried('get', '--raw', '/api/v1/namespaces/default/pods/box/exec?command=true&stdout=true')
  assert.match(stderr, /Upgrade request required/)
})
