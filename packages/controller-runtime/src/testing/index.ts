export { FakeClock, settle } from './fake-clock.ts'
export { scriptedClient, ScriptedWatch, type ScriptedClient } from './scripted-client.ts'
