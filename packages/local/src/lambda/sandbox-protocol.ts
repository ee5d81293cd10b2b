/** What a sandbox is told once, when its thread starts (`workerData`). */
export type SandboxStart = {
  /** Absolute path of the folder that Lambda would mount at /var/task. */
  codeDirectory: string;
  /** `file.export`, as in a template. */
  handler: string;
  functionName: string;
  functionArn: string;
  memoryMb: number;
  logGroupName: string;
  logStreamName: string;
};

/** Host to sandbox. The payload is JSON text: objects never cross, just as on Lambda. */
export type InvokeMessage = { kind: 'invoke'; requestId: string; payload: string; deadlineMs: number };

/** Host to sandbox. `stream-read`: so many bytes of the streamed answer were read. `stream-closed`: nobody will read any more of it. */
export type HostMessage =
  | InvokeMessage
  | { kind: 'stream-read'; requestId: string; bytes: number }
  | { kind: 'stream-closed'; requestId: string };

/** What a handler streams, in order. */
export type StreamMessage =
  | { kind: 'stream-started'; contentType: string }
  | { kind: 'stream-chunk'; bytes: Uint8Array }
  | { kind: 'stream-ended' };

export type SandboxFailure = { errorType: string; message: string; trace: string };

/** Sandbox to host. */
export type SandboxMessage =
  | { kind: 'ready' }
  | ({ kind: 'init-failed' } & SandboxFailure)
  /** Without a payload the answer was streamed. */
  | { kind: 'succeeded'; requestId: string; payload?: string }
  | (StreamMessage & { requestId: string })
  | ({ kind: 'failed'; requestId: string } & SandboxFailure)
  | ({ kind: 'crashed' } & SandboxFailure)
  | { kind: 'output'; stream: 'stdout' | 'stderr'; lines: string[]; requestId: string | undefined };
