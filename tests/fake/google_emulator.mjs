// SPDX-License-Identifier: GPL-2.0-or-later
// Serves the npm package @emulators/google, whose server knows fetch's requests alone, over HTTP.
//
// Usage: node google_emulator.mjs FOLDER PORT SEED.json, where FOLDER/node_modules holds the packages.
import { readFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, port, seed] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(folder, "node_modules/@emulators", name, "dist/index.js")));
const { createServer } = await load("core");
const { googlePlugin, seedFromConfig } = await load("google");

const baseUrl = `http://127.0.0.1:${port}`;
const { app, store } = createServer(googlePlugin, { port: Number(port), baseUrl });
seedFromConfig(store, baseUrl, JSON.parse(await readFile(seed, "utf8")));

// Google ends every list with a sync token; this server knows none, and so has forgotten all that are shown to it.
const withToken = (url, status, bytes) => {
	if (status !== 200 || !/\/(events|calendarList)\?/.test(url)) return bytes;
	const list = JSON.parse(bytes);
	return list.nextPageToken ? bytes : Buffer.from(JSON.stringify({ ...list, nextSyncToken: "forgotten" }));
};
const forgotten = JSON.stringify({ error: { code: 410, errors: [{ reason: "fullSyncRequired" }] } });

createHttpServer(async (request, response) => {
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	console.log(request.method, request.url);
	if (request.url.includes("syncToken=")) {
		response.writeHead(410, { "content-type": "application/json" });
		response.end(forgotten);
		return;
	}
	const answer = await app.fetch(new Request(baseUrl + request.url, {
		method: request.method,
		headers: request.headers,
		body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
	}));
	const bytes = withToken(request.url, answer.status, Buffer.from(await answer.arrayBuffer()));
	const headers = Object.fromEntries(answer.headers);
	delete headers["content-length"];
	response.writeHead(answer.status, headers);
	response.end(bytes);
}).listen(Number(port), "127.0.0.1");
