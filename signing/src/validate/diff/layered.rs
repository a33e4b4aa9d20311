//! A map that later views of a file share with earlier ones.

use foldhash::{HashMap, HashMapExt};
use std::borrow::Borrow;
use std::hash::Hash;
use std::rc::Rc;

/// Changes that are carried along before they go into a new common base.
const CARRIED: usize = 48;

/// Cloning costs no more than what changed lately: of many revisions, each with one more entry, none copies all entries.
#[derive(Clone)]
pub struct Layered<K, V> {
    base: Rc<HashMap<K, V>>,
    /// Over `base`; `None` is gone.
    over: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Layered<K, V> {
    fn default() -> Self {
        let base = Rc::new(HashMap::new());
        Self { base, over: Vec::new() }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Layered<K, V> {
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        match self.over.iter().rev().find(|(k, _)| k.borrow() == key) {
            Some((_, value)) => value.as_ref(),
            None => self.base.get(key),
        }
    }

    pub fn contains_key<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    pub fn insert(&mut self, key: K, value: V) {
        self.put(key, Some(value));
    }

    pub fn remove(&mut self, key: K) {
        self.put(key, None);
    }

    fn put(&mut self, key: K, value: Option<V>) {
        // Nobody else looks at this base: it is changed itself.
        if self.over.is_empty()
            && let Some(base) = Rc::get_mut(&mut self.base)
        {
            match value {
                Some(value) => drop(base.insert(key, value)),
                None => drop(base.remove(&key)),
            }
            return;
        }
        self.over.push((key, value));
        if self.over.len() > CARRIED {
            let base = Rc::make_mut(&mut self.base);
            for (key, value) in self.over.drain(..) {
                match value {
                    Some(value) => drop(base.insert(key, value)),
                    None => drop(base.remove(&key)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_what_it_saw() {
        let mut map = Layered::default();
        for n in 0..1000u32 {
            map.insert(n, n);
        }
        let mut copies = vec![map.clone()];
        for n in 0..1000 {
            let mut next = copies[n as usize].clone();
            if n % 3 == 0 {
                next.remove(n);
            } else {
                next.insert(n, n + 1);
            }
            next.insert(2000 + n, n);
            copies.push(next);
        }
        for (seen, copy) in (0..).zip(&copies) {
            for n in 0..1000 {
                let expected = if n >= seen { Some(n) } else { (n % 3 != 0).then_some(n + 1) };
                assert_eq!(copy.get(&n).copied(), expected);
                assert_eq!(copy.contains_key(&(2000 + n)), n < seen);
            }
        }
    }
}
