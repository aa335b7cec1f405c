//! What a file states of its channels.

use super::names::roles_of_name;
use crate::field::ChannelRole;
use crate::io::channel::Channel;

/// Emission bands in nanometres that leave no doubt. DAPI and Hoechst emit at 461, `SpectrumGreen` at 524,
/// FITC at 519, Cy3 at 570, `SpectrumOrange` at 588, Texas Red at 615 nm (the makers' data sheets); filters
/// are some 20 nm wide on either side. Between the bands lie aqua, gold and yellow labels, beyond them the
/// far red ones.
fn emission_band_nm(role: ChannelRole) -> std::ops::RangeInclusive<f64> {
    match role {
        ChannelRole::Counterstain => 430.0..=490.0,
        ChannelRole::Green => 500.0..=545.0,
        ChannelRole::Red => 560.0..=650.0,
    }
}

fn role_of_emission(nm: f64) -> Option<ChannelRole> {
    ChannelRole::ALL.into_iter().find(|&role| emission_band_nm(role).contains(&nm))
}

/// Channels in words: `3 channels: 0 "DAPI" (emission 461 nm), 1 ...`.
pub(in crate::io) fn list(channels: &[Channel]) -> String {
    let describe = |(index, channel): (usize, &Channel)| {
        let name = channel.name.as_ref().or(channel.fluor.as_ref());
        let name = name.map_or_else(|| "without a name".to_owned(), |name| format!("\"{name}\""));
        let emission = channel.emission_nm.map_or_else(String::new, |nm| format!(" (emission {nm} nm)"));
        format!("{index} {name}{emission}")
    };
    let plural = if channels.len() == 1 { "channel" } else { "channels" };
    let words: Vec<_> = channels.iter().enumerate().map(describe).collect();
    format!("{} {plural}: {}", channels.len(), words.join(", "))
}

/// The roles of a channel by its name, else by its emission. Several roles mean that the two contradict each other, or
/// that the name names several.
pub(super) fn roles_of(channel: &Channel) -> Vec<ChannelRole> {
    let emission = channel.emission_nm.and_then(role_of_emission);
    let texts = [&channel.name, &channel.fluor];
    let named: Vec<_> = texts.into_iter().flatten().filter_map(|text| roles_of_name(text)).collect();
    let mut roles: Vec<ChannelRole> = if named.is_empty() {
        emission.into_iter().collect()
    } else {
        let roles: Vec<ChannelRole> = named.concat();
        // A known label without a role stays without one, whatever its emission.
        let contradiction = emission.filter(|_| !roles.is_empty());
        roles.into_iter().chain(contradiction).collect()
    };
    roles.sort_unstable();
    roles.dedup();
    roles
}
