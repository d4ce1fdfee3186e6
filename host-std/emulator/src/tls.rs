//! Certificates of the emulator's own making.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The names for which a certificate stands, besides those of
/// [`Builder::host`](crate::Builder::host): the machine's own and the API's.
const NAMES: [&str; 7] = [
    "localhost",
    "*.localhost",
    "127.0.0.1",
    "::1",
    "scf.tencentcloudapi.com",
    "*.scf.tencentcloudapi.com",
    "*.tencentcloudapi.com",
];

type MakeError = Box<dyn std::error::Error + Send + Sync>;

/// Makes a certificate for a server, signed by a CA that is written to this
/// file and whose key nobody keeps.
pub(crate) fn make(
    ca_file: &Path,
    hosts: &[String],
    year: i32,
) -> Result<Arc<ServerConfig>, MakeError> {
    let mut ca = CertificateParams::default();
    ca.distinguished_name.push(DnType::CommonName, "scf-emulator, made for one run");
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let issuer = CertifiedIssuer::self_signed(within(ca, year), KeyPair::generate()?)?;

    let hosts = hosts
        .iter()
        .filter(|host| !host.starts_with('.'))
        .map(|host| host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name));
    let names: Vec<String> = NAMES.into_iter().chain(hosts).map(str::to_owned).collect();
    let mut server = CertificateParams::new(names)?;
    server.distinguished_name.push(DnType::CommonName, "scf-emulator");
    let key = KeyPair::generate()?;
    let certificate = within(server, year).signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    fs::write(ca_file, pem(issuer.der()))?;
    Ok(Arc::new(config))
}

/// Returns a certificate as the text that clients read.
fn pem(der: &[u8]) -> String {
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    // 48 bytes are a line of 64 characters.
    for line in der.chunks(48) {
        STANDARD.encode_string(line, &mut text);
        text.push('\n');
    }
    text + "-----END CERTIFICATE-----\n"
}

/// Some clients take no certificate that holds for longer than two years.
fn within(mut parameters: CertificateParams, year: i32) -> CertificateParams {
    parameters.not_before = date_time_ymd(year, 1, 1);
    parameters.not_after = date_time_ymd(year + 1, 12, 31);
    parameters
}
