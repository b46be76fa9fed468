import { Refusal, type Answer } from '../answer.js';
import { fullNameOf, stamp, type ForgePull, type ForgeState } from '../state.js';
import { stateOf, type GitLabObjects } from './objects.js';
import { mustCall, ok, PAGES, PROJECT, route, type Call, type Route, type Way } from './request.js';

const REQUEST = `${PROJECT}/merge_requests/(\\d+)`;
const TEXT_FIELDS = ['title', 'description', 'labels', 'reviewer_ids', 'remove_source_branch'];
const MAX_DESCRIPTION = 1_048_576;

/** Routes that open, list and change merge requests, and of what is said on them. */
export class MergeRequestRoutes {
  constructor(
    private readonly state: ForgeState,
    private readonly objects: GitLabObjects,
    private readonly way: Way,
  ) {}

  readonly table: Record<string, Route> = {
    'GET merge_requests': route(
      `${PROJECT}/merge_requests`,
      ['source_branch', 'target_branch', 'source_project_id', 'state', 'author_id', ...PAGES],
      async (call) => {
        const { project } = this.way.reach(call);
        const { query } = call;
        const wanted = query.get('state') ?? 'all';
        const found = this.state
          .findPulls(fullNameOf(project))
          .filter(
            (pull) =>
              (wanted === 'all' || stateOf(pull) === wanted) &&
              is(query.get('source_branch'), pull.head.branch) &&
              is(query.get('target_branch'), pull.base) &&
              is(
                query.get('source_project_id'),
                String(this.state.repository(pull.head.repository)?.id),
              ),
          );
        return ok(await Promise.all(found.reverse().map((pull) => this.objects.request(pull))));
      },
    ),
    'POST merge_request': route(
      `${PROJECT}/merge_requests`,
      [
        'source_branch',
        'target_branch',
        'target_project_id',
        'allow_collaboration',
        ...TEXT_FIELDS,
      ],
      (call) => this.create(call),
    ),
    'GET merge_request': route(REQUEST, ['include_rebase_in_progress'], async (call) =>
      ok(await this.objects.request(this.way.request(call))),
    ),
    'PUT merge_request': route(
      REQUEST,
      ['state_event', 'add_labels', ...TEXT_FIELDS],
      async (call) => {
        const pull = this.way.request(call);
        this.way.mustWrite(call, pull);
        this.write(pull, call.body);
        if (call.body['state_event'] === 'close' && pull.state === 'open') pull.state = 'closed';
        pull.updatedAt = stamp();
        return ok(await this.objects.request(pull));
      },
    ),
    'GET notes': route(`${REQUEST}/notes`, PAGES, (call) => {
      const pull = this.way.request(call);
      return ok([...pull.comments, ...pull.reviewComments].map((note) => this.objects.note(note)));
    }),
    'POST note': route(`${REQUEST}/notes`, ['body'], (call) => {
      const pull = this.way.request(call);
      const { login } = mustCall(call.caller);
      const note = {
        id: this.state.nextId(),
        author: login,
        body: String(call.body['body']),
        createdAt: stamp(),
      };
      pull.comments.push(note);
      return { status: 201, body: this.objects.note(note) };
    }),
  };

  private async create(call: Call): Promise<Answer> {
    const { project: source, access } = this.way.reach(call);
    const { login } = mustCall(call.caller);
    if (access !== 'write') throw new Refusal(403, { message: '403 Forbidden' });
    const { body } = call;
    const targetId = body['target_project_id'];
    const target =
      targetId === undefined
        ? source
        : [...this.state.repositories.values()].find(({ id }) => id === Number(targetId));
    if (target === undefined || (target !== source && source.parent !== fullNameOf(target))) {
      throw new Refusal(422, { message: ['Source project is not a fork of the target project'] });
    }
    const branch = String(body['source_branch']);
    const base = String(body['target_branch']);
    if (typeof body['title'] !== 'string') throw new Refusal(400, { error: 'title is missing' });
    for (const [repository, name, field] of [
      [source, branch, 'source_branch'],
      [target, base, 'target_branch'],
    ] as const) {
      if ((await this.state.branchSha(repository, name)) === undefined) {
        throw new Refusal(400, { message: { [field]: ['does not exist'] } });
      }
    }
    const head = { repository: fullNameOf(source), owner: source.owner, branch };
    const there = this.state
      .findPulls(fullNameOf(target))
      .find(
        (pull) =>
          pull.state === 'open' &&
          pull.base === base &&
          pull.head.branch === branch &&
          pull.head.repository === head.repository,
      );
    if (there !== undefined) {
      throw new Refusal(409, {
        message: [
          `Another open merge request already exists for this source branch: !${there.number}`,
        ],
      });
    }
    const pull = this.state.addPull({
      repository: fullNameOf(target),
      head,
      base,
      title: '',
      body: '',
      draft: false,
      state: 'open',
      author: login,
      labels: [],
      reviewers: [],
      teams: [],
    });
    this.write(pull, body);
    return { status: 201, body: await this.objects.request(pull) };
  }

  private write(pull: ForgePull, body: Record<string, unknown>): void {
    const { title, description, labels, add_labels, reviewer_ids } = body;
    if (typeof description === 'string' && description.length > MAX_DESCRIPTION) {
      throw new Refusal(400, {
        message: { description: ['is too long (maximum is 1048576 characters)'] },
      });
    }
    if (typeof title === 'string') {
      if (title.length > 255)
        throw new Refusal(400, { message: { title: ['is too long (maximum is 255 characters)'] } });
      pull.draft = /^(draft:|\[draft\]|\(draft\))/i.test(title);
      pull.title = title;
    }
    if (typeof description === 'string') pull.body = description;
    if (labels !== undefined) pull.labels = listOf(labels);
    if (add_labels !== undefined)
      pull.labels = [...new Set([...pull.labels, ...listOf(add_labels)])];
    if (Array.isArray(reviewer_ids)) {
      const target = this.state.repository(pull.repository);
      // GitLab leaves out, without a word, whoever has no access.
      pull.reviewers = [...this.state.users]
        .filter(([, id]) => reviewer_ids.map(Number).includes(id))
        .map(([login]) => login)
        .filter((login) => login === target?.owner || target?.collaborators[login] !== undefined);
    }
  }
}

function is(wanted: string | null, found: string): boolean {
  return wanted === null || wanted === found;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value)
    ? value.map(String)
    : String(value)
        .split(',')
        .filter((label) => label !== '');
}
