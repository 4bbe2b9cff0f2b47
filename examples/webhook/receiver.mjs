// Receives articles with Node and the library of Standard Webhooks: HOOK_SECRET=whsec_… node receiver.mjs [port]
import { createServer } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

const hook = new Webhook(process.env.HOOK_SECRET);
const articles = new Map(); // a real receiver has a database in place of both
const revisions = new Map();

async function take(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { type, data } = hook.verify(Buffer.concat(chunks).toString(), request.headers); // the raw body, before any parsing
  if (type.startsWith('article.') && data._publisher.revision > (revisions.get(data.id) ?? 0)) {
    revisions.set(data.id, data._publisher.revision); // what is older, or came before, is dropped
    if (type === 'article.deleted') articles.delete(data.id);
    else articles.set(data.id, 'content_html' in data ? data : { ...articles.get(data.id), ...data });
    // _publisher.status tells whether readers may see it, or from when on
    console.log(type, data.id, data.title ?? '', `(${articles.size} kept)`);
  }
  return { id: data.id };
}

const server = createServer(async (request, response) => {
  const [status, said] = await take(request).then((taken) => [200, taken])
    .catch((error) => [error instanceof WebhookVerificationError ? 401 : 500, { error: error.message }]);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(said));
});
server.listen(Number(process.argv[2] ?? 8001), '127.0.0.1', () => {
  console.log(`listening at http://127.0.0.1:${server.address().port}/`);
});
