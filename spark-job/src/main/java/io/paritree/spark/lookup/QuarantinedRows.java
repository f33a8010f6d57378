package io.paritree.spark.lookup;

import io.paritree.lookup.KeyForm;
import io.paritree.lookup.RowBytes;
import io.paritree.output.QuarantineColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * The rows of a run that could not be scored, from the quarantine of all of its partitions. Not
 * thread-safe.
 */
final class QuarantinedRows implements RowFile.Rows {
  private final KeyForm form;
  private final Function<String, RowBytes> to;
  private KeyValues keys;
  private String partition;
  private byte[] faults;

  /**
   * @param form the columns of the keys of scored rows
   * @param to returns what receives the rows of a partition; null for those that are left out
   */
  QuarantinedRows(KeyForm form, Function<String, RowBytes> to) {
    this.form = form;
    this.to = to;
  }

  @Override
  public MessageType columns(MessageType stored) throws UnusableRowsException {
    List<String> names = form.names();
    keys = new KeyValues(stored, names);
    if (!keys.form().equals(form)) {
      throw new UnusableRowsException("its keys have other types than those of the scored rows");
    }

    List<Type> columns = new ArrayList<>();
    names.forEach(name -> columns.add(stored.getType(name)));
    for (String name : List.of(QuarantineColumns.PARTITION, QuarantineColumns.FAULTS)) {
      columns.add(stored.getType(name));
    }

    return new MessageType(stored.getName(), columns);
  }

  @Override
  public GroupConverter values(MessageType columns) {
    List<Converter> values = new ArrayList<>();
    int keyColumns = form.columns().size();
    for (int column = 0; column < keyColumns; column++) {
      values.add(keys.converter(column, columns.getType(column).asPrimitiveType()));
    }

    values.add(
        new PrimitiveConverter() {
          @Override
          public void addBinary(Binary value) {
            partition = value.toStringUsingUTF8();
          }
        });
    values.add(
        new PrimitiveConverter() {
          @Override
          public void addBinary(Binary value) {
            faults = value.getBytes();
          }
        });
    return new JsonValues.Group(values) {
      @Override
      void begin() {
        keys.clear();
      }

      @Override
      void finish() {}
    };
  }

  @Override
  public void take() {
    RowBytes rows = to.apply(partition);
    if (rows == null) {
      return;
    }

    if (keys.isComplete()) {
      rows.addQuarantined(keys.key(), faults);
    } else {
      rows.addWithoutKey();
    }
  }
}
