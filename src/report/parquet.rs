//! Parquet: the columns of the CSV with their types, for the engines of an archive.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};

use super::cases::{Case, State};
use super::table::{COLUMNS, Holds, cells, holds};

/// Rows that are written together.
const ROWS: usize = 10_000;

/// A file of cases that is being written.
pub struct Table<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: Vec<[String; COLUMNS.len()]>,
}

impl<W: Write + Send> Table<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(out: W) -> Result<Self> {
        // Compression would need another library each; engines read plain pages well.
        let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED);
        let writer = SerializedFileWriter::new(out, schema()?, Arc::new(properties.build()))?;
        Ok(Self {
            writer,
            rows: Vec::new(),
        })
    }

    /// Adds a case.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, case: &Case, state: &State) -> Result<()> {
        self.rows.push(cells(case, state));
        if self.rows.len() == ROWS {
            self.flush()?;
        }
        Ok(())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn end(mut self) -> Result<()> {
        self.flush()?;
        self.writer.close().map(drop)
    }

    /// Writes the rows that wait.
    fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.writer.next_row_group()?;
        for (at, name) in COLUMNS.into_iter().enumerate() {
            let cells = rows.iter().map(|row| row[at].as_str());
            if let Some(column) = group.next_column()? {
                column_of(column, holds(name), cells)?;
            }
        }
        group.close().map(drop)
    }
}

/// The columns: every one may be empty.
fn schema() -> Result<TypePtr> {
    let column = |name: &&str| {
        let (physical, logical) = match holds(name) {
            Holds::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Holds::Integer => (Physical::INT64, None),
            Holds::Switch => (Physical::BOOLEAN, None),
            Holds::Time => (
                Physical::INT64,
                Some(LogicalType::timestamp(true, TimeUnit::MILLIS)),
            ),
        };
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    };
    let columns: Result<Vec<TypePtr>> = COLUMNS.iter().map(column).collect();
    let schema = Type::group_type_builder("decisions").with_fields(columns?);
    Ok(Arc::new(schema.build()?))
}

/// Writes a column; what is empty, or not what the column holds, is null.
fn column_of<'a>(
    mut column: SerializedColumnWriter<'_>,
    holds: Holds,
    cells: impl Iterator<Item = &'a str>,
) -> Result<()> {
    match holds {
        Holds::Text => {
            let text = |cell: &str| (!cell.is_empty()).then(|| ByteArray::from(cell));
            let (values, levels) = split(cells.map(text));
            let typed = column.typed::<ByteArrayType>();
            typed.write_batch(&values, Some(&levels), None)?;
        }
        Holds::Integer => {
            let (values, levels) = split(cells.map(|cell| cell.parse().ok()));
            let typed = column.typed::<Int64Type>();
            typed.write_batch(&values, Some(&levels), None)?;
        }
        Holds::Time => {
            let time = |cell: &str| cell.parse().ok().map(jiff::Timestamp::as_millisecond);
            let (values, levels) = split(cells.map(time));
            let typed = column.typed::<Int64Type>();
            typed.write_batch(&values, Some(&levels), None)?;
        }
        Holds::Switch => {
            let (values, levels) = split(cells.map(|cell| cell.parse().ok()));
            let typed = column.typed::<BoolType>();
            typed.write_batch(&values, Some(&levels), None)?;
        }
    }
    column.close()
}

/// The values that are there, and for each row whether one is.
fn split<T>(cells: impl Iterator<Item = Option<T>>) -> (Vec<T>, Vec<i16>) {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    (values, levels)
}
