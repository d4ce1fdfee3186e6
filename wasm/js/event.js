import { refuse } from "./errors.js";

// The JSON text of an event, and whether it has to be checked.
export function eventText(event) {
    const isText = typeof event == "string";
    let text = event;
    try {
        if (event instanceof ArrayBuffer || ArrayBuffer.isView(event))
            return [new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(event), true];
        if (!isText) text = JSON.stringify(event).toString();
    } catch (error) {
        refuse("event", "has no JSON form", error);
    }
    if (isText && !(text.isWellFormed?.() ?? !/[\ud800-\udfff]/u.test(text))) refuse("event", "has half a surrogate pair");
    // JSON.stringify makes escapes of such halves, which the check finds.
    return [text, isText || text.includes("\\ud")];
}
