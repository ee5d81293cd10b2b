import { CAPABILITIES } from '@signalbox/catalogue/capabilities';
import { type Command, Option } from 'commander';
import type { ListOptions } from '../models/list-models.ts';
import { createContext } from './command-context.ts';

type ShowOptions = { json?: boolean; policy?: string };

export function addModelsCommands(program: Command): void {
  const models = program.command('models').description('which models there are: what they can, cost and where; without a network');

  models
    .command('list')
    .description('models in a table; those that have ended only with --stage ended')
    .argument('[text...]', 'words that must occur in its id, name, provider or strengths')
    .option('--provider <name>', 'of one provider, such as Amazon')
    .addOption(new Option('--capability <name>', 'that has this capability').choices(CAPABILITIES))
    .option('--region <region>', 'that can be called from there; prices are those of the region')
    .addOption(new Option('--stage <stage>', 'of one stage of life').choices(['active', 'legacy', 'ended']))
    .addOption(new Option('--sort <by>', 'cheapest input, largest context or name first').choices(['price', 'context', 'name']))
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox models list --capability tool-use --region eu-west-1 --sort price')
    .action(async (text: string[], options: Omit<ListOptions, 'text'>) => {
      const [{ listModels }, catalogue] = await Promise.all([import('../models/list-models.ts'), loadCatalogue()]);
      const { output, today } = createContext();
      process.exitCode = listModels({
        catalogue,
        options: { ...options, ...(text.length > 0 && { text: text.join(' ') }) },
        today,
        output,
      });
    });

  models
    .command('show')
    .description('all that is known of one model')
    .argument('<model>', 'its id, an alias, an inference profile or an ARN')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox models show us.anthropic.claude-haiku-4-5-20251001-v1:0')
    .action(async (name: string, { json }: ShowOptions) => {
      const [{ showModel }, catalogue] = await Promise.all([import('../models/show-model.ts'), loadCatalogue()]);
      const { output, today } = createContext();
      process.exitCode = showModel({ catalogue, name, today, json, output });
    });
}

/** With the overrides of the policy that stands here or in a folder above. */
async function loadCatalogue() {
  const { loadCatalogueHere } = await import('../catalogue/load-catalogue-for.ts');
  return loadCatalogueHere(process.cwd());
}
