import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';

/** A zip in memory. */
export async function zipOf(
  members: Record<string, string | Buffer>,
  options: { compress?: boolean } = {},
): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(members)) {
    zip.addBuffer(Buffer.from(content), name, { compress: options.compress ?? true });
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** A symbol file of a module with one function. */
export function symText(module: {
  debugFile: string;
  debugId: string;
  codeId?: string;
  codeFile?: string;
  name?: string;
}): string {
  const code = module.codeId === undefined ? '' : `INFO CODE_ID ${module.codeId} ${module.codeFile ?? ''}\n`;
  return `MODULE Linux x86_64 ${module.debugId} ${module.debugFile}\n${code}INFO GENERATOR test 1.0\nFILE 0 a.c\nFUNC 1000 20 0 ${module.name ?? 'work'}\n1000 20 7 0\n`;
}
