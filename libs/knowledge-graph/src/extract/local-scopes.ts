/**
 * Names bound inside the functions around the current node, so that a local variable is never
 * taken for a module-level symbol, and the types that parameters, locals and fields declare.
 */
export class LocalScopes {
  private readonly functions: Map<string, string | null>[] = [];
  private readonly classes: Map<string, string | null>[] = [];

  enterFunction(): void {
    this.functions.push(new Map());
  }

  leaveFunction(): void {
    this.functions.pop();
  }

  enterClass(fields: Map<string, string | null>): void {
    this.classes.push(fields);
  }

  leaveClass(): void {
    this.classes.pop();
  }

  get insideFunction(): boolean {
    return this.functions.length > 0;
  }

  /** Binds a name in the innermost function; outside of functions it does nothing. */
  bind(name: string, type: string | null): void {
    this.functions.at(-1)?.set(name, type);
  }

  has(name: string): boolean {
    for (const scope of this.functions) if (scope.has(name)) return true;
    return false;
  }

  typeOf(name: string): string | null {
    for (let at = this.functions.length - 1; at >= 0; at -= 1) {
      const type = this.functions[at]?.get(name);
      if (type !== undefined) return type;
    }
    return null;
  }

  fieldType(name: string): string | null {
    return this.classes.at(-1)?.get(name) ?? null;
  }

  setFieldType(name: string, type: string | null): void {
    const fields = this.classes.at(-1);
    if (fields && !fields.get(name)) fields.set(name, type);
  }
}
