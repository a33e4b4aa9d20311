//! Where may be asked. A PDF from anybody names the addresses, so that they could lead into the network behind the server.
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where may be asked.
#[derive(Debug, Clone)]
pub enum Reach {
    /// The public network, and these hosts wherever they are.
    Public(Vec<String>),
    /// These hosts alone, wherever they are.
    Listed(Vec<String>),
    /// Everywhere but link-local addresses: for a person at a terminal, who could do so anyway.
    Anywhere,
}

impl Reach {
    fn names(&self, host: &str) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Public(hosts) | Self::Listed(hosts) => hosts.iter().any(|h| h.eq_ignore_ascii_case(host)),
        }
    }

    fn lets(&self, name: &str, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => self.allows(address),
            _ => self.names(name) || self.allows(address),
        }
    }

    fn allows(&self, address: IpAddr) -> bool {
        match self {
            // Clouds tell their secrets there, and no authority answers.
            Self::Anywhere => !is_link_local(address),
            Self::Public(_) => is_public(address),
            Self::Listed(_) => false,
        }
    }

    /// Judges an address before it is asked, and again where it redirects to. Names are judged when they have been resolved.
    pub(super) fn check(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{} is not asked, only http and https", url.scheme()));
        }
        // The parser has turned every way to write an IPv4 address into the usual one.
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        if self.names(host) && !(matches!(self, Self::Anywhere) && host.parse().is_ok_and(is_link_local)) {
            return Ok(());
        }
        match (self, host.parse::<IpAddr>()) {
            (Self::Listed(_), _) => Err(format!("{host} is not among the hosts that may be asked")),
            (_, Ok(address)) if !self.allows(address) => Err(format!("{host} is in a private network")),
            _ => Ok(()),
        }
    }
}

/// Resolves names, and keeps to the addresses that may be asked: what was judged is what is connected to, so that a name
/// which answers differently the second time gains nothing.
pub(super) struct Guard(pub Reach);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|a| reach.lets(&name, a.ip())).collect();
            if allowed.is_empty() {
                return Err(format!("{name} is in a private network").into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(a) => a.is_link_local(),
        IpAddr::V6(a) => a.is_unicast_link_local(),
    }
}

pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => is_public_v4(a),
        IpAddr::V6(a) => match a.to_ipv4_mapped() {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(a),
        },
    }
}

fn is_public_v4(a: Ipv4Addr) -> bool {
    let [first, second, third, _] = a.octets();
    // Shared (RFC 6598), of the protocols themselves (RFC 6890), of measurements (RFC 2544).
    let special = (first == 100 && (64..128).contains(&second))
        || (first, second, third) == (192, 0, 0)
        || (first == 198 && (18..20).contains(&second));
    let local = a.is_private() || a.is_loopback() || a.is_link_local() || a.is_documentation();
    first != 0 && first < 224 && !special && !local
}

fn is_public_v6(a: Ipv6Addr) -> bool {
    let [first, second, ..] = a.segments();
    // Global unicast (2000::/3), without the tunnels that carry an IPv4 address (6to4, Teredo) and what is for documentation.
    (0x2000..0x4000).contains(&first) && first != 0x2002 && !(first == 0x2001 && matches!(second, 0 | 0xdb8))
}
