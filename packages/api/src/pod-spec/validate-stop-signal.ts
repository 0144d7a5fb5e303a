import { forbiddenField, notSupportedField, type FieldError } from '@quarterdeck/api-machinery'

const windowsSignals = ['SIGKILL', 'SIGTERM']

/** SIGRTMIN, SIGRTMAX, and those counted from the nearer of the two. */
const realTimeSignals = [
  'SIGRTMIN',
  ...Array.from({ length: 15 }, (_, i) => `SIGRTMIN+${i + 1}`),
  ...Array.from({ length: 14 }, (_, i) => `SIGRTMAX-${i + 1}`),
  'SIGRTMAX',
]
const linuxSignals = [
  'SIGABRT',
  'SIGALRM',
  'SIGBUS',
  'SIGCHLD',
  'SIGCLD',
  'SIGCONT',
  'SIGFPE',
  'SIGHUP',
  'SIGILL',
  'SIGINT',
  'SIGIO',
  'SIGIOT',
  'SIGKILL',
  'SIGPIPE',
  'SIGPOLL',
  'SIGPROF',
  'SIGPWR',
  'SIGQUIT',
  'SIGSEGV',
  'SIGSTKFLT',
  'SIGSTOP',
  'SIGSYS',
  'SIGTERM',
  'SIGTRAP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGUSR1',
  'SIGUSR2',
  'SIGVTALRM',
  'SIGWINCH',
  'SIGXCPU',
  'SIGXFSZ',
  ...realTimeSignals,
].toSorted()

/** The signal that ends a container; which there are depends on the operating system the pod names. */
export function validateStopSignal(signal: string | undefined, os: string | undefined, path: string): FieldError[] {
  if (signal === undefined) return []
  if (os === undefined) return [forbiddenField(path, 'may not be set for containers with empty `spec.os.name`')]
  const signals = os === 'windows' ? windowsSignals : linuxSignals
  return signals.includes(signal) ? [] : [notSupportedField(path, signal, signals)]
}
