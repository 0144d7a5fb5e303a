import assert from 'node:assert/strict'
import { test } from 'node:test'

import { columnTitle } from './column-title.ts'

test('the name of a column becomes a title in words', () => {
  const titles = {
    Name: 'Name',
    MinPods: 'Min pods',
    AllowVolumeExpansion: 'Allow volume expansion',
    'Last Seen': 'Last seen',
    'Nominated Node': 'Nominated node',
    'External-IP': 'External-IP',
    'Port(s)': 'Port(s)',
    IP: 'IP',
    CSIDriver: 'CSIDriver',
    TargetRAM: 'Target RAM',
  }
  for (const [name, title] of Object.entries(titles)) assert.equal(columnTitle(name), title)
})
