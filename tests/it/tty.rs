//! The tty reader tells keys from replies, in fragments and in any order.
