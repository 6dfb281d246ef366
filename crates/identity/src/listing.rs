use iam_storage_ports::{Listing, Page, StorageError};

/// The whole of a list, page by page.
pub(crate) async fn all<T>(
    read: impl AsyncFn(Page) -> Result<Listing<T>, StorageError>,
) -> Result<Vec<T>, StorageError> {
    at_least(usize::MAX, read).await
}

/// The first pages of a list that hold `count` items together, or all of it if it has fewer.
pub(crate) async fn at_least<T>(
    count: usize,
    read: impl AsyncFn(Page) -> Result<Listing<T>, StorageError>,
) -> Result<Vec<T>, StorageError> {
    let mut items = Vec::new();
    let mut page = Page::first(Page::MAX);
    loop {
        let listing = read(page.clone()).await?;
        items.extend(listing.items);
        if listing.next.is_none() || items.len() >= count {
            return Ok(items);
        }
        page.after = listing.next;
    }
}
