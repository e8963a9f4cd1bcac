//! The keys that a provider is told.

use kassa_core::ProviderInfo;
use uuid::Uuid;

/// The key of a later attempt, when the provider remembers an earlier one: the key with a number, or where keys are
/// UUIDs, the UUID that follows from both (RFC 9562, version 5). The same arguments always give the same key.
pub(super) fn later(info: &ProviderInfo, key: &str, n: u32) -> String {
    match Uuid::parse_str(key) {
        Ok(uuid) if info.uuid_keys => Uuid::new_v5(&uuid, n.to_string().as_bytes()).to_string(),
        _ => format!("{key}-{n}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::KEYED;

    #[test]
    fn later_keys_are_as_the_provider_wants_them() {
        const KEY: &str = "5f0c8a9e-6b0e-4f5c-9a53-0d7d3c1b2a41";
        static UUIDS: ProviderInfo = ProviderInfo {
            uuid_keys: true,
            name: "uuids",
            title: "UUIDs",
            document: "a test",
            base_url: None,
            client_certificate: false,
            doubt: kassa_core::Doubt::Blind,
            compared: &[],
            settings: &[],
            operations: &[],
            callbacks: &[],
        };
        assert_eq!(later(&KEYED, KEY, 2), format!("{KEY}-2"));
        let second = later(&UUIDS, KEY, 2);
        assert_eq!(Uuid::parse_str(&second).unwrap().get_version_num(), 5);
        assert_ne!(second, later(&UUIDS, KEY, 3));
        assert_eq!(second, later(&UUIDS, KEY, 2));
        assert_eq!(later(&UUIDS, "order-1", 2), "order-1-2");
    }
}
