// The one draft that all of Call shows: form, signature, code and example.

/** The texts of a draft, by default. */
export const DEFAULTS = {
  target: "local",
  action: "Invoke",
  functionName: "",
  event: "",
  invocationType: "RequestResponse",
  logType: "Tail",
  namespace: "",
  qualifier: "",
  routingKey: "",
  region: "ap-guangzhou",
  language: "",
  timeout: "",
  endpoint: "",
  host: "",
  signing: "tc3",
};

/** The texts of which one is chosen from a list. */
export const CHOICES = {
  target: ["local", "cloud"],
  action: ["Invoke", "InvokeFunction"],
  invocationType: ["RequestResponse", "Event"],
  logType: ["None", "Tail"],
  language: ["", "zh-CN", "en-US"],
  signing: ["tc3", "tc3Get", "tc3Unsigned", "v1"],
};

/** The draft's texts. */
export const draft = { ...DEFAULTS };
// It stays in this page's memory, and ends with it.
const key = { secretId: "", secretKey: "", dayKey: "", token: "" };
const listeners = [];

/** Changes some texts of the draft; `origin` is who changed them. */
export function change(changes, origin) {
  const names = Object.keys(changes).filter(
    (name) => Object.hasOwn(DEFAULTS, name) && draft[name] !== changes[name],
  );
  if (!names.length) return;
  for (const name of names) draft[name] = changes[name];
  tell(names, origin);
}

/** Changes the key that was typed. */
export function changeKey(changes, origin) {
  Object.assign(key, changes);
  tell(["key"], origin);
}

/** Calls this with the names that changed and who changed them. */
export const onChange = (listener) => listeners.push(listener);

function tell(names, origin) {
  for (const listener of listeners) listener(names, origin);
}

/** True where a key was typed. */
export const hasKey = () => Boolean(key.secretId || key.secretKey || key.dayKey);

/** The key's public part. */
export const keyId = () => key.dayKey.split("/")[0] || key.secretId;

/** The draft as the server takes it. */
export function toSend() {
  const target = draft.target === "local" ? { endpoint: "" } : {};
  return { ...draft, ...target, key: hasKey() ? { ...key } : undefined };
}

/** The draft without what would only repeat the defaults; never with a key. */
export function toKeep() {
  return Object.fromEntries(
    Object.entries(draft).filter(([name, value]) => value !== DEFAULTS[name]),
  );
}

/** True where a draft can have that text. */
export const isText = (name, value) =>
  Object.hasOwn(DEFAULTS, name) && typeof value === "string" && (CHOICES[name]?.includes(value) ?? true);

/** The draft of kept texts, the others by default. */
export function fromKept(kept) {
  const texts = Object.entries(kept).filter(([name, value]) => isText(name, value));
  return { ...DEFAULTS, ...Object.fromEntries(texts) };
}
