// The platform's own types where it has them, so that a program without the types
// of a page or of Node compiles too.
type Global<Name extends string> = typeof globalThis extends { [N in Name]: { prototype: infer Type } } ? Type : any;
export type URLType = Global<"URL">;
export type SignalType = Global<"AbortSignal">;
export type RequestType = Global<"Request">;
export type ResponseType = Global<"Response">;
export type ModuleType = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Type } } } ? Type : any;
type InitType = typeof globalThis extends { Request: new (input: any, init?: infer Init) => any } ? Init : object;
export type FetchOptions = Omit<NonNullable<InitType>, "method" | "headers" | "body" | "redirect" | "signal">;

export {};
