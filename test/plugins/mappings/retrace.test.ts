import { describe, expect, it } from 'vitest';
import { parseClassMapping } from '../../../plugins/mappings/src/retrace/class-mapping.js';
import type { ClassLookup } from '../../../plugins/mappings/src/retrace/retrace-frame.js';
import { looksObfuscated, mappingIdIn, retraceTrace } from '../../../plugins/mappings/src/retrace/retrace-trace.js';

/** Made by hand after the format's description; `a.b` is shop.Cart, `a.c` a class of Kotlin. */
const blocks = [
  `shop.Cart -> a.b:
    int total -> a
    1:3:void add(shop.Item):40:42 -> a
    4:4:int shop.Price.cents():12:12 -> a
    4:4:long rounded(int):60 -> a
    4:4:void add(shop.Item):43 -> a
    5:6:void add(shop.Item,int):50:51 -> a
    void clear() -> b
    boolean isEmpty() -> b
    7:7:void access$000(shop.Cart):1 -> c
      # {"id":"com.android.tools.r8.synthesized"}
    7:7:void checkout():90 -> c
    0:0:void noLines():7 -> d`,
  `shop.CartView -> a.c:
# {"id":"sourceFile","fileName":"Views.kt"}
    1:1:void draw():30:30 -> a`,
  `shop.EmptyCartException -> a.d:`,
  `shop.Price$Rules -> a.e:
    1:9:void <init>():5:13 -> <init>`,
];

const classes: ClassLookup = (() => {
  const parsed = blocks.flatMap((block) => {
    const mapping = parseClassMapping(block);
    const obfuscated = / -> (\S+):/.exec(block)?.[1] ?? '';
    return mapping === null ? [] : [{ obfuscated, mapping }];
  });
  return {
    byObfuscated: (name) => parsed.find(({ obfuscated }) => obfuscated === name)?.mapping ?? null,
    byOriginal: (name) => parsed.find(({ mapping }) => mapping.original === name)?.mapping ?? null,
  };
})();

const frame = (text: string) =>
  retraceTrace(`\tat ${text}`, classes)
    .text.split('\n')
    .map((line) => line.replace('\tat ', ''));

describe('a frame of an obfuscated stack', () => {
  it('gets its class, method, file and line back', () => {
    expect(frame('a.b.a(SourceFile:2)')).toEqual(['shop.Cart.add(Cart.java:41)']);
    expect(frame('a.b.a(SourceFile:6)')).toEqual(['shop.Cart.add(Cart.java:51)']);
    expect(frame('a.c.a(SourceFile:1)')).toEqual(['shop.CartView.draw(Views.kt:30)']);
    expect(frame('a.e.<init>(Unknown Source:3)')).toEqual(['shop.Price$Rules.<init>(Price.java:7)']);
  });

  it('becomes several where calls were inlined, innermost first, each with the line of its own class', () => {
    expect(frame('a.b.a(SourceFile:4)')).toEqual([
      'shop.Price.cents(Price.java:12)',
      'shop.Cart.rounded(Cart.java:60)',
      'shop.Cart.add(Cart.java:43)',
    ]);
  });

  it('loses what the compiler made up', () => {
    expect(frame('a.b.c(SourceFile:7)')).toEqual(['shop.Cart.checkout(Cart.java:90)']);
  });

  it('says what else it may have been, where its line does not tell', () => {
    const { text, ambiguous } = retraceTrace('\tat a.b.b(SourceFile)', classes);
    expect(text).toBe('\tat shop.Cart.clear(Cart.java)');
    expect(ambiguous).toEqual([{ frame: 'at shop.Cart.clear(Cart.java)', alternatives: ['shop.Cart.isEmpty'] }]);
    expect(retraceTrace('\tat a.b.a(Unknown Source)', classes).ambiguous).toEqual([]);
  });

  it('keeps the method’s name when only the class is known, and everything when nothing is', () => {
    expect(frame('a.d.toString(SourceFile:3)')).toEqual([
      'shop.EmptyCartException.toString(EmptyCartException.java:3)',
    ]);
    expect(frame('java.lang.Thread.run(Thread.java:923)')).toEqual(['java.lang.Thread.run(Thread.java:923)']);
    expect(frame('android.os.Looper.loop(Native Method)')).toEqual(['android.os.Looper.loop(Native Method)']);
  });

  it('keeps what stands around it: module, class loader, remarks', () => {
    expect(frame('app//a.b.a(SourceFile:1) ~[?:?]')).toEqual(['app//shop.Cart.add(Cart.java:40) ~[?:?]']);
  });

  it('takes the source of a method without lines', () => {
    expect(frame('a.b.d(SourceFile)')).toEqual(['shop.Cart.noLines(Cart.java:7)']);
  });
});

describe('an obfuscated trace', () => {
  const trace = [
    'a.d: nothing in a.b to buy',
    '\tat a.b.a(SourceFile:2)',
    '\tat java.lang.Thread.run(Thread.java:923)',
    'Caused by: a.d',
    '\tSuppressed: a.d: twice',
    '\t... 3 more',
  ].join('\n');

  it('gets the classes of what was thrown back, and no word of a message is touched', () => {
    expect(retraceTrace(trace, classes)).toMatchObject({
      text: [
        'shop.EmptyCartException: nothing in a.b to buy',
        '\tat shop.Cart.add(Cart.java:41)',
        '\tat java.lang.Thread.run(Thread.java:923)',
        'Caused by: shop.EmptyCartException',
        '\tSuppressed: shop.EmptyCartException: twice',
        '\t... 3 more',
      ].join('\n'),
      renamed: 1,
    });
  });

  it('is known by the id that R8 wrote into it, or by how it looks', () => {
    expect(mappingIdIn('\tat a.b.a(r8-map-id-0a1b2c3d:7)')).toBe('0a1b2c3d');
    expect(mappingIdIn('\tat a.b.a(SourceFile:7)')).toBeNull();
    expect(looksObfuscated('\tat a.b.a(SourceFile:7)')).toBe(true);
    expect(looksObfuscated('\tat shop.Cart.add(Cart.java:7)')).toBe(false);
    expect(looksObfuscated('\tat shop.CartScreen.draw(Unknown Source:2)')).toBe(false);
  });

  it('costs no more than its size, whatever stands in it', () => {
    const began = performance.now();
    const hostile = [
      '\tat ' + 'a.'.repeat(50_000) + 'b(',
      '\tat ' + '/'.repeat(50_000),
      'Caused by: ' + 'a.'.repeat(50_000),
    ].join('\n');
    expect(retraceTrace(hostile, classes).text).toBe(hostile);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
