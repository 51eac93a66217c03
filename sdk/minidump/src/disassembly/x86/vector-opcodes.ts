/**
 * Opcodes of the vector instructions (SSE to SSE4.2, AVX, AVX2, FMA, BMI), from the Intel SDM, volume 2, appendix A.
 *
 * A line is `opcode none|66|F3|F2`: the form for each mandatory prefix, `-` for none. Operand letters: V vector
 * register by ModRM, W vector register or memory, U vector register only, P and Q the same for MMX, E, G, M, I as in
 * the general map, and VEX.vvvv: H a vector register, B a general one. Sizes of memory: b 1, w 2, d 4, q 8, o 16,
 * x 16 or 32 by VEX.L. What stands in `(...)` is there only with a VEX prefix, which also puts `v` before the
 * mnemonic; `!` marks forms without a VEX form, `+` those with nothing but one.
 */

const map0f = `
10 movups Vx,Wx|movupd Vx,Wx|movss V,(H.)Wd|movsd V,(H.)Wq
11 movups Wx,Vx|movupd Wx,Vx|movss Wd,(H.)V|movsd Wq,(H.)V
12 movlps V,(H)Mq|movlpd V,(H)Mq|movsldup Vx,Wx|movddup Vx,Wq
13 movlps Mq,V|movlpd Mq,V|-|-
14 unpcklps Vx,(H)Wx|unpcklpd Vx,(H)Wx|-|-
15 unpckhps Vx,(H)Wx|unpckhpd Vx,(H)Wx|-|-
16 movhps V,(H)Mq|movhpd V,(H)Mq|movshdup Vx,Wx|-
17 movhps Mq,V|movhpd Mq,V|-|-
28 movaps Vx,Wx|movapd Vx,Wx|-|-
29 movaps Wx,Vx|movapd Wx,Vx|-|-
2a !cvtpi2ps V,Qq|!cvtpi2pd V,Qq|cvtsi2ss V,(H)Ey|cvtsi2sd V,(H)Ey
2b movntps Mx,Vx|movntpd Mx,Vx|-|-
2c !cvttps2pi P,Wq|!cvttpd2pi P,Wo|cvttss2si Gy,Wd|cvttsd2si Gy,Wq
2d !cvtps2pi P,Wq|!cvtpd2pi P,Wo|cvtss2si Gy,Wd|cvtsd2si Gy,Wq
2e ucomiss V,Wd|ucomisd V,Wq|-|-
2f comiss V,Wd|comisd V,Wq|-|-
50 movmskps Gd,Ux|movmskpd Gd,Ux|-|-
51 sqrtps Vx,Wx|sqrtpd Vx,Wx|sqrtss V,(H)Wd|sqrtsd V,(H)Wq
52 rsqrtps Vx,Wx|-|rsqrtss V,(H)Wd|-
53 rcpps Vx,Wx|-|rcpss V,(H)Wd|-
54 andps Vx,(H)Wx|andpd Vx,(H)Wx|-|-
55 andnps Vx,(H)Wx|andnpd Vx,(H)Wx|-|-
56 orps Vx,(H)Wx|orpd Vx,(H)Wx|-|-
57 xorps Vx,(H)Wx|xorpd Vx,(H)Wx|-|-
58 addps Vx,(H)Wx|addpd Vx,(H)Wx|addss V,(H)Wd|addsd V,(H)Wq
59 mulps Vx,(H)Wx|mulpd Vx,(H)Wx|mulss V,(H)Wd|mulsd V,(H)Wq
5a cvtps2pd Vx,Wh|cvtpd2ps V,Wx|cvtss2sd V,(H)Wd|cvtsd2ss V,(H)Wq
5b cvtdq2ps Vx,Wx|cvtps2dq Vx,Wx|cvttps2dq Vx,Wx|-
5c subps Vx,(H)Wx|subpd Vx,(H)Wx|subss V,(H)Wd|subsd V,(H)Wq
5d minps Vx,(H)Wx|minpd Vx,(H)Wx|minss V,(H)Wd|minsd V,(H)Wq
5e divps Vx,(H)Wx|divpd Vx,(H)Wx|divss V,(H)Wd|divsd V,(H)Wq
5f maxps Vx,(H)Wx|maxpd Vx,(H)Wx|maxss V,(H)Wd|maxsd V,(H)Wq
6c -|punpcklqdq Vx,(H)Wx|-|-
6d -|punpckhqdq Vx,(H)Wx|-|-
6e !movd P,Ey|movd V,Ey|-|-
6f !movq P,Qq|movdqa Vx,Wx|movdqu Vx,Wx|-
70 !pshufw P,Qq,Ib|pshufd Vx,Wx,Ib|pshufhw Vx,Wx,Ib|pshuflw Vx,Wx,Ib
7c -|haddpd Vx,(H)Wx|-|haddps Vx,(H)Wx
7d -|hsubpd Vx,(H)Wx|-|hsubps Vx,(H)Wx
7e !movd Ey,P|movd Ey,V|movq V,Wq|-
7f !movq Qq,P|movdqa Wx,Vx|movdqu Wx,Vx|-
b8 -|-|!popcnt Gv,Ev|-
bc -|-|!tzcnt Gv,Ev|-
bd -|-|!lzcnt Gv,Ev|-
c2 cmpps Vx,(H)Wx,Ib|cmppd Vx,(H)Wx,Ib|cmpss V,(H)Wd,Ib|cmpsd V,(H)Wq,Ib
c4 !pinsrw P,Ei,Ib|pinsrw V,(H)Ei,Ib|-|-
c5 !pextrw Gd,N,Ib|pextrw Gd,U,Ib|-|-
c6 shufps Vx,(H)Wx,Ib|shufpd Vx,(H)Wx,Ib|-|-
d0 -|addsubpd Vx,(H)Wx|-|addsubps Vx,(H)Wx
d6 -|movq Wq,V|!movq2dq V,N|!movdq2q P,U
d7 !pmovmskb Gd,N|pmovmskb Gd,Ux|-|-
e6 -|cvttpd2dq V,Wx|cvtdq2pd Vx,Wh|cvtpd2dq V,Wx
e7 !movntq Mq,P|movntdq Mx,Vx|-|-
f0 -|-|-|lddqu Vx,Mx
f7 !maskmovq P,N|maskmovdqu V,U|-|-
`;

/** Integer instructions with an MMX and an SSE2 form of the same shape. */
const packed =
  '60 punpcklbw 61 punpcklwd 62 punpckldq 63 packsswb 64 pcmpgtb 65 pcmpgtw 66 pcmpgtd 67 packuswb 68 punpckhbw ' +
  '69 punpckhwd 6a punpckhdq 6b packssdw 74 pcmpeqb 75 pcmpeqw 76 pcmpeqd d1 psrlw d2 psrld d3 psrlq d4 paddq ' +
  'd5 pmullw d8 psubusb d9 psubusw da pminub db pand dc paddusb dd paddusw de pmaxub df pandn e0 pavgb e1 psraw ' +
  'e2 psrad e3 pavgw e4 pmulhuw e5 pmulhw e8 psubsb e9 psubsw ea pminsw eb por ec paddsb ed paddsw ee pmaxsw ' +
  'ef pxor f1 psllw f2 pslld f3 psllq f4 pmuludq f5 pmaddwd f6 psadbw f8 psubb f9 psubw fa psubd fb psubq ' +
  'fc paddb fd paddw fe paddd';

const map0f38 = `
10 -|!pblendvb V,Wo|-|-
14 -|!blendvps V,Wo|-|-
15 -|!blendvpd V,Wo|-|-
17 -|ptest Vx,Wx|-|-
18 -|+broadcastss Vx,Wd|-|-
19 -|+broadcastsd Vx,Wq|-|-
1a -|+broadcastf128 Vx,Mo|-|-
0c -|+permilps Vx,HWx|-|-
0d -|+permilpd Vx,HWx|-|-
0e -|+testps Vx,Wx|-|-
0f -|+testpd Vx,Wx|-|-
13 -|+cvtph2ps Vx,Wh|-|-
16 -|+permps Vx,HWx|-|-
36 -|+permd Vx,HWx|-|-
45 -|+psrlv% Vx,HWx|-|-
46 -|+psravd Vx,HWx|-|-
47 -|+psllv% Vx,HWx|-|-
8c -|+pmaskmov% Vx,HMx|-|-
8e -|+pmaskmov% Mx,HVx|-|-
20 -|pmovsxbw Vx,Wh|-|-
21 -|pmovsxbd Vx,Wr|-|-
22 -|pmovsxbq Vx,We|-|-
23 -|pmovsxwd Vx,Wh|-|-
24 -|pmovsxwq Vx,Wr|-|-
25 -|pmovsxdq Vx,Wh|-|-
28 -|pmuldq Vx,(H)Wx|-|-
29 -|pcmpeqq Vx,(H)Wx|-|-
2a -|movntdqa Vx,Mx|-|-
2b -|packusdw Vx,(H)Wx|-|-
2c -|+maskmovps Vx,HMx|-|-
2d -|+maskmovpd Vx,HMx|-|-
2e -|+maskmovps Mx,HVx|-|-
2f -|+maskmovpd Mx,HVx|-|-
30 -|pmovzxbw Vx,Wh|-|-
31 -|pmovzxbd Vx,Wr|-|-
32 -|pmovzxbq Vx,We|-|-
33 -|pmovzxwd Vx,Wh|-|-
34 -|pmovzxwq Vx,Wr|-|-
35 -|pmovzxdq Vx,Wh|-|-
37 -|pcmpgtq Vx,(H)Wx|-|-
38 -|pminsb Vx,(H)Wx|-|-
39 -|pminsd Vx,(H)Wx|-|-
3a -|pminuw Vx,(H)Wx|-|-
3b -|pminud Vx,(H)Wx|-|-
3c -|pmaxsb Vx,(H)Wx|-|-
3d -|pmaxsd Vx,(H)Wx|-|-
3e -|pmaxuw Vx,(H)Wx|-|-
3f -|pmaxud Vx,(H)Wx|-|-
40 -|pmulld Vx,(H)Wx|-|-
41 -|phminposuw V,Wo|-|-
58 -|+pbroadcastd Vx,Wd|-|-
59 -|+pbroadcastq Vx,Wq|-|-
5a -|+broadcasti128 Vx,Mo|-|-
78 -|+pbroadcastb Vx,Wb|-|-
79 -|+pbroadcastw Vx,Ww|-|-
db -|aesimc V,Wo|-|-
dc -|aesenc Vx,(H)Wx|-|-
dd -|aesenclast Vx,(H)Wx|-|-
de -|aesdec Vx,(H)Wx|-|-
df -|aesdeclast Vx,(H)Wx|-|-
c8 !sha1nexte V,Wo|-|-|-
c9 !sha1msg1 V,Wo|-|-|-
ca !sha1msg2 V,Wo|-|-|-
cb !sha256rnds2 V,Wo|-|-|-
cc !sha256msg1 V,Wo|-|-|-
cd !sha256msg2 V,Wo|-|-|-
f0 !movbe Gv,Mv|!movbe Gv,Mv|-|!crc32 Gd,Eb
f1 !movbe Mv,Gv|!movbe Mv,Gv|-|!crc32 Gd,Ev
f6 -|!adcx Gy,Ey|!adox Gy,Ey|-
`;

const packed38 =
  '00 pshufb 01 phaddw 02 phaddd 03 phaddsw 04 pmaddubsw 05 phsubw 06 phsubd 07 phsubsw 08 psignb 09 psignw ' +
  '0a psignd 0b pmulhrsw';
const absolute38 = '1c pabsb 1d pabsw 1e pabsd';

const map0f3a = `
00 -|+permq Vx,Wx,Ib|-|-
01 -|+permpd Vx,Wx,Ib|-|-
02 -|+pblendd Vx,HWx,Ib|-|-
04 -|+permilps Vx,Wx,Ib|-|-
05 -|+permilpd Vx,Wx,Ib|-|-
1d -|+cvtps2ph Wh,Vx,Ib|-|-
4a -|+blendvps Vx,HWx,Lx|-|-
4b -|+blendvpd Vx,HWx,Lx|-|-
4c -|+pblendvb Vx,HWx,Lx|-|-
06 -|+perm2f128 Vx,HWx,Ib|-|-
08 -|roundps Vx,Wx,Ib|-|-
09 -|roundpd Vx,Wx,Ib|-|-
0a -|roundss V,(H)Wd,Ib|-|-
0b -|roundsd V,(H)Wq,Ib|-|-
0c -|blendps Vx,(H)Wx,Ib|-|-
0d -|blendpd Vx,(H)Wx,Ib|-|-
0e -|pblendw Vx,(H)Wx,Ib|-|-
0f !palignr P,Qq,Ib|palignr Vx,(H)Wx,Ib|-|-
14 -|pextrb Ej,V,Ib|-|-
15 -|pextrw Ei,V,Ib|-|-
16 -|pextrd Ey,V,Ib|-|-
17 -|extractps Ed,V,Ib|-|-
18 -|+insertf128 Vx,Hx,Wo,Ib|-|-
19 -|+extractf128 Wo,Vx,Ib|-|-
20 -|pinsrb V,(H)Ej,Ib|-|-
21 -|insertps V,(H)Wd,Ib|-|-
22 -|pinsrd V,(H)Ey,Ib|-|-
38 -|+inserti128 Vx,Hx,Wo,Ib|-|-
39 -|+extracti128 Wo,Vx,Ib|-|-
40 -|dpps Vx,(H)Wx,Ib|-|-
41 -|dppd V,(H)Wo,Ib|-|-
42 -|mpsadbw Vx,(H)Wx,Ib|-|-
44 -|pclmulqdq Vx,(H)Wx,Ib|-|-
46 -|+perm2i128 Vx,HWx,Ib|-|-
60 -|pcmpestrm V,Wo,Ib|-|-
61 -|pcmpestri V,Wo,Ib|-|-
62 -|pcmpistrm V,Wo,Ib|-|-
63 -|pcmpistri V,Wo,Ib|-|-
cc !sha1rnds4 V,Wo,Ib|-|-|-
df -|aeskeygenassist V,Wo,Ib|-|-
`;

/** VEX instructions on general registers. */
const bmi =
  'f2 none andn Gy,B,Ey|f7 none bextr Gy,Ey,B|f5 none bzhi Gy,Ey,B|f5 f3 pext Gy,B,Ey|f5 f2 pdep Gy,B,Ey|' +
  'f6 f2 mulx Gy,B,Ey|f7 66 shlx Gy,Ey,B|f7 f3 sarx Gy,Ey,B|f7 f2 shrx Gy,Ey,B';

export type MandatoryPrefix = 'none' | '66' | 'f3' | 'f2';
/** Opcode map: `0f`, `0f38` or `0f3a`; then opcode and mandatory prefix, as `6f 66`. */
export type VectorMaps = Readonly<Record<'0f' | '0f38' | '0f3a', ReadonlyMap<string, string>>>;

const prefixes: MandatoryPrefix[] = ['none', '66', 'f3', 'f2'];

function readLines(lines: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    line
      .slice(3)
      .split('|')
      .forEach((form, column) => {
        if (form !== '-') map.set(`${line.slice(0, 2)} ${prefixes[column] ?? 'none'}`, form);
      });
  }
  return map;
}

function readPairs(text: string, use: (opcode: string, mnemonic: string) => void): void {
  const words = text.split(' ');
  for (let index = 0; index + 1 < words.length; index += 2) use(words[index] as string, words[index + 1] as string);
}

function buildMaps(): VectorMaps {
  const two = readLines(map0f);
  const three38 = readLines(map0f38);
  readPairs(packed, (opcode, mnemonic) => {
    two.set(`${opcode} none`, `!${mnemonic} P,Qq`);
    two.set(`${opcode} 66`, `${mnemonic} Vx,(H)${/^ps(rl|ra|ll)/.test(mnemonic) ? 'Wo' : 'Wx'}`);
  });
  readPairs(packed38, (opcode, mnemonic) => {
    three38.set(`${opcode} none`, `!${mnemonic} P,Qq`);
    three38.set(`${opcode} 66`, `${mnemonic} Vx,(H)Wx`);
  });
  readPairs(absolute38, (opcode, mnemonic) => {
    three38.set(`${opcode} none`, `!${mnemonic} P,Qq`);
    three38.set(`${opcode} 66`, `${mnemonic} Vx,Wx`);
  });
  for (const line of bmi.split('|')) {
    const [opcode, prefix, mnemonic, operands] = line.split(' ');
    three38.set(`${opcode ?? ''} ${prefix ?? ''}`, `=${mnemonic ?? ''} ${operands ?? ''}`);
  }
  const kinds = ['fmaddsub', 'fmsubadd', 'fmadd', 'fmadd', 'fmsub', 'fmsub', 'fnmadd', 'fnmadd', 'fnmsub', 'fnmsub'];
  ['132', '213', '231'].forEach((order, row) => {
    kinds.forEach((kind, column) => {
      const opcode = (0x96 + row * 16 + column).toString(16);
      const isScalar = column >= 2 && column % 2 === 1;
      three38.set(`${opcode} 66`, `+${kind}${order}${isScalar ? 's* V,HWs' : 'p* Vx,HWx'}`);
    });
  });
  // Shifts by an immediate: groups whose register field chooses the form.
  const shifts = ['71 2 psrlw', '71 4 psraw', '71 6 psllw', '72 2 psrld', '72 4 psrad', '72 6 pslld'];
  for (const shift of [...shifts, '73 2 psrlq', '73 3 psrldq', '73 6 psllq', '73 7 pslldq']) {
    const [opcode = '', field = '', mnemonic = ''] = shift.split(' ');
    two.set(`${opcode}/${field} 66`, `${mnemonic} (H)Ux,Ib`);
    two.set(`${opcode}/${field} none`, `!${mnemonic} N,Ib`);
  }
  three38.set('f3/1 none', '=blsr B,Ey');
  three38.set('f3/2 none', '=blsmsk B,Ey');
  three38.set('f3/3 none', '=blsi B,Ey');
  const three3a = readLines(map0f3a);
  three3a.set('f0 f2', '=rorx Gy,Ey,Ib');
  return { '0f': two, '0f38': three38, '0f3a': three3a };
}

export const vectorMaps = buildMaps();
