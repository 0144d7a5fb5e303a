import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'

import { SettingError } from '@quarterdeck/process'

import { forgetNodeName, keepNodeName, nodeNameOf } from './node-name.ts'
import { openDataDirectory } from './data-directory.ts'
import { parseOptions } from './options.ts'
import { checkPort } from './ports.ts'

const isPlainError = (pattern: RegExp) => (error: unknown) =>
  error instanceof SettingError && pattern.test(error.message) && !error.message.includes('\n')

describe('the options of npm start', () => {
  test('have defaults', () => {
    const options = parseOptions([], '/checkout')
    assert.deepEqual(options, {
      dataDir: '/checkout/.quarterdeck',
      host: '127.0.0.1',
      port: 7780,
      apiPort: 6443,
      nodesSimulated: 0,
      mayInstall: true,
      isDevelopment: false,
      isTeardown: false,
      nodeName: undefined,
    })
  })

  test('--help asks for the help text', () => assert.equal(parseOptions(['--help'], '/'), undefined))

  const wrong: [args: string[], message: RegExp][] = [
    [['--port', 'abc'], /--port must be a whole number of at least 1 and at most 65535, not "abc"/],
    [['--api-port', '70000'], /--api-port must be a whole number of at least 1 and at most 65535/],
    [['--nodes-simulated', '-1'], /nodes-simulated/],
    [['--nodes-simulated', '100000'], /at most 10000/],
    [['--port', '0'], /--port must be a whole number of at least 1/],
    [['--port', '6443'], /--port and --api-port must differ: both are 6443/],
    [['--data', ''], /--data must name a directory/],
    [['--wat'], /Unknown option '--wat'/],
    [['extra'], /Unexpected argument 'extra'/],
  ]
  for (const [args, message] of wrong)
    test(`${args.join(' ')} is refused in one line`, () => assert.throws(() => parseOptions(args, '/'), isPlainError(message)))
})

describe('the name of the node', () => {
  const path = mkdtempSync(join(tmpdir(), 'quarterdeck-name-'))
  const data = { path, node: path }
  after(() => rmSync(path, { recursive: true, force: true }))

  test('a host name becomes a name that a node may have', () => {
    assert.equal(nodeNameOf(data, 'My_Laptop.local'), 'my-laptop.local')
    assert.throws(() => nodeNameOf(data, '___'), isPlainError(/--node-name/))
  })

  test('is kept until what the node made is gone', () => {
    keepNodeName(data, 'first')
    assert.equal(nodeNameOf(data, undefined), 'first')
    assert.equal(nodeNameOf(data, 'First'), 'first')
    assert.throws(() => nodeNameOf(data, 'second'), isPlainError(/the node of .* is called first: .*--teardown/))
    forgetNodeName(data)
    assert.equal(nodeNameOf(data, 'second'), 'second')
  })
})

describe('the data directory', () => {
  const dir = mkdtempSync(join(tmpdir(), 'quarterdeck-data-'))
  after(() => rmSync(dir, { recursive: true, force: true }))

  test('is made, claimed and released', async () => {
    const data = await openDataDirectory(join(dir, 'a'))
    assert.equal(readFileSync(join(dir, 'a/lock'), 'utf8'), String(process.pid))
    data.release()
    ;(await openDataDirectory(join(dir, 'a'))).release()
  })

  test('of a process that is gone is taken over', async () => {
    ;(await openDataDirectory(join(dir, 'b'))).release()
    writeFileSync(join(dir, 'b/lock'), '4194304')
    ;(await openDataDirectory(join(dir, 'b'))).release()
  })

  test('of another version is refused', async () => {
    ;(await openDataDirectory(join(dir, 'c'))).release()
    writeFileSync(join(dir, 'c/version'), '99\n')
    await assert.rejects(openDataDirectory(join(dir, 'c')), isPlainError(/made by another version \(format 99, this one reads 1\)/))
  })

  test('that is no directory is refused', async () => {
    writeFileSync(join(dir, 'file'), '')
    await assert.rejects(openDataDirectory(join(dir, 'file')), isPlainError(/cannot be made/))
    await assert.rejects(openDataDirectory(join(dir, 'file/in')), isPlainError(/cannot be made/))
    await assert.rejects(openDataDirectory('/proc/quarterdeck/data'), isPlainError(/cannot be made/))
  })
})

test('a port in use is refused with the option that changes it', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await assert.rejects(checkPort(port, '127.0.0.1', '--port'), isPlainError(/is in use: choose another with --port/))
  await new Promise((resolve) => server.close(resolve))
  await checkPort(port, '127.0.0.1', '--port')
})
