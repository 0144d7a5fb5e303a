/**
 * Durable first: an acknowledged commit is on disk. Otherwise tuned for one machine that runs much else: little idle
 * memory, no replication, no parallel workers, checkpoints spread out. Given on the command line at every start, so
 * that an upgrade changes them in old data directories too.
 */
const durableSettings: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  shared_buffers: '128MB',
  max_connections: '50',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  io_method: 'sync',
  jit: 'off',
  dynamic_shared_memory_type: 'mmap',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
}

/** For tests whose data may vanish with the machine (a killed process still loses nothing). */
const scratchSettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '200',
}

export type Durability = 'durable' | 'scratch'

export function settingArguments(durability: Durability, where: { socketDir: string; port: number | undefined }): string[] {
  const settings = {
    ...durableSettings,
    ...(durability === 'scratch' ? scratchSettings : {}),
    listen_addresses: where.port === undefined ? '' : '127.0.0.1',
    port: String(where.port ?? 5432),
    unix_socket_directories: where.socketDir,
    unix_socket_permissions: '0700',
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
