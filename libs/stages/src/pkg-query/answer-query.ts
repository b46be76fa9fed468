import type { NewUpdate, ProjectGraph } from '@hil/contracts';
import {
  GraphQueries,
  describeProject,
  drawArchitecture,
  drawDependencies,
  explainPath,
  isDiagram,
  whatDependsOn,
  whoCalls,
} from '@hil/knowledge-graph';
import type { QueryRecipe } from '@hil/language-models';

/** Answers a question recipe from the graph, as the update that carries the answer. */
export function answerQuery(query: QueryRecipe, graph: ProjectGraph): NewUpdate {
  const found = lookUp(query, new GraphQueries(graph));
  return isDiagram(found)
    ? { type: 'diagram_response', data: found }
    : { type: 'query_response', data: found };
}

/** The drawing of what a model took a diagram request to be about: the first file it names, else everything. */
export function drawScope(graph: ProjectGraph, targets: readonly string[]): NewUpdate {
  const queries = new GraphQueries(graph);
  const path = targets.find((target) => queries.module(target) !== undefined);
  const drawn = path === undefined ? drawArchitecture(queries) : drawDependencies(queries, path);
  return isDiagram(drawn)
    ? { type: 'diagram_response', data: drawn }
    : { type: 'query_response', data: drawn };
}

function lookUp(query: QueryRecipe, queries: GraphQueries): ReturnType<typeof drawDependencies> {
  switch (query.kind) {
    case 'who_calls':
      return whoCalls(queries, query.symbol);
    case 'what_depends_on':
      return whatDependsOn(queries, query.path);
    case 'explain':
      return explainPath(queries, query.path);
    case 'what_is_project':
      return describeProject(queries);
    case 'show_dependencies':
      return drawDependencies(queries, query.path);
    case 'show_architecture':
      return drawArchitecture(queries);
  }
}
