export { distinct } from './distinct.ts';
export { type Interfere, type Interference, interfereWith, type PortCall } from './interference.ts';
export { laneAt, makeWorld, type Receipt, requestBody, uploadPayload, type World } from './make-world.ts';
export { createMemoryStore, type MemoryItem, type MemoryStore } from './memory-store.ts';
export { answeredOutput, answeredWith, attemptOf, endedFor, inTurn, waitingFor } from './scripted-answer.ts';
export { createVirtualClock, START, type VirtualClock } from './virtual-clock.ts';
export { createVirtualQueue, type Received, VISIBILITY_MS, type VirtualQueue } from './virtual-queue.ts';
export { BUCKET, QUEUE_URL } from './world-ports.ts';
