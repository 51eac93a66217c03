// Never answers: keeps the thread busy for ever.
process.on('message', () => {
  for (;;);
});
