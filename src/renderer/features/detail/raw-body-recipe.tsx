// How a handler reads the raw body, in the person's framework.

import { rawBodyRecipes } from '../../lib/raw-body-recipes.ts';
import { useActions, useApp } from '../../state/use-app.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ChoiceField } from '../../ui/message-editor/choice-field.tsx';

const choices = rawBodyRecipes.map(({ id, name }) => ({ value: id, label: name }));

/** "Read the raw body" with a picker, the code and a button that copies it. */
export function RawBodyRecipe() {
  const framework = useApp((state) => state.view.framework);
  const actions = useActions();
  const recipe = rawBodyRecipes.find(({ id }) => id === framework) ?? rawBodyRecipes[0];
  if (recipe === undefined) return null;
  return (
    <div className="raw-recipe" role="group" aria-label="Read the raw body">
      <div className="raw-recipe-head">
        <h3>Read the raw body</h3>
        <ChoiceField
          label="Framework"
          hidden
          value={recipe.id}
          choices={choices}
          onChange={(id) => actions.chooseFramework(id)}
        />
        <CopyButton text={recipe.code} label="Copy the code" />
      </div>
      <p className="soft">{recipe.note}</p>
      <pre className="code-block" role="region" aria-label={`Code for ${recipe.name}`} tabIndex={0}>
        {recipe.code}
      </pre>
    </div>
  );
}
