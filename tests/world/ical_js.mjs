// SPDX-License-Identifier: GPL-2.0-or-later
// Occurrences as ical.js sees them. Reads lines {"path", "from", "to", "zone"} (unix milliseconds), answers each with one
// line: [[uid, start], …], or {"error": …}. Started by check.py; the argument is ical.js's own file.

import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const ICAL = (await import(pathToFileURL(process.argv[2]))).default;
const MARGIN = 100 * 86400 * 1000; // instances that were moved
const STEPS_MAX = 20000;
const formats = new Map();

function offsetAt(utc, zone) {
	if (!formats.has(zone)) {
		formats.set(zone, new Intl.DateTimeFormat("en-US", {
			timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric",
			minute: "numeric", second: "numeric", era: "short"}));
	}
	const parts = Object.fromEntries(formats.get(zone).formatToParts(utc).map((part) => [part.type, part.value]));
	return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second) - Math.floor(utc / 1000) * 1000;
}

// RFC 5545, 3.3.5: a time in a gap has the offset before it, of one that comes twice the first counts.
function toUtc(local, zone) {
	const before = offsetAt(local - 86400000, zone), after = offsetAt(local + 86400000, zone);
	if (before !== after && offsetAt(local - before, zone) !== before && offsetAt(local - after, zone) === after)
		return local - after;
	return local - before;
}

function isKnown(zone) {
	try {
		offsetAt(0, zone);
		return true;
	} catch {
		return false;
	}
}

function instant(time, siteZone) {
	const local = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
	const name = time.zone?.tzid;
	if (time.isDate)
		return local;
	if (name === "UTC" || name === "Z")
		return local;
	if (!name || name === "floating")
		return toUtc(local, siteZone);
	return isKnown(name) ? toUtc(local, name) : time.toUnixTime() * 1000;
}

function spelled(time, siteZone) {
	const text = new Date(instant(time, siteZone)).toISOString();
	return time.isDate ? text.slice(0, 10) : text.slice(0, 19) + "Z";
}

// A zone that the object does not define: ical.js would read its times as floating.
function nameZones(component) {
	for (const property of component.getAllProperties()) {
		const name = property.getParameter("tzid");
		if (name && !ICAL.TimezoneService.has(name) && isKnown(name))
			ICAL.TimezoneService.register(new ICAL.Timezone({tzid: name, component: ""}), name);
	}
}

function occurrences({path, from, to, zone}) {
	const found = [];
	const add = (uid, time) => {
		const at = instant(time, zone);
		if (at >= from && at < to)
			found.push([uid, spelled(time, zone)]);
	};
	ICAL.TimezoneService.reset();
	let roots = ICAL.parse(readFileSync(path, "utf8"));
	if (typeof roots[0] === "string")
		roots = [roots];
	for (const root of roots) {
		const calendar = new ICAL.Component(root);
		const series = new Map();
		for (const definition of calendar.getAllSubcomponents("vtimezone"))
			ICAL.TimezoneService.register(definition);
		for (const component of calendar.getAllSubcomponents("vevent")) {
			nameZones(component);
			const uid = component.getFirstPropertyValue("uid");
			if (!series.has(uid))
				series.set(uid, {master: null, others: []});
			if (component.hasProperty("recurrence-id"))
				series.get(uid).others.push(component);
			else
				series.get(uid).master = component;
		}
		for (const [uid, {master, others}] of series) {
			const changed = others.map((component) => new ICAL.Event(component));
			if (master === null) {
				changed.forEach((event) => add(uid, event.startDate));
				continue;
			}
			const event = new ICAL.Event(master, {exceptions: changed, strictExceptions: false});
			if (!event.isRecurring()) {
				add(uid, event.startDate);
				continue;
			}
			const iterator = event.iterator();
			for (let step = 0, next; step < STEPS_MAX && (next = iterator.next()); step++) {
				if (instant(next, zone) >= to + MARGIN)
					break;
				add(uid, event.getOccurrenceDetails(next).startDate);
			}
		}
	}
	return found;
}

for await (const line of createInterface({input: process.stdin})) {
	let answer;
	try {
		answer = occurrences(JSON.parse(line));
	} catch (error) {
		answer = {error: String(error.message ?? error).slice(0, 200)};
	}
	console.log(JSON.stringify(answer));
}
