import { setTimeout as sleep } from 'node:timers/promises';
import { countOutcomes, createEventPublisher, createPutEvents, readEnvironment } from '@signalbox/runtime';
import { createJudge } from '../create-judge.ts';
import { rememberBuckets } from '../remember-buckets.ts';
import { createCounterStore } from './counter-store.ts';
import { createExecutions } from './executions.ts';
import { createFleetStore } from './fleet-store.ts';
import { createTableClient } from './health-table.ts';
import { createHoldStore } from './hold-store.ts';
import { createLeaseStore } from './lease-store.ts';
import { note } from './note.ts';
import { createOverlayStore } from './overlay-store.ts';
import { createReadTable } from './table-in-force.ts';

/** What every function that judges is made of, from the places that its environment names. */
export function connectJudge() {
  const environment = readEnvironment([
    'STAGE',
    'COUNTERS_TABLE',
    'HEALTH_TABLE',
    'OVERLAY_TABLE',
    'DATA_BUCKET',
    'EVENT_BUS',
    'PROBE_MACHINE_ARN',
  ]);
  const { STAGE: stage } = environment;
  const client = createTableClient();
  const tableName = environment.HEALTH_TABLE;
  const counters = createCounterStore({ tableName: environment.COUNTERS_TABLE, client });
  const { publish } = createEventPublisher({ putEvents: createPutEvents({ busName: environment.EVENT_BUS }) });
  const ports = {
    stage,
    readTable: createReadTable({ bucket: environment.DATA_BUCKET }),
    counters: { add: counters.add, ...rememberBuckets({ counters, now: Date.now }) },
    fleet: createFleetStore({ tableName, client }),
    holds: createHoldStore({ tableName, client, onProblem: (problem) => note('error', 'A hold by hand is broken', { problem }) }),
    lease: createLeaseStore({ tableName, client }),
    startExecution: createExecutions({ stateMachineArn: environment.PROBE_MACHINE_ARN }),
    overlay: createOverlayStore({ tableName: environment.OVERLAY_TABLE, client }),
    publish,
    count: countOutcomes,
    note,
    now: Date.now,
    random: Math.random,
    sleep,
  };
  return { ports, judge: createJudge(ports) };
}
