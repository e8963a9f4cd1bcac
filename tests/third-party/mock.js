// `prism mock --errors`, on one document after another: a process for each would load its modules as often.
// A line of the standard input is a document; what was mocked before ends. It says where it is listening, or what failed.
const { createSingleProcessPrism } = require('@stoplight/prism-cli/dist/util/createServer');

const options = { cors: true, dynamic: false, errors: true, host: '127.0.0.1', ignoreExamples: false, multiprocess: false,
  port: 0, seed: null, verboseLevel: 'start' };

async function main() {
  let server;
  for await (const document of require('readline').createInterface({ input: process.stdin })) {
    try {
      await server?.close();
      server = undefined;
      server = await createSingleProcessPrism({ ...options, document });
    } catch (error) {
      console.log(`failed: ${error.message.replaceAll('\n', ' ')}`);
    }
  }
  process.exit();
}

main();
