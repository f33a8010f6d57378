// Requests to the server that the page came from. The token is kept in memory only.

const root = new URL("..", document.baseURI);
let token = "";

/** What kept a request from an answer: a problem of the server, or that nothing was answered. */
export class Failure extends Error {
  /** @param problem the members of the problem; with status 0 if the server was not reached */
  constructor(problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }

  get status() {
    return this.problem.status;
  }

  /** The last part of the problem's type, such as "unknown_key". */
  get code() {
    return String(this.problem.type ?? "").split(":").pop();
  }
}

export function useToken(text) {
  token = text.trim();
}

/** The address of a request as other programs send it. */
export function address(path) {
  return new URL(path, root).href;
}

export function get(path, signal) {
  return send(path, {signal});
}

/** @param body JSON text, which is sent as it is: numbers keep their digits */
export function post(path, body, signal) {
  return send(path, {method: "POST", body, signal, headers: {"Content-Type": "application/json"}});
}

async function send(path, options) {
  const headers = {...options.headers, Accept: "application/json"};
  if (token) {
    headers.Authorization = `Bearer ${token}`;
  }

  let answer;
  let text;
  try {
    answer = await fetch(new URL(path, root), {
      ...options, headers, credentials: "omit", cache: "no-store", redirect: "error",
    });
    text = await answer.text();
  } catch (e) {
    if (e.name === "AbortError") {
      throw e;
    }

    throw new Failure({
      status: 0, type: "offline", title: "The server does not answer",
      detail: "The request got no answer. The server has stopped, or the network between it and "
          + "this browser is interrupted. Nothing that you entered is lost; try again.",
    });
  }

  let content;
  try {
    content = parse(text);
  } catch {
    content = {title: "The answer is not JSON", detail: text.slice(0, 200)};
  }

  if (!answer.ok) {
    throw new Failure({title: answer.statusText, ...content, status: answer.status});
  }

  return content;
}

/** Parses JSON; a number that JavaScript would change is kept as its text. */
function parse(text) {
  return JSON.parse(text, (name, value, context) =>
      typeof value === "number" && context?.source !== undefined && !isWhole(context.source, value)
        ? context.source
        : value);
}

function isWhole(source, value) {
  return digits(source) === digits(String(value));
}

/** The digits of a number without zeros at either end, its sign, point and exponent. */
function digits(text) {
  return text.toLowerCase().split("e")[0].replace(/[-+.]/g, "").replace(/^0+|0+$/g, "");
}

/** Loads what the first screen does not show, when it is wanted. */
export async function later(load) {
  try {
    return await load();
  } catch {
    throw new Failure({status: 0, type: "offline", title: "A part of the page cannot be loaded",
      detail: "The server does not answer, or has been replaced meanwhile. Load this page again."});
  }
}

/** A part of a path or a query. */
export const escape = encodeURIComponent;
