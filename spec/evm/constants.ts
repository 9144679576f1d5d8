/** A constant and its source: an EIP, the Yellow Paper, or a sentence that says what it bounds. */
export type Constant = readonly [value: bigint | number, source: string];
export type Constants = Readonly<Record<string, Constant>>;

/** The values of a table of constants, by their names. */
export const valuesOf = <const T extends Constants>(table: T): { readonly [Name in keyof T]: T[Name][0] } =>
  Object.fromEntries(Object.entries(table).map(([name, [value]]) => [name, value])) as {
    readonly [Name in keyof T]: T[Name][0];
  };
