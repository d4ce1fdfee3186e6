import { ConfigError } from "./errors.js";

// The JSON text of an event, and whether it need not be checked.
export function eventText(event) {
    let text = event;
    if (event instanceof ArrayBuffer || ArrayBuffer.isView(event)) {
        try {
            text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(event);
        } catch (error) {
            throw new ConfigError("event", "is not UTF-8", error);
        }
    } else if (typeof event != "string") {
        try {
            text = JSON.stringify(event);
        } catch (error) {
            throw new ConfigError("event", "has no JSON form", error);
        }
        if (text === undefined) throw new ConfigError("event", "has no JSON form: leave it out, or give {}");
        // Halves of surrogate pairs become escapes, which the check will find.
        return [text, !/\\ud[89a-f]/.test(text)];
    }
    if (!(text.isWellFormed?.() ?? !/[\ud800-\udfff]/u.test(text))) throw new ConfigError("event", "has half a surrogate pair");
    return [text, false];
}
