// Checks by its headers alone that a request is an invocation of SCF.
import { refuse } from "./relay_refusal.js";

// Returns whether a header of this name goes to the endpoint.
export const passedOn = (name) => /^(authorization|content-type|x-tc-[\w!#$%&'*+.^`|~-]+)$/.test(name);

// The headers that are passed on.
export function check(headers) {
    const kept = {};
    for (const [name, value] of headers) {
        if (!passedOn(name)) continue;
        // Bytes that are read in more than one way could mean another thing to the API.
        if (!/^[ -~]*$/.test(value)) refuse("Header", 400, `The header ${name} is not ASCII.`);
        kept[name] = value;
    }
    if (!["Invoke", "InvokeFunction"].includes(kept["x-tc-action"]))
        refuse("Action", 403, "Only invocations are relayed: X-TC-Action must be Invoke or InvokeFunction.");
    if (kept["x-tc-version"] != "2018-04-16")
        refuse("Version", 403, "Only one version of the API is relayed: X-TC-Version must be 2018-04-16.");
    if (!/^\s*application\/json\s*(;|$)/i.test(kept["content-type"]))
        refuse("ContentType", 415, "Content-Type must be application/json.");
    checkAuthorization(kept);
    return kept;
}

const SIGNED = /^TC3-HMAC-SHA256 \s*Credential=[^/,]+\/[^/,]{10}\/scf\/tc3_request\s*,\s*SignedHeaders=([^,]*?)\s*,\s*Signature=[\da-f]{64}\s*$/i;

function checkAuthorization(kept) {
    const signed = SIGNED.exec(kept.authorization)?.[1].split(";");
    if (!signed)
        refuse("Authorization", 403, "Only requests signed for SCF are relayed: Authorization must be of TC3-HMAC-SHA256, with a credential of the service scf.");
    if (!signed.includes("host") || !signed.includes("content-type"))
        refuse("Authorization", 403, "The signature must cover content-type and host.");
    // The relay sets the host, and passes on only some of the others.
    if (!signed.every((name) => name == "host" || kept[name.toLowerCase()] !== undefined))
        refuse("Authorization", 403, "The signature covers a header that is missing or not relayed: sign content-type, host and headers of X-TC alone.");
}
