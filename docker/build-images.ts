/** Makes the images that Quarterdeck brings along, on the Docker engine of this machine. Pulls nothing. */
import { connectEngine, createDockerRuntime, ensureExampleImage, exampleImage, pauseImage } from '@quarterdeck/docker-runtime'

const socketPath = process.env['DOCKER_SOCKET']
const place = socketPath === undefined ? {} : { socketPath }

await createDockerRuntime({ agentId: 'images', ...place })
console.log(`${pauseImage}: present`)
const result = await ensureExampleImage(connectEngine(socketPath))
console.log(`${exampleImage}: ${typeof result === 'string' ? result : result.unavailable}`)
if (typeof result !== 'string') process.exitCode = 1
