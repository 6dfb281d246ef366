/// Which part of a list is wanted. A list is in the order of its keys, which for ids is the order
/// in which things were made; what is added while somebody reads page after page is never the
/// reason that something else is read twice or not at all.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    /// What comes after the item with this key; `None` for the start.
    pub after: Option<String>,
    /// The most items, 1 to [`Page::MAX`].
    pub limit: u16,
}

impl Page {
    /// The largest page.
    pub const MAX: u16 = 1000;

    /// The first `limit` items.
    #[must_use]
    pub const fn first(limit: u16) -> Self {
        Self { after: None, limit }
    }
}

/// A part of a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listing<T> {
    /// The items.
    pub items: Vec<T>,
    /// The key of the last of them, if there are more after it.
    pub next: Option<String>,
}

impl<T> Listing<T> {
    /// The page that `items` are, of which an adapter has read one more than the page holds.
    pub fn new(mut items: Vec<T>, page: &Page, key: impl Fn(&T) -> String) -> Self {
        let limit = usize::from(page.limit);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(key);
        Self { items, next }
    }

    /// The same page with other items.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Listing<U> {
        Listing {
            items: self.items.into_iter().map(make).collect(),
            next: self.next,
        }
    }
}
