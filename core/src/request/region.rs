//! Regions, and the hosts that answer for them.

use heapless::String;

use crate::wire::ascii;

/// The longest host name that is composed here, in bytes.
pub const HOST_MAX: usize = 96;

/// A region by its name, such as `ap-guangzhou`.
///
/// The regions of the API's documentation are constants; any other is made by
/// [`new`](Self::new), because new ones open and none is refused for being
/// unknown here.
///
/// ```
/// use scf_invoke_core::request::region::Region;
///
/// assert_eq!(Region::AP_GUANGZHOU.name(), "ap-guangzhou");
/// assert_eq!(Region::new("ap-jakarta").unwrap().name(), "ap-jakarta");
/// assert!(Region::new("ap jakarta").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Region<'a>(&'a str);

macro_rules! regions {
    ($($constant:ident = $name:literal),* $(,)?) => {
        impl Region<'static> {
            $(#[doc = concat!("`", $name, "`")] pub const $constant: Self = Region($name);)*

            /// The regions that the documentation of `Invoke` lists.
            pub const ALL: &'static [Self] = &[$(Self::$constant),*];
        }
    };
}

regions! {
    AP_BANGKOK = "ap-bangkok",
    AP_BEIJING = "ap-beijing",
    AP_CHENGDU = "ap-chengdu",
    AP_CHONGQING = "ap-chongqing",
    AP_GUANGZHOU = "ap-guangzhou",
    AP_HONGKONG = "ap-hongkong",
    AP_MUMBAI = "ap-mumbai",
    AP_SEOUL = "ap-seoul",
    AP_SHANGHAI = "ap-shanghai",
    AP_SHANGHAI_FSI = "ap-shanghai-fsi",
    AP_SHENZHEN_FSI = "ap-shenzhen-fsi",
    AP_SINGAPORE = "ap-singapore",
    AP_TOKYO = "ap-tokyo",
    EU_FRANKFURT = "eu-frankfurt",
    NA_ASHBURN = "na-ashburn",
    NA_SILICONVALLEY = "na-siliconvalley",
    NA_TORONTO = "na-toronto",
    SA_SAOPAULO = "sa-saopaulo",
}

impl<'a> Region<'a> {
    /// Returns a region by name; `None` unless it is 1 to 32 lowercase letters,
    /// digits and hyphens.
    pub fn new(name: &'a str) -> Option<Self> {
        if name.len() <= 32 && ascii::is_name(name) { Some(Self(name)) } else { None }
    }

    /// Returns the name, as `X-TC-Region` carries it.
    pub const fn name(self) -> &'a str {
        self.0
    }

    /// Returns `true` for a finance zone, which only its own host serves.
    pub fn is_finance(self) -> bool {
        self.0.ends_with("-fsi")
    }
}

/// The choice among the API's hosts for a request.
///
/// ```
/// use scf_invoke_core::request::region::{Endpoint, Region};
///
/// let region = Region::AP_SHANGHAI_FSI;
/// let host = Endpoint::default_for(region).host("scf", region).unwrap();
/// assert_eq!(host, "scf.ap-shanghai-fsi.tencentcloudapi.com");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Endpoint {
    /// `scf.tencentcloudapi.com`, which picks the nearest data centre.
    Global,
    /// `scf.REGION.tencentcloudapi.com`; the only one for finance zones.
    Regional,
    /// `scf.intl.tencentcloudapi.com`, for accounts of the international site.
    International,
    /// `scf.internal.tencentcloudapi.com`, from inside SCF.
    Internal,
}

impl Endpoint {
    /// Returns the endpoint that answers for `region` without further settings.
    pub fn default_for(region: Region<'_>) -> Self {
        if region.is_finance() { Self::Regional } else { Self::Global }
    }

    /// Returns the host name for `service` (`scf`) and `region`; `None` if it
    /// would be longer than [`HOST_MAX`].
    pub fn host(self, service: &str, region: Region<'_>) -> Option<String<HOST_MAX>> {
        let middle = match self {
            Self::Global => "",
            Self::Regional => region.name(),
            Self::International => "intl",
            Self::Internal => "internal",
        };
        let dot = if middle.is_empty() { "" } else { "." };
        let mut host = String::new();
        for part in [service, dot, middle, ".tencentcloudapi.com"] {
            host.push_str(part).ok()?;
        }
        Some(host)
    }
}
