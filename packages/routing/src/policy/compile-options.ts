import type { Catalogue } from '@signalbox/catalogue';

/** What the roles that call models may call; the parameters of the platform's template. */
export type AllowedModels = {
  /** Ids as the catalogue has them, without the prefix of a profile. */
  models: readonly string[];
  /** For an inference profile all regions where it may run. */
  regions: readonly string[];
  /** Names of SageMaker endpoints as IAM matches them, with `*` and `?`; none when absent. */
  endpoints?: readonly string[] | undefined;
  /** Whether global profiles may be used, which run in any region. */
  globalProfiles: boolean;
};

/** What evaluation measured, by the id of a target or of a model; a target's own comes first. */
export type Measurements = Readonly<Record<string, { latencyMs?: number; quality?: number }>>;

export type CompileInput = {
  /** The name that problems show. */
  file: string;
  text: string;
  catalogue: Catalogue;
  measurements?: Measurements | undefined;
  /** Absent, any model is allowed. */
  allowed?: AllowedModels | undefined;
  /** `YYYY-MM-DD`: models are looked at as they are on this day. Absent, their life cycles are not looked at: what was released once must not fail to build by the calendar. */
  today?: string | undefined;
};
