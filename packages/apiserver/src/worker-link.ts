import { leases, type Lease } from '@quarterdeck/api'
import { ApiError, reasonOfCode, unavailable } from '@quarterdeck/api-machinery'
import { Agent, request } from 'undici'

import type { ApiCore } from './api-core.ts'
import type { CertificateAuthority } from './auth/certificate-authority.ts'

/** The Lease that the leading worker holds. */
export const workerLease = { namespace: 'kube-system', name: 'quarterdeck-worker' }
/** On that Lease: where the leader answers, as `host:port`, the ones to try first separated by commas. */
export const workerAddressAnnotation = 'quarterdeck.dev/worker-address'
/** What a worker's certificate is good for: it may be found at any address. */
export const workerHost = 'quarterdeck-worker'

/** The text of an answer that is none of a failure; throws what the worker says otherwise. */
export function textOf({ status, text }: WorkerAnswer): string {
  if (status < 400) return text
  throw new ApiError(reasonOfCode(status), text.trim())
}

const timeoutMs = 10_000
const certificateDays = 3650

export interface WorkerAnswer {
  status: number
  text: string
}

/**
 * Asks the leading worker what only it knows: verdicts, metrics, what would happen if. It may be on another machine, so
 * both ends show certificates of the cluster's authority. Throws ServiceUnavailable while none leads or answers.
 */
export class WorkerLink {
  readonly #core: ApiCore
  readonly #authority: CertificateAuthority
  #agent: Promise<Agent> | undefined

  constructor(core: ApiCore, authority: CertificateAuthority) {
    this.#core = core
    this.#authority = authority
  }

  get(path: string): Promise<WorkerAnswer> {
    return this.#ask('GET', path)
  }

  /** `body` is sent as JSON. */
  post(path: string, body: unknown): Promise<WorkerAnswer> {
    return this.#ask('POST', path, JSON.stringify(body))
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: string): Promise<WorkerAnswer> {
    const addresses = await this.#addresses()
    const dispatcher = await (this.#agent ??= this.#connect())
    let problem: unknown
    for (const address of addresses) {
      try {
        const answer = await request(`https://${address}${path}`, {
          method,
          dispatcher,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
          ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
        })
        return { status: answer.statusCode, text: await answer.body.text() }
      } catch (error) {
        problem = error
      }
    }
    throw unavailable(`the worker at ${addresses.join(' or ')} does not answer: ${(problem as Error).message}`)
  }

  async #addresses(): Promise<string[]> {
    const lease = (await this.#core.read(leases.resource, workerLease.namespace, workerLease.name))?.object as Lease | undefined
    const addresses = lease?.metadata.annotations?.[workerAddressAnnotation]
    if (!lease?.spec.holderIdentity || !addresses) throw unavailable('no worker leads at the moment: the scheduler is not running')
    return addresses.split(',')
  }

  async #connect(): Promise<Agent> {
    const { certificatePem, keyPem } = await this.#authority.issueClient('system:quarterdeck:web', ['system:masters'], certificateDays)
    const { certificatePem: ca } = this.#authority
    return new Agent({ connect: { ca, cert: certificatePem, key: keyPem, servername: workerHost, timeout: 2_000 } })
  }
}
