export { machineAddresses } from './machine-addresses.ts'
export { runProcess } from './run-process.ts'
export { numberSetting, requiredSetting, setting, SettingError } from './settings.ts'
