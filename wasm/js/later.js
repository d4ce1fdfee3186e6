// What few programs need, or few calls, is loaded when it is needed.
export const later = {
    advice: () => import("./advice.js"),
    map: () => import("./map.js"),
    presign: () => import("./presign.js"),
};
