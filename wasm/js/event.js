import { refuse } from "./errors.js";

// The JSON text of an event, and whether it need not be checked.
export function eventText(event) {
    const isText = typeof event == "string";
    let text = event;
    try {
        if (event instanceof ArrayBuffer || ArrayBuffer.isView(event))
            return [new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(event)];
        if (!isText) text = JSON.stringify(event).toString();
    } catch (error) {
        refuse("event", "has no JSON form", error);
    }
    if (isText && !(text.isWellFormed?.() ?? !/[\ud800-\udfff]/u.test(text))) refuse("event", "has half a surrogate pair");
    // JSON.stringify makes escapes of such halves, which the check finds.
    return [text, !isText && !/\\ud[89a-f]/.test(text)];
}
