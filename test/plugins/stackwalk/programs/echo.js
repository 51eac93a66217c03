// Answers each job with its own pid.
process.on('message', (request) => {
  process.send({ job: request.job, ok: true, json: JSON.stringify({ pid: process.pid }), version: 'echo' });
});
