import http2 from 'node:http2'

import type { V1GRPCAction } from '@quarterdeck/api'

import type { CheckResult, CheckTarget } from './check.ts'

const serving = 1

/** Asks grpc.health.v1.Health/Check of the service (docs: grpc/health-checking.md). */
export function checkGrpc(action: V1GRPCAction, target: CheckTarget): Promise<CheckResult> {
  return new Promise((resolve) => {
    const session = http2.connect(`http://${target.podIp}:${action.port}`)
    const end = (result: CheckResult) => {
      clearTimeout(timer)
      session.destroy()
      resolve(result)
    }
    const timer = setTimeout(
      () => end({ ok: false, message: `timeout: health rpc did not complete within ${target.timeoutMs}ms` }),
      target.timeoutMs,
    )
    session.on('error', (error) =>
      end({ ok: false, message: `failed to connect service at ${target.podIp}:${action.port}: ${error.message}` }),
    )
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let failure: string | undefined
    const judge = (headers: http2.IncomingHttpHeaders) => {
      const status = headers['grpc-status']
      if (status !== undefined && status !== '0')
        failure = `rpc failed with status ${String(status)}: ${String(headers['grpc-message'] ?? '')}`
    }
    stream.on('response', judge)
    stream.on('trailers', judge)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', (error) => end({ ok: false, message: error.message }))
    stream.on('end', () => {
      const answer = Buffer.concat(chunks)
      // A frame of 5 bytes of header, then field 1 as a varint: 08 01.
      const isServing = answer[5] === 0x08 && answer[6] === serving
      end(
        failure === undefined && isServing
          ? { ok: true, message: '' }
          : { ok: false, message: failure ?? 'service unhealthy (responded with "NOT_SERVING")' },
      )
    })
    stream.end(frameOf(action.service ?? ''))
  })
}

/** HealthCheckRequest: field 1 is the service's name. */
function frameOf(service: string): Buffer {
  const name = Buffer.from(service).subarray(0, 127)
  const message = name.length > 0 ? Buffer.concat([Buffer.from([0x0a, name.length]), name]) : Buffer.alloc(0)
  const header = Buffer.alloc(5)
  header.writeUInt32BE(message.length, 1)
  return Buffer.concat([header, message])
}
