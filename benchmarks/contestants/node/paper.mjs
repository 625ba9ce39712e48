// What both Node contestants are told through their environment, and the durable store under their sessions.

import Database from "better-sqlite3";
import { readFileSync } from "node:fs";

export const token = process.env.BOT_TOKEN;
export const apiUrl = process.env.API_URL;
export const webhookUrl = process.env.WEBHOOK_URL ?? "";
export const port = webhookUrl ? Number(new URL(webhookUrl).port) : 0;
export const paper = JSON.parse(readFileSync(process.env.APPLICATION, "utf8"));

export const NOTICE =
  "Your answers are kept so that your application can be handled. You may ask for erasure at any time.";
export const RECEIPT = "Thank you, the application was received.";

export const review = (answers) =>
  paper.questions.map(({ label }, number) => `${label}\n${answers[number]}`).join("\n");

export const keyboard = (labels) =>
  labels.length
    ? { inline_keyboard: labels.map((text, number) => [{ text, callback_data: String(number) }]) }
    : undefined;

// Values by key, on disk before `write` returns.
export function openStore() {
  const database = new Database(process.env.DATABASE);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec("CREATE TABLE IF NOT EXISTS sessions (key TEXT PRIMARY KEY, value TEXT)");
  const read = database.prepare("SELECT value FROM sessions WHERE key = ?").pluck();
  const write = database.prepare("INSERT OR REPLACE INTO sessions VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM sessions WHERE key = ?");
  return {
    read: (key) => {
      const value = read.get(key);
      return value === undefined ? undefined : JSON.parse(value);
    },
    write: (key, value) => void write.run(key, JSON.stringify(value)),
    delete: (key) => void remove.run(key),
  };
}
