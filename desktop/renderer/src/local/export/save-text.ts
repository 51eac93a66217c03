import { appBridge } from '../bridge.js';

/** Gives a text to the person as a file: by the browser's download, or the app's dialog. */
export async function saveText({ name, text, type }: { name: string; text: string; type: string }): Promise<void> {
  const bridge = appBridge();
  if (bridge !== null) {
    await bridge.ask('files.save', { name, text });
    return;
  }
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // The download has its own hold on the Blob a moment later.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** "crash.dmp" as "crash.json", with nothing in it that a file system minds. */
export function exportName(dumpName: string, ending: string): string {
  const leaf = dumpName.replaceAll(/[\\/:*?"<>|\u0000-\u001f]/g, '_').replace(/\.(dmp|mdmp|dump)$/i, '');
  return `${leaf === '' ? 'dump' : leaf}.${ending}`;
}
