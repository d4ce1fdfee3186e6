// The host that a request is signed for.

/** As the package chooses it: Host, else that of a whole URL, else the API's. */
export function signedHost({ host, endpoint, region }) {
  if (host) return host;
  if (URL.canParse(endpoint)) return new URL(endpoint).host;
  return region.endsWith("-fsi") ? `scf.${region}.tencentcloudapi.com` : "scf.tencentcloudapi.com";
}
