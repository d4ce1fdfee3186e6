// Returns the value of a JSON text, undefined where it is none.
export const parse = (text) => {
    try {
        return JSON.parse(text);
    } catch {}
};
