//! The chords of one mode as a tree: a node that is not a leaf is the pop-up of what may follow.

use super::{Bound, Chord, Key};

/// One mode's chords, in the order in which they were added.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Trie(Vec<(Key, Node)>);

/// What follows a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// The chord is whole.
    Run(Vec<Bound>),
    /// More keys must come.
    More(Trie),
}

impl Trie {
    /// What `keys` lead to.
    pub(super) fn find(&self, keys: &[Key]) -> Option<&Node> {
        let (first, rest) = keys.split_first()?;
        let (_, node) = self.0.iter().find(|(key, _)| key == first)?;
        match node {
            _ if rest.is_empty() => Some(node),
            Node::More(trie) => trie.find(rest),
            Node::Run(_) => None,
        }
    }

    /// Binds a chord; whatever it hides, or is hidden by, gives way.
    pub(super) fn bind(&mut self, keys: &[Key], bounds: Vec<Bound>) {
        let Some((first, rest)) = keys.split_first() else {
            return;
        };
        let node = self.node(*first);
        if rest.is_empty() {
            *node = Node::Run(bounds);
            return;
        }
        if matches!(node, Node::Run(_)) {
            *node = Node::More(Self::default());
        }
        if let Node::More(trie) = node {
            trie.bind(rest, bounds);
        }
    }

    /// Frees a chord and everything that begins with it.
    pub(super) fn free(&mut self, keys: &[Key]) {
        let Some((first, rest)) = keys.split_first() else {
            return;
        };
        let Some(at) = self.0.iter().position(|(key, _)| key == first) else {
            return;
        };
        let empty = match &mut self.0[at].1 {
            _ if rest.is_empty() => true,
            Node::More(trie) => {
                trie.free(rest);
                trie.0.is_empty()
            }
            Node::Run(_) => false,
        };
        if empty {
            self.0.remove(at);
        }
    }

    /// The keys that may come now and what they lead to.
    pub(super) fn branches(&self) -> &[(Key, Node)] {
        &self.0
    }

    /// Every whole chord.
    pub(super) fn chords(&self) -> Vec<(Chord, &[Bound])> {
        let mut found = Vec::new();
        self.collect(&mut Vec::new(), &mut found);
        found
    }

    fn collect<'a>(&'a self, before: &mut Vec<Key>, found: &mut Vec<(Chord, &'a [Bound])>) {
        for (key, node) in &self.0 {
            before.push(*key);
            match node {
                Node::Run(bounds) => found.push((Chord(before.clone()), bounds)),
                Node::More(trie) => trie.collect(before, found),
            }
            before.pop();
        }
    }

    fn node(&mut self, key: Key) -> &mut Node {
        let at = self.0.iter().position(|(known, _)| *known == key);
        let at = at.unwrap_or_else(|| {
            self.0.push((key, Node::More(Self::default())));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}
