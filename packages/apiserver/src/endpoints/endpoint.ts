import type { Kind, Verb } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { DeleteOptions, PatchType } from '@quarterdeck/client'
import type { StoredObject } from '@quarterdeck/storage'
import type { ChannelLink, PortDialer, StreamName } from '@quarterdeck/streams'
import type { Duplex, Readable } from 'node:stream'

import type { ApiServer } from '../api-server.ts'
import type { ApiRequest } from '../request.ts'
import type { WriteResult } from '../writes/commit-plan.ts'
import type { ListRequestOptions, ListResult } from '../verbs/list.ts'
import type { WatchRequestOptions, WatchSink } from '../verbs/watch.ts'

/** A body as a transport read it: parsed, not yet decoded. */
export interface Body {
  value: unknown
  /** Keys that stood twice in it. */
  duplicateKeys: readonly string[]
  /** Of a patch. */
  patchType: PatchType
}

/** Every option of every verb; each verb reads those that Kubernetes gives it. */
export interface CallOptions
  extends Omit<ListRequestOptions, 'namespace' | 'signal'>, Omit<WatchRequestOptions, 'namespace'>, DeleteOptions {
  /** Of a watch: when the server ends it. */
  timeoutSeconds?: number
  /** Parameters of endpoints that have their own, such as those of a log. */
  parameters?: URLSearchParams
}

/** One question to the API, whichever way it came in. */
export interface Call {
  server: ApiServer
  request: ApiRequest
  options: CallOptions
  /**
   * Reads the body. Only an endpoint calls it: nobody's body is read before they may send it. Resolves with undefined for an empty one;
   * rejects with ApiError for one that is too large, of an unknown media type or malformed.
   */
  body(): Promise<Body | undefined>
  /** Whether the caller can be given a connection of its own: a session, or ports. */
  isUpgrade?: boolean
  /** Aborts when the caller is gone. */
  signal?: AbortSignal
}

/** What an endpoint answers with; a transport gives it the form that its client asked for. */
export type Answer =
  /** An object of the kind that was asked. */
  | { type: 'object'; stored: StoredObject; isNew?: boolean }
  /** An object of the kind that was asked and that is in no store: a dry run's, or one on its way out. */
  | { type: 'unstored'; object: KubeObject; isNew?: boolean }
  | { type: 'list'; list: ListResult }
  /** A value of a type of its own: a Scale, a Status, a review. */
  | { type: 'value'; value: object; isNew?: boolean }
  /** JSON that is text already. */
  | { type: 'json'; text: string }
  | { type: 'watch'; open(sink: WatchSink): Promise<() => void>; timeoutSeconds: number | undefined }
  | { type: 'text'; stream: Readable }
  /** A session with a process of a node; `streams` are those that the client asked for. */
  | { type: 'session'; link: ChannelLink; streams: readonly StreamName[] }
  /** Connections to ports, made as the client asks for them. */
  | { type: 'ports'; dial: PortDialer }
  /** The request itself is passed on, over a connection of its own. */
  | { type: 'proxy'; dial(): Promise<Duplex>; host: string }

export type Endpoint = (call: Call) => Promise<Answer>

/** A part of an object that has a path of its own, and what it answers. One file each in subresources/. */
export interface Subresource {
  name: string
  /** The kinds that have it. */
  isOf(kind: Kind): boolean
  /** Whether paths below its own are its, too. */
  hasPaths?: boolean
  /** Whether it hands over a connection: a session, or ports. */
  connects?: boolean
  /** The kind of what it takes and answers with, where that is another. */
  speaks?: Kind
  endpoints: Readonly<Partial<Record<Verb, Endpoint>>>
}

export function writtenAnswer(result: WriteResult, isNew = false): Answer {
  return 'stored' in result ? { type: 'object', stored: result.stored, isNew } : { type: 'unstored', object: result.dryRun, isNew }
}
