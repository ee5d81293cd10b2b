import * as z from 'zod/mini';
import { FactDate } from './fact-source.ts';

const text = z.string().check(z.minLength(1));
const answer = z.nullable(z.boolean());
/** US dollars; null where nobody has stated it. */
const dollars = z.nullable(z.number().check(z.gte(0)));

/** How a model can be made one's own, where, and for what price. */
export const ModelCustomization = z.strictObject({
  /** Empty when AWS lists none. */
  methods: z.array(z.enum(['fine-tuning', 'continued-pre-training', 'distillation', 'reinforcement-fine-tuning'])),
  /** Where jobs run; null when not known. */
  regions: z.nullable(z.array(text)),
  newJobsAllowed: answer,
  /** The id that a job names, where it is not the model's. */
  fineTuneModelId: z.nullable(text),
  /** Ids of the models that it can teach, and learn from. */
  distillation: z.nullable(z.strictObject({ teacherFor: z.array(text), studentOf: z.array(text) })),
  /** US dollars; a model unit by the hour without commitment, storage by the month. */
  prices: z.nullable(
    z.strictObject({
      asOf: FactDate,
      trainingPerMTokens: dollars,
      trainingPerHour: dollars,
      trainingPerImage: dollars,
      modelUnitPerHour: dollars,
      storagePerModelMonth: dollars,
    }),
  ),
});

/** Capacity bought by the hour. */
export const ProvisionedThroughput = z.strictObject({
  supported: answer,
  /** The ids that it is bought for. */
  modelIds: z.nullable(z.array(text)),
  /** US dollars by the length of the commitment. */
  perModelUnitHour: z.nullable(z.strictObject({ noCommitment: dollars, oneMonth: dollars, sixMonths: dollars })),
});
