//! The few kinds of value that both engines hold, and rows made of them.

use uuid::Uuid;

use super::DbError;

/// One value on its way into or out of a statement.
///
/// The list is short on purpose: it is the subset that SQLite and PostgreSQL
/// store alike. Money is whole øre, instants are whole microseconds UTC, dates
/// are ISO text, and structured detail is JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Bytes: hashes and keys.
    Bytes(Vec<u8>),
    /// An identifier.
    Id(Uuid),
    /// Yes or no.
    Flag(bool),
}

macro_rules! value_from {
    ($($from:ty => |$v:ident| $make:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($v: $from) -> Self {
                $make
            }
        }
    )*};
}

value_from! {
    i64 => |v| Value::Int(v);
    String => |v| Value::Text(v);
    &str => |v| Value::Text(v.to_owned());
    &String => |v| Value::Text(v.clone());
    Vec<u8> => |v| Value::Bytes(v);
    [u8; 32] => |v| Value::Bytes(v.to_vec());
    Uuid => |v| Value::Id(v);
    bool => |v| Value::Flag(v);
    jiff::civil::Date => |v| Value::Text(v.to_string());
    jiff::Timestamp => |v| Value::Int(v.as_microsecond());
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// Builds the arguments of a statement: `args![id, date, text]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::db::Value::from($value)),*] };
}

/// One row of an answer. Values are taken out of it by position.
#[derive(Debug)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    /// Takes the value in column `at`.
    ///
    /// # Errors
    /// When the column is missing or holds another kind of value: a statement
    /// and its reader have drifted apart.
    pub fn get<T: FromValue>(&mut self, at: usize) -> Result<T, DbError> {
        let value = self.0.get_mut(at).map(|v| std::mem::replace(v, Value::Null));
        let value = value.ok_or_else(|| DbError::Other(format!("no column {at} in the row")))?;
        T::from_value(value).map_err(|found| {
            DbError::Other(format!("column {at} holds {found}, not what was asked for"))
        })
    }
}

/// What can be read out of a [`Value`].
pub trait FromValue: Sized {
    /// Reads the value, or gives back the name of what was found instead.
    ///
    /// # Errors
    /// When the value is of another kind.
    fn from_value(value: Value) -> Result<Self, &'static str>;
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Int(_) => "a number",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
        Value::Id(_) => "an id",
        Value::Flag(_) => "a flag",
    }
}

macro_rules! from_value {
    ($($to:ty: $($pattern:pat => $make:expr),+;)*) => {$(
        impl FromValue for $to {
            fn from_value(value: Value) -> Result<Self, &'static str> {
                match value {
                    $($pattern => $make,)+
                    other => Err(kind(&other)),
                }
            }
        }
    )*};
}

from_value! {
    i64: Value::Int(v) => Ok(v);
    String: Value::Text(v) => Ok(v);
    Vec<u8>: Value::Bytes(v) => Ok(v);
    Uuid: Value::Id(v) => Ok(v),
        Value::Bytes(v) => Uuid::from_slice(&v).map_err(|_| "bytes of another length");
    bool: Value::Flag(v) => Ok(v), Value::Int(v) => Ok(v != 0);
    [u8; 32]: Value::Bytes(v) => v.try_into().map_err(|_| "bytes of another length");
    jiff::civil::Date: Value::Text(v) => v.parse().map_err(|_| "text that is no date");
    jiff::Timestamp: Value::Int(v) =>
        jiff::Timestamp::from_microsecond(v).map_err(|_| "a number that is no instant");
}

impl FromValue for Value {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        Ok(value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}
