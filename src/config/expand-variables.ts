// Variables of the environment in the texts of a configuration.

/**
 * Fills in `${NAME}` and `${NAME:-default}`; `$$` is a dollar sign. `${1}` stays: it is a group of a regular expression.
 * @param complain called with what is wrong; nothing stands in the place of what cannot be filled in
 */
export function expandVariables(
  text: string,
  env: NodeJS.ProcessEnv,
  complain: (reason: string) => void,
): string {
  return text.replace(
    /\$(\$|\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\{(?!\d+\}))/g,
    (_, whole: string, name: string, otherwise?: string) => {
      if (whole === '$') return '$';
      if (whole === '{') {
        complain(
          `a "\${" that names no variable; write \${NAME}, \${NAME:-value}, or $\${ for the text itself`,
        );
        return '';
      }
      const found = env[name];
      if (found !== undefined && (found !== '' || otherwise === undefined)) return found;
      if (otherwise !== undefined) return otherwise;
      complain(`the environment variable ${name} is not set; set it or give a default: \${${name}:-value}`);
      return '';
    },
  );
}
