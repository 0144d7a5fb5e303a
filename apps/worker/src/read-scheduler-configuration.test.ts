import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { readSchedulerConfiguration } from './read-scheduler-configuration.ts'

test('[SC18] the file of the setting is read, and what is wrong with it is told with its name', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'quarterdeck-scheduler-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'scheduler.yaml')
  assert.deepEqual(readSchedulerConfiguration(undefined), {})
  assert.throws(() => readSchedulerConfiguration(path), {
    name: 'SettingError',
    message: `QUARTERDECK_SCHEDULER_CONFIG: ${path} can't be read: ENOENT`,
  })
  const header = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n'
  writeFileSync(path, `${header}profile: []\n`)
  assert.throws(() => readSchedulerConfiguration(path), { message: `QUARTERDECK_SCHEDULER_CONFIG: ${path}: unknown field "profile"` })
  writeFileSync(path, `${header}profiles: [{schedulerName: mine}]\n`)
  assert.equal(readSchedulerConfiguration(path).profiles?.[0]?.schedulerName, 'mine')
})
