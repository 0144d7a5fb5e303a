interface Unit {
  letter: string
  seconds: number
}

const second: Unit = { letter: 's', seconds: 1 }
const minute: Unit = { letter: 'm', seconds: 60 }
const hour: Unit = { letter: 'h', seconds: 3600 }
const day: Unit = { letter: 'd', seconds: 86_400 }
const year: Unit = { letter: 'y', seconds: 365 * 86_400 }

/** Up to how many seconds a duration is written in a unit, and in which smaller one its rest. */
const steps: readonly { belowSeconds: number; unit: Unit; rest?: Unit }[] = [
  { belowSeconds: 2 * minute.seconds, unit: second },
  { belowSeconds: 10 * minute.seconds, unit: minute, rest: second },
  { belowSeconds: 3 * hour.seconds, unit: minute },
  { belowSeconds: 8 * hour.seconds, unit: hour, rest: minute },
  { belowSeconds: 2 * day.seconds, unit: hour },
  { belowSeconds: 8 * day.seconds, unit: day, rest: hour },
  { belowSeconds: 2 * year.seconds, unit: day },
  { belowSeconds: 8 * year.seconds, unit: year, rest: day },
  { belowSeconds: Number.POSITIVE_INFINITY, unit: year },
]

/** A duration as kubectl shows ages: `90s`, `5m30s`, `2d3h`. Never negative. */
export function humanDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000))
  const { unit, rest } = steps.find((step) => total < step.belowSeconds)!
  const whole = `${Math.floor(total / unit.seconds)}${unit.letter}`
  const left = rest ? Math.floor((total % unit.seconds) / rest.seconds) : 0
  return rest && left > 0 ? `${whole}${left}${rest.letter}` : whole
}
