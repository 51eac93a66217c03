// Answers each job with its own pid and where it was told to look for symbols.
process.on('message', ({ job, sources }) => {
  process.send({ job, ok: true, json: JSON.stringify({ pid: process.pid, sources }), version: 'echo' });
});
