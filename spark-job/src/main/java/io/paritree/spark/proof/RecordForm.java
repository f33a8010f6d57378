package io.paritree.spark.proof;

import io.paritree.feature.Feature;
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
      Feature.Kind kind = field.features().get(0).kind();
      if (kind.isText()) {
        return DataTypes.StringType;
      }

      return kind == Feature.Kind.BOOLEAN ? DataTypes.BooleanType : DataTypes.DoubleType;
    }

    @Override
    Object value(Field field, TriedRecord record, int index) throws InexpressibleException {
      DataType type = type(field);
      TriedRecord.Kind kind = record.kind(index);
      if (kind == TriedRecord.Kind.NONE) {
        return null;
      } else if (kind == TriedRecord.Kind.TEXT && type.equals(DataTypes.StringType)) {
        return record.text(index);
      } else if (kind == TriedRecord.Kind.TRUTH && type.equals(DataTypes.BooleanType)) {
        return Boolean.valueOf(record.value(index));
      } else if (kind == TriedRecord.Kind.NUMBER && type.equals(DataTypes.DoubleType)) {
        if (record.value(index).length() > NumberText.MAX_LENGTH) {
          throw new InexpressibleException("a double has no number that is too long");
        }

        return Double.valueOf(record.value(index));
      }

      throw new InexpressibleException("a column has values of one kind");
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
