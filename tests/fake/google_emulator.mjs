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

createHttpServer(async (request, response) => {
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	console.log(request.method, request.url);
	const answer = await app.fetch(new Request(baseUrl + request.url, {
		method: request.method,
		headers: request.headers,
		body: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
	}));
	response.writeHead(answer.status, Object.fromEntries(answer.headers));
	response.end(Buffer.from(await answer.arrayBuffer()));
}).listen(Number(port), "127.0.0.1");
