import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { text } from 'node:stream/consumers'

import { type ContainerConfig, type ContainerRuntime, isRuntimeError, type Sandbox } from '@quarterdeck/runtime'

import { createDockerRuntime } from './docker-runtime.ts'
import { connectEngine } from './engine.ts'
import { ensureExampleImage, exampleImage } from './example-image.ts'

const never = new AbortController().signal

function configOf(sandbox: Sandbox, overrides: Partial<ContainerConfig> = {}): ContainerConfig {
  return {
    pod: sandbox.pod,
    sandboxId: sandbox.id,
    name: 'main',
    attempt: 0,
    image: exampleImage,
    command: ['sleep', '1000'],
    args: undefined,
    env: [],
    workingDir: undefined,
    mounts: [],
    devices: [],
    tty: false,
    stdin: false,
    stdinOnce: false,
    stopSignal: undefined,
    resources: {},
    security: {
      privileged: false,
      user: '',
      supplementalGroups: [],
      capabilitiesAdd: [],
      capabilitiesDrop: [],
      readOnlyRootFilesystem: false,
      noNewPrivileges: false,
      seccompUnconfined: false,
      unmaskedProc: false,
    },
    pid: 'container',
    ipc: 'pod',
    labels: {},
    ...overrides,
  }
}

void describe('the Docker runtime', () => {
  let runtime: ContainerRuntime
  let sandbox: Sandbox
  const pod = { namespace: 'default', name: 'web', uid: randomUUID() }
  const sandboxConfig = {
    pod,
    attempt: 0,
    hostname: 'web',
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
    portBindings: [],
    sysctls: {},
  }

  before(async () => {
    runtime = await createDockerRuntime({ agentId: `t${randomUUID().slice(0, 8)}` })
    const made = await ensureExampleImage(connectEngine())
    assert.ok(typeof made === 'string', JSON.stringify(made))
    await runtime.ensureNetwork('10.213.7.0/24')
    await runtime.ensureNetwork('10.213.7.0/24')
    sandbox = await runtime.createSandbox(sandboxConfig)
  })
  after(async () => {
    await runtime.teardown()
  })

  void test('a sandbox has an address of the node’s subnet and is found by its pod', async () => {
    assert.match(sandbox.ip ?? '', /^10\.213\.7\./)
    const [found] = await runtime.listSandboxes(pod.uid)
    assert.deepEqual({ ...found, createdAtMs: 0 }, { ...sandbox, createdAtMs: 0 })
    assert.deepEqual(await runtime.listSandboxes('another'), [])
  })

  void test('[N17] a subnet that another interface has, too, is refused with its name', async (t) => {
    const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' })
    ip('link', 'add', 'qdtaken', 'type', 'bridge')
    t.after(() => ip('link', 'delete', 'qdtaken'))
    ip('addr', 'add', '10.213.7.1/24', 'dev', 'qdtaken')
    ip('link', 'set', 'qdtaken', 'up')
    await assert.rejects(runtime.ensureNetwork('10.213.7.0/24'), /10\.213\.7\.0\/24 is also on interface qdtaken/)
  })

  void test('making the same attempt again is a conflict', async () => {
    await assert.rejects(runtime.createSandbox(sandboxConfig), (error) => isRuntimeError(error, 'Conflict'))
  })

  void test('a container joins the sandbox, says its state, and its log can be read from any line', async () => {
    const id = await runtime.createContainer(
      configOf(sandbox, {
        name: 'talks',
        stopSignal: 'SIGCONT',
        command: ['/bin/sh', '-c', 'hostname -i; echo to-stderr >&2; echo "$GREETING"; exit 3'],
        env: [{ name: 'GREETING', value: 'hello $(X) "quoted"' }],
        labels: { note: 'kept' },
      }),
    )
    await runtime.startContainer(id)
    await runtime.stopContainer(id, never)
    const found = (await runtime.listContainers(pod.uid)).find((container) => container.id === id)
    assert.equal(found?.state, 'exited')
    assert.equal(found?.exitCode, 3)
    assert.equal(found?.labels['note'], 'kept')
    assert.ok(found?.startedAtMs && found.finishedAtMs && found.finishedAtMs >= found.startedAtMs)
    const read = async (tailLines?: number, stderr = true) =>
      text(
        await runtime.logs(id, {
          follow: false,
          timestamps: false,
          tailLines,
          sinceMs: undefined,
          streams: { stdout: true, stderr },
          signal: never,
        }),
      )
    assert.deepEqual(new Set((await read()).split('\n')), new Set(['', sandbox.ip, 'hello $(X) "quoted"', 'to-stderr']))
    assert.equal(await read(undefined, false), `${sandbox.ip}\nhello $(X) "quoted"\n`)
    assert.equal((await read(1)).split('\n').length, 2)
  })

  void test('a command that is not there is a start failure, kept in the container’s state', async () => {
    const id = await runtime.createContainer(configOf(sandbox, { name: 'missing', command: ['/no/such/program'] }))
    await assert.rejects(runtime.startContainer(id), (error) => isRuntimeError(error, 'StartFailed'))
    const found = (await runtime.listContainers(pod.uid)).find((container) => container.id === id)
    assert.equal(found?.state, 'created')
    assert.match(found?.error ?? '', /no such program|no such file/)
  })

  void test('a process that ignores its stop signal is killed at the deadline', async () => {
    const id = await runtime.createContainer(
      configOf(sandbox, { name: 'stubborn', command: ['/bin/sh', '-c', 'trap "" TERM; while true; do sleep 1; done'] }),
    )
    await runtime.startContainer(id)
    const deadline = new AbortController()
    const stopped = runtime.stopContainer(id, deadline.signal)
    deadline.abort()
    await stopped
    const found = (await runtime.listContainers(pod.uid)).find((container) => container.id === id)
    assert.equal(found?.exitCode, 137)
    await runtime.removeContainer(id)
    await runtime.removeContainer(id)
  })

  void test('a command is run in a container with its exit code and output, and its use of memory is measured', async () => {
    const id = await runtime.createContainer(configOf(sandbox, { name: 'host' }))
    await runtime.startContainer(id)
    assert.deepEqual(await runtime.exec(id, ['sh', '-c', 'echo out; echo err; exit 4'], never), { exitCode: 4, output: 'out\nerr\n' })
    await assert.rejects(runtime.exec(id, ['sleep', '100'], AbortSignal.timeout(200)))
    const sample = await runtime.stats(id)
    assert.ok(sample.memoryUsageBytes > 0 && sample.timeMs > 0)
  })

  void test('events name the pod whose container changed', async () => {
    const stop = new AbortController()
    const events = runtime.events(stop.signal)[Symbol.asyncIterator]()
    const first = events.next()
    const id = await runtime.createContainer(configOf(sandbox, { name: 'eventful', command: ['true'] }))
    // The subscription may be made after the creation: keep the engine talking until it is heard.
    const talking = setInterval(() => void runtime.startContainer(id).catch(() => {}), 50)
    const event = await first
    clearInterval(talking)
    assert.equal(event.value?.podUid, pod.uid)
    stop.abort()
    await events.return?.()
  })

  void test('an image that is not there is undefined; a reference that cannot be parsed is an error', async () => {
    assert.equal(await runtime.inspectImage('quarterdeck/absent:1'), undefined)
    await assert.rejects(runtime.pullImage('Not A Name', undefined, never), (error) => isRuntimeError(error, 'InvalidImageName'))
    await assert.rejects(
      runtime.pullImage('127.0.0.1:1/absent:1', undefined, never),
      // The engine's words, without the client's.
      (error) => isRuntimeError(error, 'PullFailed') && /^Get "http.*connection refused$/.test(error.message),
    )
  })

  void test('the sandbox’s first process ends at once on SIGTERM', async () => {
    await runtime.stopContainer(sandbox.id, never)
    assert.equal((await runtime.listSandboxes(pod.uid))[0]?.state, 'exited')
  })
})
