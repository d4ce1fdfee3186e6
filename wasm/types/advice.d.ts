/** Returns what can be done about an error of the API with that `code`, in one sentence. */
export function advice(code: string): string;
