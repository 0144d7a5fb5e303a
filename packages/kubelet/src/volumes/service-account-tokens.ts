import { type Pod, serviceAccounts, type V1ServiceAccountTokenProjection } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'

import { VolumeError } from './payload.ts'

interface IssuedToken {
  token: string
  refreshAtMs: number
}

interface TokenRequestAnswer {
  status?: { token?: string; expirationTimestamp?: string }
}

const defaultLifetimeSeconds = 3600
/** A token is asked for anew once this part of its life is over, and in any case every day. */
const refreshAfterPart = 0.8
const longestUseMs = 24 * 3_600_000

/** Tokens of the pods on this node, bound to them; kept in memory only. */
export class ServiceAccountTokens {
  readonly #client: Client
  readonly #issued = new Map<string, Map<string, IssuedToken>>()

  constructor(client: Client) {
    this.#client = client
  }

  async get(pod: Pod, source: V1ServiceAccountTokenProjection): Promise<string> {
    const cached = this.#of(pod.metadata.uid)
    const key = `${source.audience ?? ''}/${source.expirationSeconds ?? defaultLifetimeSeconds}`
    const found = cached.get(key)
    if (found && found.refreshAtMs > Date.now()) return found.token
    const issued = await this.#request(pod, source)
    cached.set(key, issued)
    return issued.token
  }

  /** When the next of a pod's tokens has to be renewed. */
  nextRefreshAtMs(podUid: string): number | undefined {
    const times = [...(this.#issued.get(podUid)?.values() ?? [])].map((issued) => issued.refreshAtMs)
    return times.length > 0 ? Math.min(...times) : undefined
  }

  forget(podUid: string): void {
    this.#issued.delete(podUid)
  }

  #of(podUid: string): Map<string, IssuedToken> {
    let tokens = this.#issued.get(podUid)
    if (!tokens) this.#issued.set(podUid, (tokens = new Map()))
    return tokens
  }

  async #request(pod: Pod, source: V1ServiceAccountTokenProjection): Promise<IssuedToken> {
    const name = pod.spec.serviceAccountName ?? 'default'
    const seconds = source.expirationSeconds ?? defaultLifetimeSeconds
    const answer = (await this.#client.createSubresource(serviceAccounts, { namespace: pod.metadata.namespace, name }, 'token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        ...(source.audience ? { audiences: [source.audience] } : {}),
        expirationSeconds: seconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
      },
    })) as TokenRequestAnswer
    const token = answer.status?.token
    if (!token) throw new VolumeError(`the server issued no token for service account ${name}`)
    const expiresAtMs = Date.parse(answer.status?.expirationTimestamp ?? '') || Date.now() + seconds * 1000
    const lifetimeMs = Math.max(0, expiresAtMs - Date.now())
    return { token, refreshAtMs: Date.now() + Math.min(longestUseMs, lifetimeMs * refreshAfterPart) }
  }
}
