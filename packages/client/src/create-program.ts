import { Command } from 'commander';
import { addAskCommand } from './commands/ask.ts';
import { addChaosCommands } from './commands/chaos.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEventsCommands } from './commands/events.ts';
import { addKeptCommands } from './commands/kept.ts';
import { addKeysCommands } from './commands/keys.ts';
import { addModelsCommands } from './commands/models.ts';
import { addPolicyCommands } from './commands/policy.ts';
import { addResultCommand } from './commands/result.ts';
import { addSendCommand } from './commands/send.ts';
import { addStartCommand } from './commands/start.ts';
import { addTargetsCommands } from './commands/targets.ts';
import { addTenantsCommands } from './commands/tenants.ts';
import { addTopCommand } from './commands/top.ts';

/** Every command with its options; what a command does is loaded when it is called, so that each starts quickly. */
export function createProgram(): Command {
  const program = new Command('signalbox')
    .description('Answers foundation-model requests, however the models behave.')
    .showHelpAfterError('(--help shows what there is)');
  addStartCommand(program);
  addAskCommand(program);
  addSendCommand(program);
  addResultCommand(program);
  addKeptCommands(program);
  addEventsCommands(program);
  addPolicyCommands(program);
  addModelsCommands(program);
  addTargetsCommands(program);
  addKeysCommands(program);
  addTenantsCommands(program);
  addTopCommand(program);
  addChaosCommands(program);
  addDoctorCommand(program);
  return program;
}
