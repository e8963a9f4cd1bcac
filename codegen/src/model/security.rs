//! What feeds the security schemes, resolved.

use super::{MappedPlan, WirePath};
use crate::mapping::{Algorithm, Encoding};

/// What feeds a security scheme, resolved. Numbers are indices of settings.
#[derive(Debug)]
pub enum FeedPlan {
    /// A setting.
    Setting(usize),
    /// User and password.
    Basic(usize, usize),
    /// A signature over the body.
    Sign(Algorithm, usize, Encoding),
    /// The token of the login.
    Login,
}

/// A call that gives a token, resolved.
#[derive(Debug)]
pub struct LoginPlan {
    /// The call; its one answer is the one with the token.
    pub call: MappedPlan,
    /// Where the token stands in it.
    pub token: WirePath,
    /// How long it is good.
    pub expires: Option<ExpiresPlan>,
    /// The provider's words when it gives no token.
    pub message: Option<WirePath>,
    /// Statuses that say of a request that its token is not good any more.
    pub renew_on: Vec<u16>,
}

/// How long a token is good, resolved.
#[derive(Debug)]
pub enum ExpiresPlan {
    /// For as many seconds as this field says.
    Seconds(WirePath),
    /// Until the date and time of this field; minutes ahead of UTC of one that states no offset.
    At(WirePath, Option<i32>),
    /// Until so many seconds after the beginning of 1970.
    Unix(WirePath),
    /// For so many seconds.
    After(i64),
}
