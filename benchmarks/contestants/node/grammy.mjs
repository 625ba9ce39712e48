// grammY: one conversation that waits for each answer, kept by better-sqlite3 through the conversations plugin.
//
// The plugin replays the conversation from its log at every update and writes the log after the handler; the log of
// the answer that is being handled is therefore written a second time before the next question is asked. Polling is the
// runner's, which handles updates side by side and those of one chat in order.

import { conversations, createConversation } from "@grammyjs/conversations";
import { run, sequentialize } from "@grammyjs/runner";
import { Bot, webhookCallback } from "grammy";
import { NOTICE, RECEIPT, apiUrl, keyboard, openStore, paper, port, review, token, webhookUrl } from "./paper.mjs";

const store = openStore();
const bot = new Bot(token, { client: { apiRoot: apiUrl } });

async function apply(conversation, ctx) {
  const keep = (answers) => conversation.external(() => store.write(`answers:${ctx.chat.id}`, answers));
  await ctx.reply(NOTICE, { reply_markup: keyboard([paper.begin]) });
  let last = await conversation.waitFor("callback_query:data");
  await keep([]);
  await last.answerCallbackQuery();
  await last.editMessageText(`${NOTICE}\n✔ ${paper.begin}`);
  const answers = [];
  for (const { label, choices } of paper.questions) {
    await ctx.reply(label, { reply_markup: keyboard(choices) });
    if (choices.length) {
      last = await conversation.waitFor("callback_query:data");
      const choice = choices[Number(last.callbackQuery.data)];
      answers.push(choice);
      await keep(answers);
      await last.answerCallbackQuery();
      await last.editMessageText(`${label}\n✔ ${choice}`);
    } else {
      last = await conversation.waitFor("message:text");
      answers.push(last.message.text);
      await keep(answers);
    }
  }
  await ctx.reply(review(answers), { reply_markup: keyboard([paper.submit]) });
  last = await conversation.waitFor("callback_query:data");
  await keep({ submitted: answers });
  await last.answerCallbackQuery();
  await last.editMessageReplyMarkup(undefined);
  await ctx.reply(RECEIPT);
}

bot.use(sequentialize((ctx) => String(ctx.chatId)));
bot.use(
  conversations({
    storage: {
      type: "key",
      version: 1,
      adapter: {
        read: (key) => store.read(key),
        write: (key, state) => store.write(key, state),
        delete: (key) => store.delete(key),
      },
    },
  }),
);
bot.use(createConversation(apply));
bot.command("start", (ctx) => ctx.conversation.enter("apply"));

if (webhookUrl) {
  const { createServer } = await import("node:http");
  createServer(webhookCallback(bot, "http")).listen(port, "127.0.0.1");
  await bot.api.setWebhook(webhookUrl);
} else {
  run(bot);
}
