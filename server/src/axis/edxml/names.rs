//! Namespaces in scope while a message is read.

/// (depth of the element that declares it, prefix, namespace)
#[derive(Default)]
pub struct Names(Vec<(usize, String, String)>);

impl Names {
    pub fn declare(&mut self, depth: usize, prefix: &str, namespace: String) {
        self.0.push((depth, prefix.to_owned(), namespace));
    }

    /// Forgets what the element at `depth` has declared.
    pub fn leave(&mut self, depth: usize) {
        while self.0.last().is_some_and(|(d, ..)| *d >= depth) {
            self.0.pop();
        }
    }

    pub fn of(&self, prefix: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(_, p, _)| p == prefix)
            .map(|(.., namespace)| namespace.as_str())
    }

    pub fn any(&self, namespace: &str) -> bool {
        self.0.iter().any(|(.., n)| n == namespace)
    }
}
