// Tells the hooks and the logger of a call what happens. Neither can break it.
const LEVELS = ["debug", "info", "warn", "error"];

export function tell(call, hook, level, text, about) {
    const { logger, logLevel = "info" } = call;
    const details = { functionName: call.functionName, ...about };
    try {
        if (LEVELS.indexOf(level) >= LEVELS.indexOf(logLevel)) logger?.[level]("scf-invoke: " + text, logged(details));
        call[hook]?.(details);
    } catch (error) {
        console.error("scf-invoke: " + hook + " failed", error);
    }
}

// What functions give is not for a log: of a reply it gets ids and figures.
const logged = ({ reply: { result, resultText, log, ...run } = {}, ...details }) => ({ ...details, ...run });

// Headers as they may be shown.
export const redacted = ({ Authorization, "X-TC-Token": token, ...headers }) => ({
    ...headers,
    Authorization: Authorization.replace(/[^=]*$/, "…"),
    ...(token && { "X-TC-Token": "…" }),
});
