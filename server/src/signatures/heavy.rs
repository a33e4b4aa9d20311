//! Work that takes a while without waiting for anything.
use std::cell::Cell;
use std::io;
use tokio::runtime::{Handle, RuntimeFlavor};

thread_local! {
    /// This thread serves nobody else while it works.
    static OWN: Cell<bool> = const { Cell::new(false) };
}

/// While it is there, also when the work panics: the thread serves others afterwards.
struct Own;

impl Own {
    fn take() -> Self {
        OWN.set(true);
        Self
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        OWN.set(false);
    }
}

/// Runs `work`, and what it finds heavy, on a thread of its own: several files in a row change threads once.
///
/// # Errors
/// When the work panicked.
pub async fn apart<T: Send + 'static>(work: impl AsyncFnOnce() -> T + Send + 'static) -> io::Result<T> {
    let handle = Handle::current();
    let run = move || {
        let _own = Own::take();
        handle.block_on(work())
    };
    tokio::task::spawn_blocking(run).await.map_err(io::Error::other)
}

/// Runs `work` off the threads that serve others. On the command line there are no others: it runs where it is asked for, because what
/// one thread has freed the allocator keeps for that thread, and each further thread would add to the peak of memory.
///
/// # Errors
/// When the work panicked.
pub async fn heavy<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    if OWN.get() {
        return Ok(work());
    }
    // The command's own future is no task; those of a server are.
    let alone = tokio::task::try_id().is_none() && Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    if alone {
        return Ok(tokio::task::block_in_place(work));
    }
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)
}
