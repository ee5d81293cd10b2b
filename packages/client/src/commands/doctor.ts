import type { Command } from 'commander';
import { createContext } from './command-context.ts';

type DoctorOptions = { stage?: string; stack?: string; json?: boolean };

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('look whether an installation can work, and say what to do where it can not; changes nothing')
    .option('--stage <stage>', 'an installation on AWS, such as prod, with the credentials and region of the AWS SDK')
    .option('--stack <file>', 'the stack.json of an embedded one, or its data directory')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  $ signalbox doctor --stage prod')
    .action(run);
}

async function run({ stage, stack, json }: DoctorOptions): Promise<void> {
  const { findPlace } = await import('../installation/place.ts');
  const place = findPlace({ stage, stack });
  const [{ createAwsPorts }, { runDoctor }, { printChecks }, { loadCatalogueHere }] = await Promise.all([
    import('../doctor/aws-ports.ts'),
    import('../doctor/run-doctor.ts'),
    import('../doctor/print-checks.ts'),
    import('../catalogue/load-catalogue-for.ts'),
  ]);
  const { resolveModel } = await import('@signalbox/catalogue');
  const catalogue = loadCatalogueHere(process.cwd());
  const namesOf = (model: string) => {
    const found = resolveModel(catalogue, model);
    return found.kind === 'found' ? [found.model.name, `${found.model.provider} ${found.model.name}`] : [];
  };
  const { output } = createContext();
  const checks = await runDoctor({ ports: createAwsPorts(place), isEmbedded: place.kind === 'embedded', namesOf });
  process.exitCode = printChecks(checks, { output, json });
}
