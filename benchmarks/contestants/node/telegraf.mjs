// telegraf: a wizard scene, its session kept by better-sqlite3.
//
// The session middleware writes after the handlers have replied. To have each answer on disk before the next question
// is asked, as everybody else here has, the answer is also written in the handler.

import { Scenes, Telegraf, session } from "telegraf";
import { NOTICE, RECEIPT, apiUrl, keyboard, openStore, paper, port, review, token, webhookUrl } from "./paper.mjs";

const store = openStore();
const bot = new Telegraf(token, { telegram: { apiRoot: apiUrl } });

function ask(ctx, answers) {
  if (answers.length === paper.questions.length) {
    ctx.wizard.next();
    return ctx.reply(review(answers), { reply_markup: keyboard([paper.submit]) });
  }
  const { label, choices } = paper.questions[answers.length];
  return ctx.reply(label, { reply_markup: keyboard(choices) });
}

function keep(ctx, answer) {
  ctx.scene.state.answers.push(answer);
  store.write(`answers:${ctx.chat.id}`, ctx.scene.state.answers);
  return ctx.scene.state.answers;
}

const applying = new Scenes.WizardScene(
  "applying",
  async (ctx) => {
    ctx.wizard.next();
    ctx.scene.state.answers = [];
    await ctx.reply(NOTICE, { reply_markup: keyboard([paper.begin]) });
  },
  async (ctx) => {
    if (!ctx.callbackQuery) return;
    ctx.wizard.next();
    store.write(`agreed:${ctx.chat.id}`, true);
    await ctx.answerCbQuery();
    await ctx.editMessageText(`${NOTICE}\n✔ ${paper.begin}`);
    await ask(ctx, ctx.scene.state.answers);
  },
  async (ctx) => {
    const { label, choices } = paper.questions[ctx.scene.state.answers.length];
    if (!ctx.callbackQuery) {
      await ask(ctx, keep(ctx, ctx.message.text));
      return;
    }
    const choice = choices[Number(ctx.callbackQuery.data)];
    const answers = keep(ctx, choice);
    await ctx.answerCbQuery();
    await ctx.editMessageText(`${label}\n✔ ${choice}`);
    await ask(ctx, answers);
  },
  async (ctx) => {
    if (!ctx.callbackQuery) return;
    store.write(`submitted:${ctx.chat.id}`, true);
    await ctx.answerCbQuery();
    await ctx.editMessageReplyMarkup(undefined);
    await ctx.reply(RECEIPT);
    await ctx.scene.leave();
  },
);

const sessions = {
  get: (key) => store.read(key),
  set: (key, value) => store.write(key, value),
  delete: (key) => store.delete(key),
};
bot.use(session({ store: sessions }));
bot.use(new Scenes.Stage([applying]).middleware());
bot.start((ctx) => ctx.scene.enter("applying"));

if (webhookUrl) {
  const { createServer } = await import("node:http");
  createServer(bot.webhookCallback("/hook")).listen(port, "127.0.0.1");
  await bot.telegram.setWebhook(webhookUrl);
} else {
  await bot.launch();
}
