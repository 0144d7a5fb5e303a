export { runProcess } from './run-process.ts'
export { numberSetting, requiredSetting, setting } from './settings.ts'
