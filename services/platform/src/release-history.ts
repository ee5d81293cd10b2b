import type { ReleasedTable, RoutingTableRolledBack } from '@signalbox/contracts';

/** A deployment of the routing table, as AppConfig has it on record. */
export type Deployment = {
  number: number;
  environmentId: string;
  profileId: string;
  /** AppConfig's word. */
  state: string;
  table: ReleasedTable;
  description: string | undefined;
  endedAt: number | undefined;
  /** Who ended it; meant for one that was rolled back. */
  reason: RoutingTableRolledBack['data']['reason'];
};

/** A table in force with its text. */
export type TableInForce = { table: ReleasedTable; content: string };

/** What AppConfig knows of the releases of one environment. */
export type ReleaseHistory = {
  deployment: (number: number) => Promise<Deployment>;
  /** What the last deployment before this one that was completed, and not taken back, brought. */
  inForceBefore: (number: number) => Promise<{ table: ReleasedTable } | undefined>;
  inForce: () => Promise<TableInForce | undefined>;
};
