import type Docker from 'dockerode'

import { importImage, inspectImage } from './images.ts'
import { pauseBinary } from './pause-binary.ts'
import { tarOf } from './tar.ts'

const repository = 'quarterdeck/pause'
const tag = '1'
export const pauseImage = `${repository}:${tag}`

/** Makes the image of the sandboxes' first process, unless the engine has it. Needs no network. */
export async function ensurePauseImage(docker: Docker): Promise<void> {
  if (await inspectImage(docker, pauseImage)) return
  const archive = tarOf([
    { path: 'pause', mode: 0o755, content: pauseBinary() },
    { path: 'etc/', mode: 0o755 },
  ])
  await importImage(docker, { repository, tag }, archive, ['ENTRYPOINT ["/pause"]'])
}
