/** The numbered streams of a session, as in Kubernetes' remote command protocol. */
export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const

export interface ChannelMessage {
  channel: number
  data: Uint8Array
}

/**
 * Both directions of a session (exec, attach), whatever carries it. `error` carries one Status at the end, `resize` JSON of Width and
 * Height, `close` the number of a channel that its sender has ended.
 */
export interface ChannelLink {
  /** What the other side sends, read as fast as it is asked for; ends when the other side has ended. Throws when it broke off. */
  incoming: AsyncIterable<ChannelMessage>
  /** Resolves when the other side can take more. What is sent after the end is dropped. */
  send(channel: number, data: Uint8Array): Promise<void>
  /** Ends the session once what was sent has gone out. */
  end(): void
  /** Breaks it off. */
  destroy(): void
}

/** Passes everything on in both directions until either side ends, and then ends the other. */
export async function relay(client: ChannelLink, server: ChannelLink): Promise<void> {
  const fromClient = pump(client, server).finally(() => server.destroy())
  const fromServer = pump(server, client).finally(() => client.end())
  await Promise.allSettled([fromClient, fromServer])
}

async function pump(from: ChannelLink, to: ChannelLink): Promise<void> {
  for await (const { channel, data } of from.incoming) await to.send(channel, data)
}
