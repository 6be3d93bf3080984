// SQLite's own opinion of a history file, asked in a process of its own so that a broken file cannot take the
// harness along. Prints one JSON line. Usage: node integrity.mjs FILE

import { DatabaseSync } from '@photostructure/sqlite';

const [file = ''] = process.argv.slice(2);
const database = new DatabaseSync(file);
/** @param {string} pragma */
const ask = (pragma) =>
  database
    .prepare(`PRAGMA ${pragma}`)
    .all()
    .map((row) => Object.values(row)[0]);
const found = [...ask('quick_check'), ...ask('integrity_check')].filter((answer) => answer !== 'ok');
process.stdout.write(`${JSON.stringify({ isSound: found.length === 0, found: found.slice(0, 20) })}\n`);
database.close();
