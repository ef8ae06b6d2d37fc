//! Ed25519 signatures of checkpoints as signed notes (C2SP signed-note): the text, a blank line, and
//! a line `— NAME BASE64(KEY-ID || SIGNATURE)` for each signer.
//!
//! A verifier key is `NAME+ID+BASE64(1 || PUBLIC)`, a signing key `PRIVATE+KEY+NAME+ID+BASE64(1 || SEED)`;
//! the id is the first four bytes of SHA-256(NAME || "\n" || 1 || PUBLIC) in hex.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// The number of Ed25519 in keys.
const ED25519: u8 = 1;
/// What a line of a signature begins with.
const DASH: &str = "\u{2014} ";
/// What a signing key begins with.
const PRIVATE: &str = "PRIVATE+KEY+";

/// A key that signs.
#[derive(Debug)]
pub struct Signer {
    name: String,
    key: SigningKey,
}

/// A key that tells whether a signature is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

/// Why a key or a signature is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsigned {
    /// A name has a blank, a `+`, a control character, or is empty.
    Name,
    /// A text is no key.
    Key,
    /// No line of the note is of this key.
    Missing,
    /// The line of this key is not its signature of the text.
    Wrong,
}

/// Whether a key may have that name.
fn sound(name: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    !name.is_empty() && name.chars().all(plain)
}

/// The id of a public key under a name.
fn id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([b'\n', ED25519]);
    hash.update(key.as_bytes());
    let hash: [u8; 32] = hash.finalize().into();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// An id in hex.
fn hex(id: [u8; 4]) -> String {
    super::body::to_hex(&id)
}

impl Signer {
    /// A new key of that name.
    ///
    /// # Errors
    /// [`Unsigned::Name`], [`Unsigned::Key`] where the machine gives no random bytes.
    pub fn new(name: &str) -> Result<Self, Unsigned> {
        if !sound(name) {
            return Err(Unsigned::Name);
        }
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| Unsigned::Key)?;
        Ok(Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(&seed),
        })
    }

    /// Reads a signing key.
    ///
    /// # Errors
    /// [`Unsigned::Key`].
    pub fn read(text: &str) -> Result<Self, Unsigned> {
        let rest = text.trim().strip_prefix(PRIVATE).ok_or(Unsigned::Key)?;
        let (name, told, seed) = parts(rest)?;
        let signer = Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(&seed),
        };
        if hex(id(name, &signer.key.verifying_key())) == told {
            Ok(signer)
        } else {
            Err(Unsigned::Key)
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key as it is kept secret.
    pub fn secret(&self) -> String {
        let id = hex(id(&self.name, &self.key.verifying_key()));
        let seed = [&[ED25519][..], self.key.as_bytes()].concat();
        format!("{PRIVATE}{}+{id}+{}", self.name, STANDARD.encode(seed))
    }

    /// The key that others check its signatures with.
    pub fn verifier(&self) -> Verifier {
        Verifier {
            name: self.name.clone(),
            key: self.key.verifying_key(),
        }
    }

    /// The note of a text, which ends with a line end: the text with its signature.
    pub fn sign(&self, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes());
        let id = id(&self.name, &self.key.verifying_key());
        let line = STANDARD.encode([&id[..], &signature.to_bytes()].concat());
        format!("{text}\n{DASH}{} {line}\n", self.name)
    }
}

impl Verifier {
    /// Reads a verifier key.
    ///
    /// # Errors
    /// [`Unsigned::Key`].
    pub fn read(text: &str) -> Result<Self, Unsigned> {
        let (name, told, key) = parts(text.trim())?;
        let key = VerifyingKey::from_bytes(&key).map_err(|_| Unsigned::Key)?;
        if hex(id(name, &key)) == told {
            let name = name.to_owned();
            Ok(Self { name, key })
        } else {
            Err(Unsigned::Key)
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key as it is given to others.
    pub fn public(&self) -> String {
        let id = hex(id(&self.name, &self.key));
        let key = [&[ED25519][..], self.key.as_bytes()].concat();
        format!("{}+{id}+{}", self.name, STANDARD.encode(key))
    }

    /// Whether the note is signed by this key.
    ///
    /// # Errors
    /// [`Unsigned::Missing`] or [`Unsigned::Wrong`].
    pub fn check(&self, note: &str) -> Result<(), Unsigned> {
        let (text, lines) = note.rsplit_once("\n\n").ok_or(Unsigned::Missing)?;
        let text = format!("{text}\n");
        let id = id(&self.name, &self.key);
        let own = |line: &str| {
            let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
            let bytes = STANDARD.decode(signature).ok()?;
            let (told, signature) = bytes.split_at_checked(id.len())?;
            (name == self.name && told == id).then(|| signature.to_vec())
        };
        let signature = lines.lines().find_map(own).ok_or(Unsigned::Missing)?;
        let signature = Signature::from_slice(&signature).map_err(|_| Unsigned::Wrong)?;
        let checked = self.key.verify_strict(text.as_bytes(), &signature);
        checked.map_err(|_| Unsigned::Wrong)
    }
}

/// Name, id and the 32 bytes of a key.
fn parts(text: &str) -> Result<(&str, &str, [u8; 32]), Unsigned> {
    let mut parts = text.splitn(3, '+');
    let mut part = || parts.next().ok_or(Unsigned::Key);
    let (name, id, key) = (part()?, part()?, part()?);
    let bytes = STANDARD.decode(key).map_err(|_| Unsigned::Key)?;
    match bytes.split_first() {
        Some((&ED25519, key)) if sound(name) => {
            let key = key.try_into().map_err(|_| Unsigned::Key)?;
            Ok((name, id, key))
        }
        _ => Err(Unsigned::Key),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The example of the Go package that the format comes from.
    #[test]
    fn a_note_signed_elsewhere_is_known() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let note = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n\n\
                    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        let verifier = Verifier::read(key).unwrap();
        assert_eq!(verifier.public(), key);
        assert_eq!(verifier.check(note), Ok(()));
        assert_eq!(
            verifier.check(&note.replace("don't", "do")),
            Err(Unsigned::Wrong)
        );
        let other = note.replace("Neumann x08", "Neumann y08");
        assert_eq!(verifier.check(&other), Err(Unsigned::Missing));
        let secret =
            "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
        let signer = Signer::read(secret).unwrap();
        assert_eq!(signer.secret(), secret);
        let text = format!("{}\n", note.split_once("\n\n").unwrap().0);
        assert_eq!(
            signer.sign(&text),
            note,
            "Ed25519 signs the same text the same way"
        );
    }

    #[test]
    fn keys_come_back_and_others_do_not() {
        let signer = Signer::new("post-7/xamine").unwrap();
        let again = Signer::read(&signer.secret()).unwrap();
        assert_eq!(again.verifier(), signer.verifier());
        let note = signer.sign("a\nb\n");
        assert_eq!(signer.verifier().check(&note), Ok(()));
        let other = Signer::new("post-7/xamine").unwrap();
        assert_eq!(other.verifier().check(&note), Err(Unsigned::Missing));
        for name in ["", "a b", "a+b", "a\n"] {
            assert_eq!(Signer::new(name).unwrap_err(), Unsigned::Name);
        }
        let mut text = signer.verifier().public();
        text.insert(0, 'x');
        assert_eq!(
            Verifier::read(&text),
            Err(Unsigned::Key),
            "the id is of the name too"
        );
        assert_eq!(Verifier::read("post+12345678+AAAA"), Err(Unsigned::Key));
    }
}
