package io.paritree.spark.proof;

import io.paritree.feature.Field;
import io.paritree.feature.NumberText;
import io.paritree.proof.TriedRecord;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** How records are kept in files or tables, and which values can be there. */
enum RecordForm {
  /** Typed columns: double, boolean and text. */
  PARQUET {
    @Override
    DataType type(Field field) {
      return switch (TriedRecord.columnKind(field)) {
        case TEXT -> DataTypes.StringType;
        case TRUTH -> DataTypes.BooleanType;
        default -> DataTypes.DoubleType;
      };
    }

    @Override
    Object value(Field field, TriedRecord record, int index) throws InexpressibleException {
      if (!record.isOfColumn(index, field)) {
        throw new InexpressibleException(TriedRecord.OTHER_KIND);
      }

      return switch (record.kind(index)) {
        case TEXT -> record.text(index);
        case TRUTH -> Boolean.valueOf(record.value(index));
        case NUMBER -> number(record.value(index));
        default -> null;
      };
    }

    private Double number(String json) throws InexpressibleException {
      if (json.length() > NumberText.MAX_LENGTH) {
        throw new InexpressibleException("a double has no number that is too long");
      }

      return Double.valueOf(json);
    }
  },

  /** The same in a table of Delta Lake. */
  DELTA {
    @Override
    DataType type(Field field) {
      return PARQUET.type(field);
    }

    @Override
    Object value(Field field, TriedRecord record, int index) throws InexpressibleException {
      return PARQUET.value(field, record, index);
    }
  },

  /** Cells of text, of which empty ones are null. */
  CSV {
    @Override
    DataType type(Field field) {
      return DataTypes.StringType;
    }

    @Override
    Object value(Field field, TriedRecord record, int index) throws InexpressibleException {
      return record
          .cell(index, field)
          .orElseThrow(() -> new InexpressibleException("a cell is read as its column's kind"));
    }
  };

  /** A value that a form cannot have; the message says why. */
  static final class InexpressibleException extends Exception {
    InexpressibleException(String reason) {
      super(reason, null, false, false); // thrown for many records: without its stack
    }
  }

  /** Returns the type of a field's column. */
  abstract DataType type(Field field);

  /**
   * Returns the value of a record's field in this form, of the column's type; null for none.
   *
   * @param index of the field
   */
  abstract Object value(Field field, TriedRecord record, int index) throws InexpressibleException;
}
