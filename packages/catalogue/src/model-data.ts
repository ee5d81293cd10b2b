import ai21Labs from '../data/ai21-labs.json' with { type: 'json' };
import amazon from '../data/amazon.json' with { type: 'json' };
import anthropic from '../data/anthropic.json' with { type: 'json' };
import cohere from '../data/cohere.json' with { type: 'json' };
import deepseek from '../data/deepseek.json' with { type: 'json' };
import google from '../data/google.json' with { type: 'json' };
import lumaAi from '../data/luma-ai.json' with { type: 'json' };
import meta from '../data/meta.json' with { type: 'json' };
import minimax from '../data/minimax.json' with { type: 'json' };
import mistralAi from '../data/mistral-ai.json' with { type: 'json' };
import moonshotAi from '../data/moonshot-ai.json' with { type: 'json' };
import nvidia from '../data/nvidia.json' with { type: 'json' };
import openai from '../data/openai.json' with { type: 'json' };
import qwen from '../data/qwen.json' with { type: 'json' };
import stabilityAi from '../data/stability-ai.json' with { type: 'json' };
import twelvelabs from '../data/twelvelabs.json' with { type: 'json' };
import writer from '../data/writer.json' with { type: 'json' };
import xai from '../data/xai.json' with { type: 'json' };
import zAi from '../data/z-ai.json' with { type: 'json' };
import type { Model } from './model.ts';

/** The package's data, a file for each provider. Imported as modules, so that it is parsed once and goes into a bundle. */
export const modelData = [
  ai21Labs,
  amazon,
  anthropic,
  cohere,
  deepseek,
  google,
  lumaAi,
  meta,
  minimax,
  mistralAi,
  moonshotAi,
  nvidia,
  openai,
  qwen,
  stabilityAi,
  twelvelabs,
  writer,
  xai,
  zAi,
].flat() as readonly Model[];
