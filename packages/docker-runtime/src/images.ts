import { Readable } from 'node:stream'

import { type ImageDetail, type RegistryAuth, RuntimeError, type RuntimeImage } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import { call, toRuntimeError } from './engine.ts'

interface ProgressLine {
  error?: string
}

/** Pulls and waits until the image is on the node. Aborting stops waiting; the engine drops the pull with the connection. */
export async function pullImage(docker: Docker, image: string, auth: RegistryAuth | undefined, signal: AbortSignal): Promise<void> {
  const doing = `pulling image ${image}`
  refuseInvalid(image)
  let stream: NodeJS.ReadableStream
  try {
    stream = await docker.pull(withTag(image), { ...(auth ? { authconfig: auth as never } : {}), abortSignal: signal })
  } catch (error) {
    const failure = toRuntimeError(doing, error)
    const code = failure.message.includes('invalid reference format') ? 'InvalidImageName' : 'PullFailed'
    throw new RuntimeError(failure.code === 'Unavailable' ? failure.code : code, messageOf(failure, doing), { cause: error })
  }
  const stop = () => (stream as Readable).destroy(new Error('the pull was given up'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    const lines = await new Promise<ProgressLine[]>((resolve, reject) =>
      docker.modem.followProgress(stream, (error, output: ProgressLine[]) => (error ? reject(error) : resolve(output))),
    )
    const failed = lines.find((line) => line.error)
    if (failed?.error) throw new Error(failed.error)
  } catch (error) {
    throw new RuntimeError('PullFailed', error instanceof Error ? error.message : String(error), { cause: error })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

export async function inspectImage(docker: Docker, image: string): Promise<ImageDetail | undefined> {
  refuseInvalid(image)
  try {
    const found = await docker.getImage(image).inspect()
    return { id: found.Id, names: namesOf(found.RepoTags, found.RepoDigests), sizeBytes: found.Size, user: found.Config?.User ?? '' }
  } catch (error) {
    const failure = toRuntimeError(`looking at image ${image}`, error)
    if (failure.code === 'NotFound') return undefined
    if (failure.message.includes('invalid reference format')) throw new RuntimeError('InvalidImageName', messageOf(failure, ''))
    throw failure
  }
}

export async function listImages(docker: Docker): Promise<RuntimeImage[]> {
  const images = await call('listing images', () => docker.listImages())
  return images
    .map((image) => ({ id: image.Id, names: namesOf(image.RepoTags, image.RepoDigests), sizeBytes: image.Size }))
    .filter((image) => image.names.length > 0)
}

/** Makes a local image from an archive of its root file system. `changes` are Dockerfile instructions. */
export async function importImage(
  docker: Docker,
  name: { repository: string; tag: string },
  archive: Buffer,
  changes: string[],
): Promise<void> {
  await call(`importing image ${name.repository}:${name.tag}`, async () => {
    // The image takes its name only when the whole answer was given.
    const stream = await docker.importImage(Readable.from([archive]), { repo: name.repository, tag: name.tag, changes })
    await new Promise<void>((resolve, reject) => docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())))
  })
}

/** Host and port, path of lower case, tag, digest: the grammar of distribution/reference. */
const reference =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,})?$/

/** The engine takes references as parts of paths: what is none must not reach it. */
function refuseInvalid(image: string): void {
  if (image.length > 512 || !reference.test(image)) throw new RuntimeError('InvalidImageName', 'invalid reference format')
}

/** Without a tag the engine would pull every tag there is. */
function withTag(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  return last.includes(':') || image.includes('@') ? image : `${image}:latest`
}

const namesOf = (tags: string[] | null | undefined, digests: string[] | null | undefined): string[] =>
  [...(digests ?? []), ...(tags ?? [])].filter((name) => !name.startsWith('<none>'))

const messageOf = (failure: RuntimeError, doing: string): string => failure.message.replace(`${doing}: `, '')
