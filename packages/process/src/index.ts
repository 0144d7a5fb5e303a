export { machineAddresses } from './machine-addresses.ts'
export { runProcess } from './run-process.ts'
export { networkSetting, numberSetting, requiredSetting, setting, SettingError } from './settings.ts'
