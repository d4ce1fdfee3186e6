// The same call as a Rust program with scf-invoke.

import { signedHost } from "./host.js";

// The longest event that a program shows; a longer one goes into a file.
const INLINE_MAX = 2000;

// Characters that turn the direction of writing: rustc denies them in a string.
const TURNS = /[\u202a-\u202e\u2066-\u2069]/;

/**
 * The program. Without `reveal` the credentials come from the environment;
 * `base` is what a relative endpoint is relative to.
 */
export function rust(values, reveal, base) {
  const uses = ["Client"];
  const builder = [`.region(${text(values.region)})`];
  builder.push(...credentials(values, reveal, uses));
  const endpoint = new URL(values.endpoint, base);
  builder.push(`.endpoint(${text(endpoint.href)}.parse()?)`);
  const host = signedHost(values);
  if (host !== endpoint.host) builder.push(`.host(${text(host)})`);
  if (values.timeout) {
    uses.push("Timeouts");
    builder.push(
      `.timeouts(Timeouts::default().call(Duration::from_secs_f64(${decimal(values.timeout)})))`,
    );
  }
  if (values.language) {
    uses.push("Language");
    builder.push(`.language(Language::${values.language === "zh-CN" ? "ZhCn" : "EnUs"})`);
  }
  builder.push(".build()?;");

  const later = values.invocationType === "Event";
  const invocation = [`Invocation::new(${text(values.functionName)})`];
  uses.push("Invocation");
  if (values.namespace) invocation.push(`.namespace(${text(values.namespace)})`);
  if (values.qualifier) invocation.push(`.qualifier(${text(values.qualifier)})`);
  if (later) {
    uses.push("InvocationType");
    invocation.push(".invocation_type(InvocationType::Event)");
  } else if (values.logType === "Tail") {
    uses.push("LogType");
    invocation.push(".log_type(LogType::Tail)");
  }
  if (values.routingKey) invocation.push(`.routing_key(${text(values.routingKey)})`);

  const shown = later
    ? ['println!("accepted: {}", reply.function_request_id());']
    : [
        'println!("{}", reply.result_text());',
        ...(values.logType === "Tail" ? ['eprintln!("{}", reply.log().unwrap_or_default());'] : []),
      ];

  return [
    ...(values.timeout ? ["use std::time::Duration;", ""] : []),
    `use scf_invoke::{${uses.sort().join(", ")}};`,
    "",
    "fn main() -> Result<(), Box<dyn std::error::Error>> {",
    "    let client = Client::builder()",
    ...builder.map((line) => `        ${line}`),
    ...(invocation.length === 1
      ? [`    let invocation = ${invocation[0]};`]
      : [
          `    let invocation = ${invocation[0]}`,
          ...invocation
            .slice(1)
            .map((line, index) => `        ${line}${index === invocation.length - 2 ? ";" : ""}`),
        ]),
    `    let event = ${event(values)};`,
    "    let reply = client.call(invocation).event(event).send()?;",
    ...shown.map((line) => `    ${line}`),
    "    Ok(())",
    "}",
    "",
  ].join("\n");
}

/** Returns `true` if the program reads its event from the file `event.json`. */
export const needsFile = (values) => values.event.length > INLINE_MAX || TURNS.test(values.event);

function credentials(values, reveal, uses) {
  const token = values.token && text(values.token);
  if (values.credentialKind === "dayKey") {
    const key = reveal ? text(values.dayKey) : 'std::env::var("SCF_DAY_KEY")?';
    if (!token) return [`.day_key(${key})`];
    return [
      `.day_key(${key})`,
      `.day_key_token(${reveal ? token : 'std::env::var("TENCENTCLOUD_SESSION_TOKEN")?'})`,
    ];
  }
  // The client reads TENCENTCLOUD_SECRET_ID and so on by itself.
  if (!reveal) return ["// Signs with TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY."];
  uses.push("Credentials");
  const line = `.credentials(Credentials::new(${text(values.secretId)}, ${text(values.secretKey)}, ${token ? `Some(${token})` : "None"})?)`;
  return [line];
}

function event(values) {
  if (needsFile(values)) return 'include_str!("event.json")';
  return text(values.event);
}

// A plain string where that reads well, else a raw one with as many # as it needs.
function text(value) {
  if (!/["\\\n]/.test(value)) return `"${value}"`;
  let hashes = "#";
  while (value.includes(`"${hashes}`)) hashes += "#";
  return `r${hashes}"${value}"${hashes}`;
}

function decimal(value) {
  const digits = String(Number(value));
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}
