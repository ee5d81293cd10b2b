/** Of one algorithm in one scenario: p99 in seconds, exposure and attempts as in `Measures`; `undefined` where it was not given. */
type Published = { p99: number; exposure: number | undefined; attempts: number; detect?: Spread; recover?: Spread; flaps?: Spread };
/** `never` where it was not seen in any run. */
type Spread = number | 'never' | undefined;

/** In the order of the columns. */
export const RIVALS = ['retry only', 'LiteLLM', 'resilience4j', 'resilience4j, tuned', 'Envoy per process', 'Envoy, 4 gateways'] as const;
export type Rival = (typeof RIVALS)[number];

type Triple = readonly [p99: number, exposure: number | undefined, attempts: number];
type Times = readonly [detect: Spread, recover: Spread, flaps: Spread];

/** p99 · exposure · attempts per request, by scenario, in the order of `RIVALS`. */
const FIGURES: Readonly<Record<string, readonly (Triple | undefined)[]>> = {
  S1: [
    [17.6, 100, 1.43],
    [17, 46, 1.2],
    [17.3, 66, 1.29],
    [16.9, 39, 1.17],
    [16.5, 23, 1.1],
    [4.5, 1, 1.01],
  ],
  S2: [
    [4.2, 100, 1.13],
    [4.2, 79, 1.11],
    [4.2, 100, 1.13],
    [4.2, 96, 1.13],
    [4.2, 98, 1.13],
    [4.4, 16, 1.02],
  ],
  S3: [
    [120, 100, 1.9],
    [102, 88, 1.14],
    [120, 100, 1.62],
    [29.4, 37, 1.06],
    [120, 98, 1.88],
    [19.3, 40, 1.06],
  ],
  S4: [
    [4.1, 100, 1.13],
    [4.1, 80, 1.05],
    [4.1, 100, 1.13],
    [4.1, 98, 1.12],
    [4.1, 100, 1.13],
    [4.1, 100, 1.13],
  ],
  S5: [
    [17.2, 100, 1.23],
    [16.7, 69, 1.14],
    [17.1, 89, 1.21],
    [17, 74, 1.18],
    [16.6, 39, 1.11],
    [4.5, 11, 1.01],
  ],
  S5b: [
    [17.2, 100, 1.26],
    [16.7, 68, 1.13],
    [17.1, 87, 1.23],
    [16.9, 71, 1.17],
    [16.4, 48, 1.1],
    [4.5, 21, 1.01],
  ],
  S6: [
    [21.4, 100, 1.68],
    [17.7, 60, 1.3],
    [18.7, 78, 1.44],
    [17.5, 54, 1.27],
    [17.1, 38, 1.18],
    [5.5, 5, 1.06],
  ],
  S7: [
    [120, undefined, 2.87],
    [114, undefined, 1.75],
    [120, undefined, 2.26],
    [116, undefined, 1.95],
    [120, undefined, 2.64],
    [117, undefined, 2.48],
  ],
  S8: [
    [17.4, 100, 1.58],
    [17.4, 100, 1.58],
    [17.4, 100, 1.58],
    [17.4, 100, 1.58],
    [18.1, 97, 1.56],
    [18.2, 99, 1.58],
  ],
  S9a: [
    [4, undefined, 1],
    [4, undefined, 1],
    [4.1, undefined, 1],
    [4, undefined, 1],
    [4, undefined, 1],
    [4, undefined, 1],
  ],
  S9b: [
    [109, undefined, 1.51],
    [108, undefined, 1.05],
    [108, undefined, 1.41],
    [108, undefined, 1.17],
    [109, undefined, 1.51],
    [109, undefined, 1.51],
  ],
  S10: [
    [17.4, 100, 1.3],
    [16.8, 47, 1.14],
    [17.4, 98, 1.3],
    [16.8, 48, 1.15],
    [16.4, 29, 1.09],
    [4.5, 2, 1.01],
  ],
  S11: [
    [17.6, 100, 1.43],
    [17, 46, 1.2],
    [17.3, 66, 1.29],
    [16.9, 39, 1.17],
    [16.5, 23, 1.1],
    [4.5, 1, 1.01],
  ],
  S13a: [
    [91, 100, 1.86],
    [35, 72, 1.3],
    [57, 66, 1.31],
    [91, 100, 1.49],
    [91, 100, 1.86],
    [91, 100, 1.86],
  ],
  S13b: [
    [86, undefined, 2.09],
    [77, undefined, 1.29],
    [86, undefined, 2.06],
    [79, undefined, 1.49],
    [86, undefined, 2.09],
    [86, undefined, 2.09],
  ],
};

/** Seconds to detect · to recover · flaps; nobody measured them for retries alone. */
const TIMES: Readonly<Record<string, readonly (Times | undefined)[]>> = {
  S1: [undefined, ['never', 4, 0], [180, 67, 1], [111, 17, 1], [20, 45, 2], [2, 40, 2]],
  S2: [undefined, ['never', 2, 0], ['never', 0, 0], ['never', 0, 0], ['never', 0, 0], [36, 65, 2]],
  S3: [undefined, ['never', 1, 0], ['never', 0, 0], [76, 19, 2], ['never', 0, 0], [28, 32, 6]],
  S5: [
    undefined,
    ['never', undefined, undefined],
    ['never', undefined, undefined],
    ['never', undefined, undefined],
    [20, 52, 2],
    [2, 59, 8],
  ],
  S5b: [
    undefined,
    ['never', undefined, undefined],
    ['never', undefined, undefined],
    ['never', undefined, undefined],
    [20, 45, 6],
    [2, 50, 6],
  ],
  S6: [undefined, ['never', 4, 0], [163, 68, 2], [154, 17, 1], [19, 53, 2], [2, 56, 2]],
  S8: [
    undefined,
    ['never', undefined, undefined],
    ['never', undefined, undefined],
    ['never', undefined, undefined],
    ['never', undefined, undefined],
    ['never', undefined, undefined],
  ],
  S10: [undefined, ['never', undefined, undefined], ['never', 48, undefined], undefined, [20, 34, undefined], [2, 90, undefined]],
  S11: [undefined, ['never', undefined, undefined], [180, 67, undefined], [111, 17, undefined], [20, 45, undefined], [2, 40, undefined]],
  S13a: [
    undefined,
    ['never', 3, 0],
    ['never', 52, 1],
    ['never', undefined, undefined],
    ['never', undefined, undefined],
    ['never', undefined, undefined],
  ],
};

/** What was published of the other algorithms for a scenario; undefined for one that none of them was put to. */
export function publishedRow(scenario: string): (Published | undefined)[] | undefined {
  const figures = FIGURES[scenario];
  return figures?.map((triple, index) => {
    const times = TIMES[scenario]?.[index];
    if (!triple) return undefined;
    const [p99, exposure, attempts] = triple;
    return { p99, exposure, attempts, ...(times && { detect: times[0], recover: times[1], flaps: times[2] }) };
  });
}
