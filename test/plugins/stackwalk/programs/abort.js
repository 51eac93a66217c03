// Dies as native code does.
process.on('message', () => process.abort());
