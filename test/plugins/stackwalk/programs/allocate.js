// Takes 8 GB in Buffers, which no heap limit of V8 counts.
process.on('message', () => {
  const kept = [];
  for (let taken = 0; taken < 8 * 2 ** 30; taken += 2 ** 24) kept.push(Buffer.alloc(2 ** 24, 1));
  process.send({ job: 0, ok: true, json: '{}', version: String(kept.length) });
});
