export { distinct } from './distinct.ts';
export { type Interference, interfereWith, type PortCall } from './interference.ts';
export { makeWorld, type Receipt, requestBody, uploadPayload, type World } from './make-world.ts';
export { answeredOutput, answeredWith, attemptOf, endedFor, inTurn, waitingFor } from './scripted-answer.ts';
export { START } from './virtual-clock.ts';
export { BUCKET } from './world-ports.ts';
