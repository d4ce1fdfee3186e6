// The answers that are the relay's own.
export class Refusal extends Error {
    constructor(code, status, message, { delivery = "refused", retryAfter, allow } = {}) {
        super(message);
        Object.assign(this, { code, status, delivery, retryAfter, allow });
    }

    response() {
        const { code, status, message, delivery, retryAfter, allow } = this;
        const headers = {
            "X-SCF-Relay": delivery,
            // Whole seconds, and never too few.
            ...(retryAfter && { "Retry-After": String(Math.max(1, Math.ceil(retryAfter))) }),
            ...(allow && { Allow: "POST, OPTIONS" }),
        };
        return Response.json({ Response: { Error: { Code: "Relay." + code, Message: message }, RequestId: "" } }, { status, headers });
    }
}

export const refuse = (...reason) => {
    throw new Refusal(...reason);
};
