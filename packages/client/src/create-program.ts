import { Command } from 'commander';
import { addAskCommand } from './commands/ask.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addModelsCommands } from './commands/models.ts';
import { addPolicyCommands } from './commands/policy.ts';
import { addStartCommand } from './commands/start.ts';

/** Every command with its options; what a command does is loaded when it is called, so that each starts quickly. */
export function createProgram(): Command {
  const program = new Command('signalbox')
    .description('Answers foundation-model requests, however the models behave.')
    .showHelpAfterError('(--help shows what there is)');
  addStartCommand(program);
  addAskCommand(program);
  addPolicyCommands(program);
  addModelsCommands(program);
  addDoctorCommand(program);
  return program;
}
