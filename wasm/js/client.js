import { run } from "./attempts.js";
import { clockOf } from "./clock.js";
import { coreOf } from "./core.js";
import { credentialsOf } from "./credentials.js";
import { refuse } from "./errors.js";
import { checkClient, test } from "./options.js";
import { VERSION, content, encode, prepare, random, sign } from "./request.js";

const LOOPBACK = /^(localhost|127\.|\[::1\]|$)/;

// The class of clients whose core is made by that function. The other parts are loaded later.
export function clientOf(instantiate, later) {
    let loading, extra;

    const load = async (module) => {
        const core = coreOf(await instantiate(module));
        return {
            ...core,
            extra: async () => (extra ??= await (await later.extra()).extra(instantiate, refuse)),
            advice: async (code) => (await later.advice()).advice(code),
        };
    };
    const loaded = (module) =>
        (loading ??= load(module).catch((error) => {
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
                core: () => loaded(module),
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

        async *map(functionName, events, options = {}) {
            test("concurrency", options.concurrency ?? 1, [(value) => value >= 1, "1 or more"]);
            const { map } = await later.map();
            yield* map((...rest) => this.invoke(functionName, ...rest), events, options);
        }

        async sign(functionName, ...rest) {
            const { core, call, credentials, ...at } = await this.#ready(functionName, rest);
            const made = await content(core, call);
            return new Request(at.url, sign(core, call, made, credentials, { ...at, signal: call.signal }));
        }

        async presign(functionName, ...rest) {
            const { core, ...ready } = await this.#ready(functionName, rest);
            // This checks the event.
            await encode(core, ready.call, 32768, () => {});
            const { presign } = await later.presign();
            return presign({ ...ready, extra: await core.extra(), version: VERSION, random, refuse });
        }

        // What a call that is only signed is made of.
        async #ready(functionName, rest) {
            const { url, host, clock, core, credentials } = this.#parts;
            const call = prepare(this.#options, functionName, rest);
            return { credentials: await credentials(), core: await core(), call, url: url(), host, now: clock.now() };
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
