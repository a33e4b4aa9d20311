//! Work that takes a while without waiting for anything.
use std::io;
use tokio::runtime::{Handle, RuntimeFlavor};

/// Runs `work` off the threads that serve others. On the command line there are no others: it runs where it is asked for, because what
/// one thread has freed the allocator keeps for that thread, and each further thread would add to the peak of memory.
///
/// # Errors
/// When the work panicked.
pub async fn heavy<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    // The command's own future is no task; those of a server are.
    let alone = tokio::task::try_id().is_none() && Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    if alone {
        return Ok(tokio::task::block_in_place(work));
    }
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)
}
