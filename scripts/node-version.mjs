// Ends the process with one line when Node is too old to run the monitor. Imported first by every script, so that a
// newcomer reads that line and not a stack trace; it uses nothing that an old Node does not know.

const OLDEST = [20, 19];

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `langgraph-monitor needs Node ${OLDEST.join('.')} or newer; this is Node ${process.versions.node}.`,
  );
  process.exit(1);
}
