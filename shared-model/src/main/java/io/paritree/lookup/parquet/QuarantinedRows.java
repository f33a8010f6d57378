package io.paritree.lookup.parquet;

import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.output.QuarantineColumns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * The rows of a partition that could not be scored, from the quarantine of all partitions of their
 * run. Not thread-safe.
 */
final class QuarantinedRows implements RowFiles.Rows {
  private final String partition;
  private final KeyForm form;
  private final RowSpool spool;
  private KeyValues keys;
  private String rowsPartition;
  private byte[] faults;
  private long rows;
  private long withoutKey;

  /**
   * @param form the columns of the keys of scored rows
   */
  QuarantinedRows(String partition, KeyForm form, RowSpool spool) {
    this.partition = partition;
    this.form = form;
    this.spool = spool;
  }

  long rows() {
    return rows;
  }

  /** Returns how many rows have a null in their key. */
  long withoutKey() {
    return withoutKey;
  }

  @Override
  public MessageType columns(MessageType stored) throws UnusableRowsException {
    List<String> names = form.columns().stream().map(KeyColumn::name).toList();
    keys = new KeyValues(stored, names);
    if (!keys.form().equals(form)) {
      throw new UnusableRowsException("its keys have other types than those of the scored rows");
    }

    List<Type> columns = new ArrayList<>();
    names.forEach(name -> columns.add(stored.getType(name)));
    for (String name : List.of(QuarantineColumns.PARTITION, QuarantineColumns.FAULTS)) {
      if (!stored.containsField(name)) {
        throw new UnusableRowsException("it has no column '%s'".formatted(name));
      }

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
            rowsPartition = value.toStringUsingUTF8();
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
  public void take() throws IOException {
    if (!rowsPartition.equals(partition)) {
      return;
    }

    rows++;
    if (keys.isComplete()) {
      spool.addQuarantined(keys.key(), faults);
    } else {
      withoutKey++;
    }
  }
}
