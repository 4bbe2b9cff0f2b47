// Other people's libraries for webhooks: one request a line, one answer a line.
//
//   node verifier.mjs FOLDER            FOLDER holds the node_modules
//   {"library": "svix", "deed": "verify", "secret": "…", "headers": {…}, "body": "<base64>"}  ->  {"ok": true}
//   {"library": "svix", "deed": "sign", "secret": "…", "id": "…", "seconds": 1, "body": "<base64>"}  ->  {"signature": "…"}
//
// What a library throws is {"ok": false, "error": its class and message}.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { createInterface } from "node:readline";

const require = createRequire(join(process.argv[2], "package.json"));
const standardwebhooks = require("standardwebhooks");
const svix = require("svix");
// This one is an ES module only.
const octokit = await import(
  pathToFileURL(join(process.argv[2], "node_modules/@octokit/webhooks-methods/dist-node/index.js"))
);

const WITH_HEADERS = { standardwebhooks: standardwebhooks.Webhook, svix: svix.Webhook };

async function answer({ library, deed, secret, headers, id, seconds, body }) {
  const text = Buffer.from(body, "base64").toString("utf8");
  if (library === "octokit") {
    if (deed === "sign") return { signature: await octokit.sign(secret, text) };
    return { ok: await octokit.verify(secret, text, headers["X-Hub-Signature-256"]) };
  }
  const webhook = new WITH_HEADERS[library](secret);
  if (deed === "sign") return { signature: webhook.sign(id, new Date(seconds * 1000), text) };
  webhook.verify(text, headers);
  return { ok: true };
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = await answer(JSON.parse(line));
  } catch (error) {
    said = { ok: false, error: `${error.constructor.name}: ${error.message}` };
  }
  process.stdout.write(JSON.stringify(said) + "\n");
}
