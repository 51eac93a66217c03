import { defaultSourceLink, sourceLink, sourceLinkOf, withSourceLinks } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';

describe('The source of a frame', () => {
  it.each([
    ['git:github.com/tea/pot:src/lid.rs:1f2e', 'https://github.com/tea/pot/blob/1f2e/src/lid.rs#L7'],
    ['git:gitlab.com/tea/deep/pot:src/lid.rs:1f2e', 'https://gitlab.com/tea/deep/pot/-/blob/1f2e/src/lid.rs#L7'],
    ['git:gitlab.tea.example/a/b:l.c:9', 'https://gitlab.tea.example/a/b/-/blob/9/l.c#L7'],
    ['git:bitbucket.org/tea/pot:src/lid.c:ab', 'https://bitbucket.org/tea/pot/src/ab/src/lid.c#lines-7'],
    ['git:codeberg.org/tea/pot:lid.c:ab', 'https://codeberg.org/tea/pot/src/commit/ab/lid.c#L7'],
    ['git:gitea.tea.example:3000/tea/pot:lid.c:ab', null],
    ['git:gitea.tea.example/tea/pot:lid.c:ab', 'https://gitea.tea.example/tea/pot/src/commit/ab/lid.c#L7'],
    ['git:chromium.googlesource.com/v8/v8:src/api.cc:ab', 'https://chromium.googlesource.com/v8/v8/+/ab/src/api.cc#7'],
    [
      'hg:hg.mozilla.org/mozilla-central:dom/a b.cpp:1f',
      'https://hg.mozilla.org/mozilla-central/file/1f/dom/a%20b.cpp#l7',
    ],
    ['s3:made-sources:1f2e/ipc/x.cpp:', 'https://made-sources.s3.amazonaws.com/1f2e/ipc/x.cpp'],
    ['git:unknown.example/tea/pot:lid.c:ab', null],
    ['git:github.com/tea/pot:lid.c:', null],
    ['git:github.com.evil.example/tea/pot:lid.c:ab', null],
    ['git:github.com/tea/pot"><b>:lid.c:ab', null],
    ['svn:svn.example/pot:lid.c:3', null],
    ['C:\\src\\lid.c', null],
    ['/builds/worker/src/lid.c', null],
    ['', null],
  ])('of %s is %s, with nothing configured', (file, address) => {
    expect(defaultSourceLink({ file, line: 7 })).toBe(address);
  });

  it('has no line where none is known', () => {
    expect(defaultSourceLink({ file: 'hg:hg.a.example/b:c.cpp:1', line: null })).toBe(
      'https://hg.a.example/b/file/1/c.cpp',
    );
  });

  it('comes first from what the product says: whole hosts, rewritten paths, parts of a repository', () => {
    const links = [
      { prefix: 'git:git.tea.example/', url: 'https://{root}/browse/{path}?at={revision}#{line}' },
      { prefix: 'git:github.com/tea/pot:vendor/', url: 'https://vendor.example/{path}' },
      { prefix: 'C:\\build\\', url: 'https://code.example/main/{path}#{line}' },
      { prefix: '/builds/', url: 'javascript:alert({line})' },
    ];
    const link = (file: string) => sourceLink({ file, line: 7 }, links);
    expect(link('git:git.tea.example/tea/pot:src/lid.c:1f')).toBe(
      'https://git.tea.example/tea/pot/browse/src/lid.c?at=1f#7',
    );
    expect(link('git:github.com/tea/pot:vendor/zlib/a.c:1f')).toBe('https://vendor.example/zlib/a.c');
    expect(link('C:\\build\\src\\lid.c')).toBe('https://code.example/main/src/lid.c#7');
    expect(link('/builds/lid.c')).toBeNull();
    expect(sourceLinkOf({ file: 'git:github.com/tea/pot:src/a.c:1f', line: 7 }, links)).toBe(
      'https://github.com/tea/pot/blob/1f/src/a.c#L7',
    );
  });

  it('stands in every frame and inlined call of a walk, which stays as it was', () => {
    const frame = { file: 'git:github.com/tea/pot:a.c:1', line: 3, function: 'f' };
    const walk = {
      threads: [{ frames: [{ ...frame, inlines: [{ ...frame, line: 4 }] }, { file: null }, null] }, { frames: [] }],
      crashing_thread: { frames: [frame] },
      modules: [],
    };
    const before = structuredClone(walk);
    const address = 'https://github.com/tea/pot/blob/1/a.c#L';
    expect(withSourceLinks(walk, [])).toEqual({
      threads: [
        {
          frames: [
            {
              ...frame,
              source_link: `${address}3`,
              inlines: [{ ...frame, line: 4, source_link: `${address}4` }],
            },
            { file: null },
            null,
          ],
        },
        { frames: [] },
      ],
      crashing_thread: { frames: [{ ...frame, source_link: `${address}3` }] },
      modules: [],
    });
    expect(walk).toEqual(before);
    expect(withSourceLinks(null, [])).toBeNull();
  });
});
