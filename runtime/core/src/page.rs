//! Lists that come in pages.

/// Which page of a list is asked for. A list that comes whole has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// How many pages come before it.
    index: i64,
    /// How many elements are on these.
    elements: i64,
    /// What the answer before it said.
    cursor: Option<String>,
}

impl Page {
    /// The first page.
    #[must_use]
    pub fn first() -> Self {
        Self::default()
    }

    /// Where it begins, where the first element is number `from`.
    #[must_use]
    pub const fn offset(&self, from: i64) -> i64 {
        from.saturating_add(self.elements)
    }

    /// Its number, where the first page is number `from`.
    #[must_use]
    pub const fn number(&self, from: i64) -> i64 {
        from.saturating_add(self.index)
    }

    /// What the answer before it said; nothing for the first page.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// The page after this one, which had so many elements. A page without elements, or with fewer than were asked for,
    /// is the last one.
    #[must_use]
    pub fn after(&self, elements: usize, full: Option<i64>) -> Option<Self> {
        let elements = i64::try_from(elements).unwrap_or(i64::MAX);
        if elements == 0 || full.is_some_and(|full| elements < full) {
            return None;
        }
        Some(Self {
            index: self.index.saturating_add(1),
            elements: self.elements.saturating_add(elements),
            cursor: None,
        })
    }

    /// The page that an answer says comes next; none when it says nothing.
    #[must_use]
    pub fn at(&self, cursor: Option<impl AsRef<str>>) -> Option<Self> {
        let cursor = cursor?.as_ref().to_owned();
        let index = self.index.saturating_add(1);
        (!cursor.is_empty()).then_some(Self { index, elements: self.elements, cursor: Some(cursor) })
    }
}

/// The answer to a query, or a page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// What it says.
    pub value: T,
    /// The page after it, if there may be one.
    pub next: Option<Page>,
}

/// An answer that may come in pages.
pub trait Append {
    /// Adds the page after it, which is number `page` from 1.
    fn append(&mut self, next: Self, page: usize);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let first = Page::first();
        assert_eq!((first.offset(0), first.number(1), first.cursor()), (0, 1, None));
        let second = first.after(100, Some(100)).unwrap();
        assert_eq!((second.offset(1), second.number(1)), (101, 2));
        assert_eq!(second.after(99, Some(100)), None);
        // Where nobody said how many there are on a page, only an empty one is the last.
        let third = second.after(99, None).unwrap();
        assert_eq!((third.offset(0), third.number(0)), (199, 2));
        assert_eq!(third.after(0, None), None);
    }

    #[test]
    fn a_cursor_leads_on_until_there_is_none() {
        let first = Page::first();
        assert_eq!(first.at(Some("abc")).unwrap().cursor(), Some("abc"));
        assert_eq!(first.at(Some("")), None);
        assert_eq!(first.at(None::<&str>), None);
    }
}
