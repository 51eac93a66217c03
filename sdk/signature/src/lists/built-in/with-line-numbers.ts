/**
 * Functions whose line belongs to their name: one function that does everything, such as the loop of an interpreter.
 * The line follows the name: `interpret:231`.
 */
export const withLineNumbers = String.raw`
# Loops of interpreters
_PyEval_EvalFrameDefault$
luaV_execute$
sqlite3VdbeExec$
JS_CallInternal$
`;
