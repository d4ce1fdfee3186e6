//! Certificates of all kinds, made on the spot.

use pinned::{Untrusted, verify};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P384_SHA384,
    date_time_ymd,
};

const NAME: &str = "scf.example.com";
const NOW: &[u8; 14] = b"20260615120000";

fn authority_named(name: &str, key: KeyPair) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, key).unwrap()
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    authority_named("test", KeyPair::generate().unwrap())
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 1, 1);
    params
}

/// Returns the outcome for a certificate made from `params`, checked for
/// [`NAME`].
fn check(params: CertificateParams) -> Result<(), Untrusted> {
    check_at(params, NOW)
}

fn check_at(params: CertificateParams, now: &[u8; 14]) -> Result<(), Untrusted> {
    let authority = authority();
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let found = verify(authority.der(), certificate.der(), NAME, now)?;
    assert_eq!(found.verify_handshake(&[0; 32], &[0x30, 0]), Err(Untrusted::Handshake));
    Ok(())
}

#[test]
fn takes_a_certificate_of_the_authority() {
    assert_eq!(check(params(NAME)), Ok(()));
    let mut full = params(NAME);
    full.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    full.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
    full.is_ca = IsCa::ExplicitNoCa;
    full.use_authority_key_identifier_extension = true;
    assert_eq!(check(full), Ok(()));
}

#[test]
fn refuses_one_of_another_authority() {
    let (known, other) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    // The same name, another key; and another name.
    let certificate = params(NAME).signed_by(&key, &other).unwrap();
    assert_eq!(verify(known.der(), certificate.der(), NAME, NOW), Err(Untrusted::Issuer));
    let other = authority_named("other", KeyPair::generate().unwrap());
    let certificate = params(NAME).signed_by(&key, &other).unwrap();
    assert_eq!(verify(known.der(), certificate.der(), NAME, NOW), Err(Untrusted::Issuer));
    // The server's own signature.
    let certificate = params(NAME).self_signed(&key).unwrap();
    assert_eq!(verify(known.der(), certificate.der(), NAME, NOW), Err(Untrusted::Issuer));
}

#[test]
fn a_server_is_no_authority() {
    let authority = authority();
    let server = CertifiedIssuer::signed_by(
        params("other.example.com"),
        KeyPair::generate().unwrap(),
        &authority,
    )
    .unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = params(NAME).signed_by(&key, &server).unwrap();
    assert_eq!(verify(server.der(), certificate.der(), NAME, NOW), Err(Untrusted::Authority));
    assert_eq!(verify(authority.der(), certificate.der(), NAME, NOW), Err(Untrusted::Issuer));
}

#[test]
fn is_strict_about_names() {
    for name in ["scf.example.com", "SCF.Example.COM", "*.example.com"] {
        assert_eq!(check(params(name)), Ok(()), "{name}");
    }
    for name in [
        "example.com",
        "scf.example.org",
        "a.scf.example.com",
        "*.scf.example.com",
        "*.com",
        "*",
        "s*.example.com",
        "scf.*.com",
        "xscf.example.com",
    ] {
        assert_eq!(check(params(name)), Err(Untrusted::Name), "{name}");
    }
    // A common name is no name of a host.
    let mut common = CertificateParams::new([]).unwrap();
    common.distinguished_name.push(DnType::CommonName, NAME);
    assert_eq!(check(common), Err(Untrusted::Name));
    let mut several = params("a.example.com");
    several.subject_alt_names.extend(params(NAME).subject_alt_names);
    assert_eq!(check(several), Ok(()));
}

#[test]
fn is_strict_about_dates() {
    assert_eq!(check_at(params(NAME), b"20251231235959"), Err(Untrusted::TooEarly));
    assert_eq!(check_at(params(NAME), b"20260101000000"), Ok(()));
    assert_eq!(check_at(params(NAME), b"20270101000000"), Ok(()));
    assert_eq!(check_at(params(NAME), b"20270101000001"), Err(Untrusted::Expired));
    assert_eq!(check_at(params(NAME), b"19700101000000"), Err(Untrusted::TooEarly));
    // From 2050 on, a year has four digits.
    let mut long = params(NAME);
    long.not_after = date_time_ymd(2060, 1, 1);
    assert_eq!(check_at(long.clone(), b"20591231000000"), Ok(()));
    assert_eq!(check_at(long, b"20600102000000"), Err(Untrusted::Expired));
}

#[test]
fn is_strict_about_purposes() {
    let mut client = params(NAME);
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    assert_eq!(check(client), Err(Untrusted::Purpose));
    let mut agreement = params(NAME);
    agreement.key_usages = vec![KeyUsagePurpose::KeyAgreement];
    assert_eq!(check(agreement), Err(Untrusted::Purpose));
}

#[test]
fn refuses_what_it_does_not_know() {
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
    let mut informative = params(NAME);
    informative.custom_extensions.push(extension.clone());
    assert_eq!(check(informative), Ok(()));
    extension.set_criticality(true);
    let mut critical = params(NAME);
    critical.custom_extensions.push(extension);
    assert_eq!(check(critical), Err(Untrusted::Malformed));

    let authority = authority();
    let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    let certificate = params(NAME).signed_by(&key, &authority).unwrap();
    assert_eq!(verify(authority.der(), certificate.der(), NAME, NOW), Err(Untrusted::Algorithm));
}

#[test]
fn any_damage_is_an_error_and_no_panic() {
    let authority = authority();
    let key = KeyPair::generate().unwrap();
    let good = params(NAME).signed_by(&key, &authority).unwrap().der().to_vec();
    for end in 0..good.len() {
        assert!(verify(authority.der(), &good[..end], NAME, NOW).is_err());
    }
    for place in 0..good.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut bad = good.clone();
            bad[place] ^= change;
            assert!(verify(authority.der(), &bad, NAME, NOW).is_err(), "byte {place}");
        }
    }
    let mut long = good.clone();
    long.push(0);
    assert_eq!(verify(authority.der(), &long, NAME, NOW), Err(Untrusted::Malformed));
    assert_eq!(verify(&good, &good, NAME, NOW), Err(Untrusted::Authority));
}
