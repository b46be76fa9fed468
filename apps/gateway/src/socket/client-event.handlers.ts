import type { ClientEventData, ClientEventName } from '@hil/contracts';
import type { Actor, CommandResult, RunCommands } from '@hil/workflow';

/** Client events that are commands to a run; the others concern the connection itself. */
export type CommandName = Exclude<ClientEventName, 'authenticate' | 'resume' | 'chat_message'>;

type CommandHandler<N extends CommandName> = (
  commands: RunCommands,
  actor: Actor,
  data: ClientEventData<N>,
) => Promise<CommandResult>;

/** What each command event does. */
export const COMMAND_HANDLERS: { [N in CommandName]: CommandHandler<N> } = {
  approve_plan: (commands, actor, data) => commands.decide(actor, { ...data, kind: 'plan' }),
  reject_plan: (commands, actor, data) =>
    commands.decide(actor, { ...data, kind: 'plan', approved: false }),
  approval_response: (commands, actor, data) => commands.decide(actor, data),
  edit_plan: (commands, actor, data) => commands.editPlan(actor, data),
  cancel_request: (commands, actor, data) => commands.cancel(actor, data),
};
