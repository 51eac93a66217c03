import { PluginManifest } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';

/** `import x from 'vue'`, `import 'vue'`, `import('vue')`: names that only an import map could resolve. */
const bareImport = /(?:^|[;\s])import\s*(?:[\w*{},\s]+from\s*)?\(?\s*['"](?![./])[^'"]+['"]/m;

/**
 * What every plugin with panels promises: facts that can be read without running code, and modules that a page can
 * load under its content security policy.
 *
 * @param faultline the manifest as it stands in package.json
 * @param readModule text of a file in the plugin's `ui` folder
 */
export function describePanels(faultline: unknown, readModule: (path: string) => Promise<string>): void {
  const manifest = PluginManifest.parse(faultline);
  describe(`the panels of ${manifest.id}`, () => {
    it('stand in a manifest with a folder for their modules', () => {
      expect(manifest.contributes.UiPanel.length).toBeGreaterThan(0);
      expect(manifest.ui).toBeDefined();
      const ids = manifest.contributes.UiPanel.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it.each(manifest.contributes.UiPanel.map((panel) => [panel.id, panel] as const))(
      '%s has a module that exports mount and imports nothing by a bare name',
      async (_, panel) => {
        const text = await readModule(panel.module);
        expect(text).toMatch(/export\s+(?:async\s+)?(?:function\s+mount\b|const\s+mount\b|\{[^}]*\bmount\b)/);
        expect(bareImport.exec(text)?.[0] ?? null).toBeNull();
        expect(text, 'the policy forbids it').not.toMatch(/\beval\(|new Function\(/);
      },
    );
  });
}
