export {
  isChangeRecipe,
  isQueryRecipe,
  type ChangeRecipe,
  type JsonValue,
  type QueryRecipe,
  type Recipe,
} from './recipes/recipe.js';
export { parseRecipes, type ParsedRecipes } from './recipes/parse-recipes.js';
export { RECIPE_HELP, explainUnrecognised, type RecipeHelpEntry } from './recipes/recipe-help.js';
export { recipeCommit, recipeIntent } from './recipes/recipe-intent.js';
