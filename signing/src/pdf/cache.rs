//! What was used lately, within bounds.

use foldhash::{HashMap, HashMapExt};
use std::hash::Hash;

/// Keeps what was used lately, and forgets the rest: about twice `capacity` at most.
///
/// Two generations take turns. What is asked for again moves into the younger one; when that is full, it becomes the older,
/// and the older is dropped as a whole.
pub struct Cache<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    weight: usize,
    capacity: usize,
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    pub fn new(capacity: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            weight: 0,
            capacity,
        }
    }

    pub fn get(&mut self, key: &K) -> Option<V> {
        if let Some((value, _)) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, (value, weight)) = self.old.remove_entry(key)?;
        self.put(key, value.clone(), weight);
        Some(value)
    }

    /// `weight` in bytes, roughly.
    pub fn put(&mut self, key: K, value: V, weight: usize) {
        if self.weight > self.capacity {
            self.old = std::mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        if let Some((_, before)) = self.young.insert(key, (value, weight)) {
            self.weight -= before;
        }
    }

    pub fn remove(&mut self, key: &K) {
        if let Some((_, weight)) = self.young.remove(key) {
            self.weight -= weight;
        }
        self.old.remove(key);
    }

    pub fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
        self.weight = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::Cache;

    #[test]
    fn the_used_stays_and_the_rest_goes() {
        let mut cache = Cache::new(10);
        for n in 0..100 {
            cache.put(n, n, 1);
            assert_eq!(cache.get(&0), Some(0));
            assert!(cache.young.len() + cache.old.len() <= 23);
        }
        assert_eq!((cache.get(&99), cache.get(&50)), (Some(99), None));
        cache.remove(&99);
        assert_eq!((cache.get(&99), cache.get(&98)), (None, Some(98)));
    }
}
