//! What the offices do: the rules of the joint front office, with no input or
//! output, no clock and no randomness. Time and identifiers come in as
//! arguments, so that every rule can be tried on any day.

pub mod agreement;
pub mod assessment;
pub mod booking;
pub mod case;
mod codes;
pub mod consent;
pub mod correction;
pub mod cover;
pub mod entry;
pub mod exchange;
pub mod follow;
pub mod governing;
pub mod ids;
pub mod keeping;
pub mod meeting;
pub mod need;
pub mod network;
pub mod office;
pub mod person;
pub mod plan;
pub mod practice;
pub mod premises;
pub mod reception;
pub mod record;
pub mod refer;
pub mod rollout;
pub mod secrecy;
pub mod service;
pub mod standard;
pub mod text;
