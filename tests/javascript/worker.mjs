// The suite in a worker of workerd: what it talks to comes with a request.
import * as scf from "scf-invoke";
import { run } from "./suite.mjs";

export default {
    async fetch(request) {
        const context = await request.json();
        const vectors = await (await fetch(context.base + "/vectors.json")).json();
        return Response.json(await run(scf, context, vectors));
    },
};
