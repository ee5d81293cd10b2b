import type { Features, InferenceConfig, Priority, Requirements } from '@signalbox/contracts';
import { countCharacters } from './count-characters.ts';
import { detectLanguage } from './detect-language.ts';
import { estimateInputTokens } from './estimate-input-tokens.ts';
import { inputModalitiesOf } from './input-modalities-of.ts';
import { lastUserText } from './last-user-text.ts';
import type { FeatureSource, RequestFeatures } from './request-features.ts';

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

/** The features of a request. Nothing is worked out until it is asked for, and then once; the source must not change any more. */
export function readFeatures(source: FeatureSource): RequestFeatures {
  return new LazyFeatures(source);
}

/** Of the features that cost something, those that were worked out so far: what a choice was based on, for its event. */
export function computedFeatures(features: RequestFeatures): Pick<Features, 'estimatedInputTokens' | 'language'> {
  return features instanceof LazyFeatures ? features.computed : {};
}

class LazyFeatures implements RequestFeatures {
  readonly #source: FeatureSource;
  #inputModalities: readonly string[] | undefined;
  #tools: readonly string[] | undefined;
  #inputCharacters: number | undefined;
  #estimatedInputTokens: number | undefined;
  #text: string | undefined;
  /** In an object, because undefined is a language too: one that is not clear. */
  #language: { tag: string | undefined } | undefined;

  constructor(source: FeatureSource) {
    this.#source = source;
  }

  get operation(): RequestFeatures['operation'] {
    return this.#source.operation ?? 'chat';
  }

  get tenant(): string {
    return this.#source.tenant;
  }

  get priority(): Priority | undefined {
    return this.#source.priority;
  }

  get sessionId(): string | undefined {
    return this.#source.sessionId;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#source.labels ?? NO_LABELS;
  }

  get requirements(): Requirements | undefined {
    return this.#source.requirements;
  }

  get maxTokens(): InferenceConfig['maxTokens'] {
    return this.#source.inferenceConfig?.maxTokens;
  }

  get inputModalities(): readonly string[] {
    this.#inputModalities ??= inputModalitiesOf(this.#source.content);
    return this.#inputModalities;
  }

  get hasTools(): boolean {
    return this.#source.content.toolConfig !== undefined;
  }

  get tools(): readonly string[] {
    this.#tools ??= this.#source.content.toolConfig?.tools.map(({ toolSpec }) => toolSpec.name) ?? [];
    return this.#tools;
  }

  get inputCharacters(): number {
    this.#inputCharacters ??= countCharacters(this.#source.content);
    return this.#inputCharacters;
  }

  get estimatedInputTokens(): number {
    this.#estimatedInputTokens ??= estimateInputTokens(this.#source.content);
    return this.#estimatedInputTokens;
  }

  get text(): string {
    this.#text ??= lastUserText(this.#source.content);
    return this.#text;
  }

  get language(): string | undefined {
    this.#language ??= { tag: detectLanguage(this.text) };
    return this.#language.tag;
  }

  get computed(): Pick<Features, 'estimatedInputTokens' | 'language'> {
    return {
      ...(this.#estimatedInputTokens === undefined ? {} : { estimatedInputTokens: this.#estimatedInputTokens }),
      ...(this.#language?.tag === undefined ? {} : { language: this.#language.tag }),
    };
  }
}
