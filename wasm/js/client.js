import { run } from "./attempts.js";
import { clockOf } from "./clock.js";
import { coreOf } from "./core.js";
import { credentialsOf } from "./credentials.js";
import { map } from "./map.js";
import { refuse } from "./errors.js";
import { checkClient } from "./options.js";
import { encode, prepare, presign, sign } from "./request.js";

const LOOPBACK = /^(localhost|127\.|\[::1\]|$)/;

// The class of clients whose core is made by that function.
export function clientOf(instantiate) {
    let loading;

    const load = (module) =>
        (loading ??= (async () => coreOf(await instantiate(module)))().catch((error) => {
            loading = undefined;
            throw error;
        }));

    return class Client {
        static name = "Client";
        #options;
        // The parts of the client that its calls use.
        #parts;

        constructor(options) {
            this.#options = { timeoutMs: 310000, attempts: 3, replyLimit: 16777216, ...checkClient(options) };
            const { region, credentials, endpoint, host, module, now = Date.now, logger = console } = this.#options;
            const apiHost = `scf.${region.endsWith("-fsi") ? region + "." : ""}tencentcloudapi.com`;
            const isWhole = endpoint === undefined || /^\w+:/.test(endpoint);
            const fixed = isWhole && resolve(endpoint ?? "https://" + apiHost);
            const clock = clockOf(now);
            const source = credentialsOf(credentials);
            this.#parts = {
                // A path is resolved by the first call: a page may be rendered where there is no origin yet.
                // In a worker made of a blob the location has no origin, but self has.
                url: () => fixed || resolve(endpoint, globalThis.origin),
                host: host ?? (fixed ? fixed.host : apiHost),
                clock,
                core: () => load(module),
                credentials: () => source.get(clock.now()),
                renew: (refused) => source.renew(refused),
            };
            if (globalThis.document && credentials.secretKey && !credentials.token && !LOOPBACK.test(document.location?.hostname))
                logger.warn?.("scf-invoke: who opens this page can read its secretKey: give it a day key");
        }

        async invoke(functionName, ...rest) {
            return run(prepare(this.#options, functionName, rest, "Invoke"), this.#parts);
        }

        async invokeFunction(functionName, ...rest) {
            return run(prepare(this.#options, functionName, rest, "InvokeFunction"), this.#parts);
        }

        function(functionName, defaults) {
            // Checked where it is made, not where it is called.
            prepare(this.#options, functionName, [undefined, defaults ?? {}], "Invoke");
            const call = (event, options) => this.invoke(functionName, event, { ...defaults, ...options });
            call.map = (events, options) => this.map(functionName, events, { ...defaults, ...options });
            return call;
        }

        map(functionName, events, options) {
            return map((...rest) => this.invoke(functionName, ...rest), events, options);
        }

        async sign(functionName, ...rest) {
            const { url, host, clock, core, credentials } = this.#parts;
            const call = prepare(this.#options, functionName, rest);
            const given = await credentials();
            const loaded = await core();
            const content = await encode(loaded, call);
            return new Request(url(), sign(loaded, call, content, given, { host, now: clock.now(), signal: call.signal }));
        }

        async presign(functionName, ...rest) {
            const { url, host, clock, core, credentials } = this.#parts;
            const call = prepare(this.#options, functionName, rest);
            const given = await credentials();
            return presign(await core(), call, given, { url: url(), host, now: clock.now() });
        }
    };
}

function resolve(endpoint, base) {
    try {
        const url = new URL(endpoint, base);
        if (!/^https?:$/.test(url.protocol) || url.username) throw undefined;
        return url;
    } catch (error) {
        refuse("endpoint", "must be an http(s) URL, or a path where there is a page whose origin it is on", error);
    }
}
