import { append, end, enter, wait } from '../transition-steps.js';
import type { Rows } from './row.js';

/** From a message to what it means for the code. */
export const UNDERSTANDING_ROWS: Rows<
  | 'run_received'
  | 'intent_extracted'
  | 'question_asked'
  | 'question_answered'
  | 'answered'
  | 'graph_read'
  | 'impact_assessed'
> = {
  run_received: {
    from: ['received'],
    to: (run) => enter(run, 'intent_extraction', {}, 'Message received; reading what is wanted.'),
  },
  intent_extracted: {
    from: ['intent_extraction'],
    to: (run, { intent }) =>
      enter(run, 'pkg_query', { intent }, `Understood: ${intent.description.slice(0, 200)}.`),
  },
  question_asked: {
    from: ['intent_extraction', 'planning'],
    to: (run, { question, options }, env) => {
      const questionId = env.newId();
      return wait(
        run,
        'awaiting_answer',
        { question: { questionId, question } },
        'Waiting for an answer.',
        [
          append({
            type: 'question',
            data: {
              question_id: questionId,
              question,
              ...(options === undefined ? {} : { options }),
            },
          }),
        ],
      );
    },
  },
  question_answered: {
    from: ['awaiting_answer'],
    to: (run, { answer }) => {
      const { question, ...rest } = run.context;
      const answers = question === undefined ? [] : [{ ...question, answer }];
      return enter(
        { ...run, context: rest },
        run.stage,
        { answers: [...(rest.answers ?? []), ...answers] },
        'Answer received; going on.',
      );
    },
  },
  answered: {
    from: ['intent_extraction', 'pkg_query', 'impact_analysis', 'planning'],
    to: (run, { message, updates }) =>
      end(run, 'completed', 'answered', message, updates.map(append)),
  },
  graph_read: {
    from: ['pkg_query'],
    to: (run, { repository, graph }) =>
      enter(
        run,
        'impact_analysis',
        { repository, graph },
        `Graph read: ${graph.modules} modules, ${graph.symbols} symbols, ${graph.edges} edges.`,
      ),
  },
  impact_assessed: {
    from: ['impact_analysis'],
    to: (run, { impact }) =>
      enter(
        run,
        'planning',
        { impact },
        `Impact assessed: ${impact.risk} risk (${impact.score} of 100).`,
      ),
  },
};
